"""An opening over real HTTP: 600 buyers, 32 at a time, for 300 pieces; then 64 at once for the last piece of another.

A buyer is a client of the API with an address and a connection of her own; a design of hers is one of 24. Each asks for
her price first, as the studio does while it waits for the opening; then, from a common start, she holds and orders, one
after the other. The limits per address are on, as they come. Afterwards whoever has an order pays on the pages, 32 at a
time. Then the database must say exactly 300 and exactly 1: orders, sold pieces, entries in the ledger,
which `audit_ledger` checks with every price and every hash. Whoever gets no piece must be told so with a 409; anything
else, a 5xx first of all, is an error.

`rush.http` is measured on the server as it ships: ASGI, two processes with a few threads each, eight connections
to the database in each. `rush.http.one_process` is the same with one process, where threads alone compete.
`rush.http.sync` is not how Dure runs: gunicorn's own synchronous worker, four processes that each serve one request at
a time, which is how other shops are measured and what hides races between threads.

Server, database, the worker's publications and these buyers share the machine; a figure is the median of the rounds.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from ipaddress import IPv4Address
from itertools import count, islice
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from benchmarks.demo import designs, open_edition
from benchmarks.harness import Figure, Seconds, benchmark, percentile, require
from benchmarks.publisher import publishing
from benchmarks.web_server import APPLICATION, web_server
from core.clock import now
from editions.models import Edition, Piece, PieceState
from orders.ledger_audit import audit_ledger
from orders.models import Order

BUYERS, PIECES, AT_ONCE = 600, 300, 32
LATE_BUYERS = 64
DESIGNS = 24
WARM_UP = 48
ROUNDS = 3
PATIENCE_SECONDS = 60
MOST_ATTEMPTS = 5

_people = count()

SYNC = ("django.core.wsgi:get_wsgi_application()", "--worker-class", "sync", "--workers", "4", "--log-level", "warning")


@dataclass(frozen=True)
class Visit:
    """One buyer: the answers to her requests, in order, and when she began each one and was answered."""

    statuses: tuple[int, ...]
    moments: tuple[Seconds, ...]
    payment_page: str = ""

    @property
    def has_ordered(self) -> bool:
        return self.statuses == (201, 201)

    @property
    def was_refused(self) -> bool:
        """Cleanly: she was told that no piece is left to hold."""
        return self.statuses == (409,)

    @property
    def seconds(self) -> Seconds:
        """From the first byte of her first request to the last byte of her last answer."""
        return self.moments[-1] - self.moments[0]

    @property
    def last_answer(self) -> Seconds:
        return self.moments[-1] - self.moments[-2]


@dataclass(frozen=True)
class Rush:
    """All visits to one edition, the seconds of each quote before, how many orders were paid for in a second, and how
    often a payment met a 503.
    """

    visits: Sequence[Visit]
    quotes: Sequence[Seconds]
    paid_per_second: float
    unavailable: int

    @property
    def winners(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.has_ordered]

    @property
    def refused(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.was_refused]

    @property
    def errors(self) -> int:
        return len(self.visits) - len(self.winners) - len(self.refused) + self.unavailable

    @property
    def orders_per_second(self) -> float:
        """From the first buyer's hold to the last order."""
        begun = min(visit.moments[0] for visit in self.visits)
        return len(self.winners) / (max(visit.moments[-1] for visit in self.winners) - begun)


@benchmark("rush.http", database=True, application=APPLICATION, WEB_PROCESSES="2")
@benchmark("rush.http.one_process", database=True, application=APPLICATION, WEB_PROCESSES="1")
@benchmark("rush.http.sync", database=True, application=SYNC)
def rush(application: Sequence[str], **environment: str) -> Iterator[Figure]:
    """Orders a second, and how long the slowest hundredth of those who ordered and twentieth of the others wait."""
    # Each buyer is told apart by the header that our own proxy would set; the rates are those of settings.
    limits = {"PROXIES": "1", "RATE_QUOTE": "240/min", "PAYMENT_VARIANT": "demo", "LOG_LEVEL": "WARNING"}
    with publishing(), web_server(application, **limits, **environment) as (address, client):
        client.close()
        take_part = partial(visits, urlsplit(address).netloc)
        take_part(pieces=WARM_UP, buyers=WARM_UP, at_once=AT_ONCE)
        rounds = [take_part(pieces=PIECES, buyers=BUYERS, at_once=AT_ONCE) for _ in range(ROUNDS)]
        late = [take_part(pieces=1, buyers=LATE_BUYERS, at_once=LATE_BUYERS) for _ in range(ROUNDS)]
    yield Figure("orders", median(len(each.winners) for each in rounds), "")
    yield Figure("orders_per_second", median(each.orders_per_second for each in rounds), "1/s")
    yield Figure("p99_ms", middle_ms(rounds, 0.99, lambda each: [visit.seconds for visit in each.winners]), "ms")
    yield Figure("quote_p99_ms", middle_ms(rounds, 0.99, lambda each: each.quotes), "ms")
    for number, step in enumerate(("hold", "order")):
        yield Figure(f"{step}_p99_ms", middle_ms(rounds, 0.99, partial(step_seconds, number)), "ms")
    yield Figure(
        "refusal_p95_ms", middle_ms(rounds, 0.95, lambda each: [visit.last_answer for visit in each.refused]), "ms"
    )
    yield Figure("paid_per_second", median(each.paid_per_second for each in rounds), "1/s")
    yield Figure("last_piece_orders", median(len(each.winners) for each in late), "")
    tell_of_errors([*rounds, *late])
    yield Figure("errors", sum(each.errors for each in (*rounds, *late)), "")


