"""How many statements each step of the journey costs the database: everybody waits for each one at an opening."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import now as read_clock
from editions.models import Edition
from orders.services.publish import publish_queues
from tests import samples
from tests.api.calls import Answer, Caller, order_request, quote_request

# Each request in transactions of its own, as a server has them.
pytestmark = pytest.mark.django_db(transaction=True)

# The clock comes with the published queue, and the orders are those that were placed since.
QUOTE = ["SELECT editions_edition", "SELECT factory_sim_factoryclock", "SELECT orders_order"]
# The pieces are counted together with the line that waits for them.
COUNTED = "SELECT editions_waitingplace"
QUOTE += ["SELECT editions_component", COUNTED, "SELECT orders_order"]
HOLD = ["SELECT editions_edition", "BEGIN", "SELECT editions_piece"]
HOLD += ["SELECT editions_waitingplace", "INSERT editions_hold", "UPDATE editions_piece", "COMMIT"]
ORDER = ["BEGIN", "SELECT editions_hold", "SELECT editions_piece", "SELECT orders_order", "UPDATE editions_piece"]
ORDER += ["INSERT orders_order", "INSERT orders_payment", "COMMIT"]
SCARCE_HOLD = [*HOLD[:2], "SELECT editions_component", *HOLD[2:4], "SELECT editions_componentunit"]
SCARCE_HOLD += ["INSERT editions_hold", "UPDATE editions_piece", "UPDATE editions_componentunit", "COMMIT"]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked within, each as its verb and the first table that it names."""
    said: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield said
    said.extend(short(each["sql"]) for each in captured.captured_queries)


def short(sql: str) -> str:
    verb = sql.split(maxsplit=1)[0]
    tables = re.search(r'(?:FROM|INTO|UPDATE) "?((?:editions|orders|factory_sim|configurator)_\w+)', sql)
    return f"{verb} {tables[1]}" if tables else verb


def journey(api: Caller, edition: Edition, **choices: str) -> Iterator[Callable[[], Answer]]:
    """The three requests of somebody who orders."""
    answers: list[Answer] = []

    def ask(path: str, body: dict[str, object]) -> Answer:
        answers.append(api.post(path, body))
        return answers[-1]

    yield lambda: ask("/quotes", quote_request(edition, "Mina", **choices))
    yield lambda: ask("/holds", {"edition": edition.slug, "quote": answers[-1].body["quote"]})
    yield lambda: ask("/orders", order_request(answers[-1].body["hold"]))


def counted(api: Caller, edition: Edition, **choices: str) -> list[list[str]]:
    """The statements of each step, in a process that has served somebody before."""
    for step in journey(api, edition, **choices):
        step()
    publish_queues(now=read_clock())
    api.post("/quotes", quote_request(edition, "Mina", **choices))
    steps = []
    for step in journey(api, edition, **choices):
        with statements() as said:
            answer = step()
        assert answer.status in (200, 201), answer.body
        steps.append(said)
    return steps


def test_quote_hold_and_order_take_twenty_one_statements(api: Caller, now: datetime) -> None:
    edition = samples.open_edition(now=now)

    assert counted(api, edition) == [QUOTE, HOLD, ORDER]


def test_a_scarce_component_costs_a_hold_three_more(api: Caller, now: datetime, tmp_path: Path) -> None:
    edition = samples.scarce_edition(tmp_path, now=now)

    assert counted(api, edition, glaze="indigo")[1] == SCARCE_HOLD


def test_a_refusal_takes_a_second_look_and_no_more(api: Caller, now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    samples.held(edition, now=now)
    quote, hold, _order = journey(api, edition)
    quote()

    with statements() as said:
        answer = hold()

    assert (answer.status, answer.body["code"]) == (409, "all_held")
    assert said == [*HOLD[:3], COUNTED, "ROLLBACK"]