def tell_of_errors(rushes: Sequence[Rush]) -> None:
    """What went wrong, by the answers that somebody had, for whoever reads the run."""
    visits = [
        visit.statuses for each in rushes for visit in each.visits if not visit.has_ordered and not visit.was_refused
    ]
    unavailable = sum(each.unavailable for each in rushes)
    if visits or unavailable:
        print(f"answers: {dict(Counter(visits))}, payments that met a 503: {unavailable}", file=sys.stderr)


def middle_ms(rounds: Sequence[Rush], share: float, seconds_of: Callable[[Rush], Sequence[Seconds]]) -> float:
    return median(percentile(seconds_of(each), share) for each in rounds) * 1000


def step_seconds(number: int, rush: Rush) -> list[Seconds]:
    return [visit.moments[number + 1] - visit.moments[number] for visit in rush.winners]


def visits(netloc: str, *, pieces: int, buyers: int, at_once: int) -> Rush:
    """A rush for a fresh edition, whose books are checked when all have paid."""
    edition = open_edition(size=pieces, now=now())
    configurations = [design.as_json() for design in designs(DESIGNS, edition.version.key)]
    begin = threading.Barrier(at_once)
    # Nobody comes twice: whoever did would meet the limits for one address.
    people = list(islice(_people, buyers))
    first = people[:at_once]

    def price(number: int) -> tuple[str, Seconds]:
        started = time.perf_counter()
        quoted = quote(netloc, edition.slug, configurations[number % DESIGNS], number)
        return quoted, time.perf_counter() - started

    def come(number: int, quoted: str) -> Visit:
        if number <= first[-1]:
            begin.wait(PATIENCE_SECONDS)
        return visit(netloc, edition.slug, quoted, number)

    with ThreadPoolExecutor(at_once) as crowd:
        priced = list(crowd.map(price, people))
        come_and_gone = list(crowd.map(come, people, [quoted for quoted, _ in priced]))
        bills = [
            (number, each.payment_page) for number, each in zip(people, come_and_gone, strict=True) if each.payment_page
        ]
        started = time.perf_counter()
        unavailable = sum(crowd.map(lambda bill: pay(netloc, *bill), bills))
        seconds = time.perf_counter() - started
    check_books(edition, pieces)
    return Rush(come_and_gone, [seconds for _, seconds in priced], len(bills) / seconds, unavailable)


def check_books(edition: Edition, pieces: int) -> None:
    """Whatever the answers said: the tables have exactly as many orders, owners and entries as there are pieces."""
    sold = Piece.objects.filter(edition=edition, state=PieceState.SOLD).count()
    ordered = Order.objects.filter(edition=edition).count()
    entered = len(audit_ledger(edition.pk).sold)
    found = {"sold": sold, "ordered": ordered, "entered": entered}
    require(set(found.values()) == {pieces}, f"of {pieces} pieces the database says {found}")


# --- One buyer -----------------------------------------------------------------------------------


def quote(netloc: str, slug: str, configuration: Mapping[str, Any], number: int) -> str:
    """What a piece of her design costs now, signed."""
    with closing(HTTPConnection(netloc, timeout=PATIENCE_SECONDS)) as client:
        status, answer = post_json(client, "quotes", {"edition": slug, "configuration": configuration}, number)
    require(status == 200, f"a quote was answered {status}")
    return str(json.loads(answer)["quote"])


def visit(netloc: str, slug: str, quoted: str, number: int) -> Visit:
    """Hold and order, until she is refused."""
    statuses: list[int] = []
    moments = [time.perf_counter()]
    with closing(HTTPConnection(netloc, timeout=PATIENCE_SECONDS)) as client:

        def ask(path: str, **body: Any) -> dict[str, Any]:
            status, answer = post_json(client, path, body, number)
            moments.append(time.perf_counter())
            statuses.append(status)
            return json.loads(answer) if status < 400 else {}

        held = ask("holds", edition=slug, quote=quoted)
        buyer = {"email": f"buyer{number}@example.com", "note": "", "made_for_me": True}
        ordered = ask("orders", hold=held["hold"], **buyer) if held else {}
    return Visit(tuple(statuses), tuple(moments), ordered.get("payment_page", ""))


def post_json(client: HTTPConnection, path: str, body: Mapping[str, Any], number: int) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json", "X-Forwarded-For": address_of(number)}
    client.request("POST", f"/api/v1/{path}", json.dumps(body).encode(), headers)
    response = client.getresponse()
    return response.status, response.read()


def address_of(number: int) -> str:
    """Of a network for benchmarks (RFC 2544)."""
    return str(IPv4Address("198.18.0.1") + number)


def pay(netloc: str, number: int, page: str) -> int:
    """The demonstration's bank, through its form, as a browser does it; how often the page had to be asked again."""
    headers = {"X-Forwarded-For": address_of(number)}
    unavailable = 0
    with closing(HTTPConnection(netloc, timeout=PATIENCE_SECONDS)) as client:

        def answered(method: str, path: str, status: int, **more: str) -> HTTPResponse:
            nonlocal unavailable
            for _ in range(MOST_ATTEMPTS):
                client.request(method, path, "decision=authorise" if method == "POST" else None, headers | more)
                response = client.getresponse()
                response.read()
                if response.status != 503:
                    break
                unavailable += 1
            require(response.status == status, f"{path} was answered {response.status}")
            return response

        form = answered("GET", page, 200)
        token = SimpleCookie(form.headers["Set-Cookie"])["dure_csrf"].value
        sent = {"Cookie": f"dure_csrf={token}", "X-CSRFToken": token}
        paid = answered("POST", page, 302, **sent, **{"Content-Type": "application/x-www-form-urlencoded"})
        answered("GET", urlsplit(paid.headers["Location"]).path, 302)
    return unavailable
