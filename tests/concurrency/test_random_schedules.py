"""Buyers who hold, change, pay, send back and come late, at random and at once: never a piece or a unit too many, no
deadlock, and nobody is told that nothing is left while something is.

A few schedules here; `DURE_SCHEDULES=10000 make test TESTS=tests/concurrency/test_random_schedules.py` runs them all.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from django.db import connection, transaction

from configurator.configuration import Configuration
from configurator.selectors import definition_with_id
from core.problems import Problem
from editions.contracts import Offer
from editions.ledger_selectors import checked_tally
from editions.models import Component, ComponentUnit, Edition, Hold, Piece, PieceState
from editions.pricing import ComponentLadder, PriceCard, Step
from editions.selectors import current_price
from editions.services import Wish, free_piece, hold_piece, keep_for_payment, sell_piece
from tests import samples
from tests.concurrency.history import UNKNOWN, History, Refusal, State, Thing, standing, things_of

pytestmark = pytest.mark.django_db(transaction=True)

SCHEDULES = int(os.environ.get("DURE_SCHEDULES", "24"))
BUYERS = 4
ACTS = 4
# A ledger is read from its first entry on: to read it each time, or a very long one, would be most of the work.
LEDGER_EVERY = 50
OF_AN_EDITION = 250
EDITIONS = range(0, SCHEDULES, OF_AN_EDITION)
DESIGNS: tuple[dict[str, str], ...] = (
    {},
    {"glaze": "indigo"},
    {"stitch": "gold"},
    {"glaze": "indigo", "stitch": "gold"},
)
CARD = PriceCard((Step(1, 58_000),), (ComponentLadder("cobalt", 5, (Step(1, 1_000), Step(3, 2_000))),))


GONE = {"all_held": "piece", "sold_out": "piece"}
"""What a refusal says is gone; those for components name it themselves."""


class Buyer:
    """One person's acts in a schedule, decided by its seed."""

    def __init__(self, edition: Edition, seed: int, now: datetime, history: History) -> None:
        self.edition, self.draw, self.now, self.history = edition, Random(seed), now, history
        self.held: Hold | None = None

    def act(self) -> None:
        """One thing that people do; a refusal is an answer, anything else fails the schedule."""
        self.now += timedelta(minutes=self.draw.choice((0, 0, 1, 11)))
        does = self.draw.choice((self.hold, self.hold, self.change, self.keep, self.pay, self.pay, self.send_back))
        begun = time.monotonic()
        try:
            with self.history.call() as changed, transaction.atomic():
                changed.update(does())
        except Problem as problem:
            kind = GONE.get(problem.code) or problem.extra.get("component")
            if kind:
                needed = 2 if kind == "cobalt" else 1
                refusal = Refusal(begun, time.monotonic(), problem.code, kind, needed, self.now)
                self.history.refusals.append(refusal)

    def hold(self) -> dict[Thing, State]:
        number = self.draw.choice((None, None, self.draw.randint(1, 4)))
        return self._take(Wish(number=number))

    def change(self) -> dict[Thing, State]:
        if self.held is None:
            return {}
        before = dict.fromkeys(things_of(self.held), UNKNOWN)
        return before | self._take(Wish(number=self.draw.choice((None, 2)), replaces=self.held.token))

    def keep(self) -> dict[Thing, State]:
        if self.held is None:
            return {}
        until = keep_for_payment(hold=self.held, now=self.now)
        return dict.fromkeys(things_of(self.held), State(PieceState.HELD, until))

    def pay(self) -> dict[Thing, State]:
        if self.held is None:
            return {}
        sell_piece(hold=self.held, now=self.now)
        return dict.fromkeys(things_of(self.held), State(PieceState.SOLD))

    def send_back(self) -> dict[Thing, State]:
        """Give back a piece that is one's own for good."""
        mine = self.held and Piece.objects.filter(hold=self.held, state=PieceState.SOLD).first()
        if not mine or self.held is None:
            return {}
        freed = dict.fromkeys(things_of(self.held), State(PieceState.FREE))
        free_piece(piece_id=mine.pk, now=self.now)
        self.held = None
        return freed

    def _take(self, wish: Wish) -> dict[Thing, State]:
        edition = Edition.objects.get(pk=self.edition.pk)
        definition = definition_with_id(edition.version_id)
        configuration = Configuration(
            edition.version.key, definition.started() | self.draw.choice(DESIGNS), engraving=""
        )
        # The factory's date has no part in what is left, and would be most of the work.
        offer = Offer(configuration, current_price(edition, definition, configuration), self.now, self.now)
        self.held = hold_piece(edition=samples.current(edition), offer=offer, now=self.now, wish=wish)
        return dict.fromkeys(things_of(self.held), State(PieceState.HELD, self.held.expires_at))


def check_books(edition: Edition) -> None:
    """Whatever happened: units go with their pieces, counters with the rows, and the ledger with both."""
    for piece in Piece.objects.filter(edition=edition).select_related("hold"):
        if piece.state == PieceState.SOLD and piece.hold:
            mine = ComponentUnit.objects.filter(hold=piece.hold, state=PieceState.SOLD)
            assert Counter(mine.values_list("component__slug", flat=True)) == piece.hold.units, piece
    sold = set(Piece.objects.filter(state=PieceState.SOLD).values_list("hold", flat=True))
    assert set(ComponentUnit.objects.filter(state=PieceState.SOLD).values_list("hold", flat=True)) <= sold
    assert set(ComponentUnit.objects.filter(state=PieceState.FREE).values_list("hold", flat=True)) <= {None}
    for component in Component.objects.all():
        assert component.units.count() == component.stock
        assert component.units.filter(was_ordered=True).count() == component.units_ordered


def check_ledger(edition: Edition) -> None:
    """Every entry from the first one on: what was charged is what the owners pay."""
    edition.refresh_from_db()
    sold = Piece.objects.filter(state=PieceState.SOLD).values_list("hold", flat=True)
    assert checked_tally(edition).net == sum(Hold.objects.filter(pk__in=sold).values_list("total", flat=True))


@pytest.mark.parametrize("first", EDITIONS)
def test_nothing_is_sold_twice_or_lost_whatever_people_do_at_once(first: int, now: datetime, tmp_path: Path) -> None:
    edition = samples.scarce_edition(tmp_path, now=now, card=CARD, size=4, cobalt=5, gold=2)
    schedules = range(first, min(first + OF_AN_EDITION, SCHEDULES))
    moment, told = now, 0
    with crowd(BUYERS) as at_once:
        for schedule in schedules:
            history = History(standing(edition))
            buyers = [Buyer(edition, BUYERS * schedule + number, moment, history) for number in range(BUYERS)]

            at_once(partial(visit, buyers))

            assert history.false_refusals() == [], f"schedule {schedule}"
            check_books(edition)
            if schedule % LEDGER_EVERY == 0:
                check_ledger(edition)
            told += len(history.refusals)
            moment += timedelta(hours=1)
            make_room(moment)
    check_ledger(edition)
    assert edition.ledger.count() > len(schedules), "control: they did buy"
    assert Hold.objects.count() > 2 * len(schedules)
    assert told, "control: they were refused, too"
    print(f"{len(schedules)} schedules: {edition.ledger.count()} entries, {told} told that nothing is left, 0 falsely")


def visit(buyers: Sequence[Buyer], number: int) -> None:
    for _ in range(ACTS):
        buyers[number].act()


@contextmanager
def crowd(count: int) -> Iterator[Callable[[Callable[[int], object]], None]]:
    """Threads, each with a connection of its own, that begin together each time. What stops one of them is raised."""
    gate = threading.Barrier(count)

    def begin(act: Callable[[int], object], number: int) -> None:
        gate.wait(timeout=60)
        act(number)

    def at_once(act: Callable[[int], object]) -> None:
        list(threads.map(partial(begin, act), range(count)))

    with ThreadPoolExecutor(count) as threads:
        try:
            yield at_once
        finally:
            at_once(lambda _: connection.close())


def make_room(now: datetime) -> None:
    """Let half of what was sold come back, and all when all is sold: the next schedule needs something to take."""
    sold = Piece.objects.filter(state=PieceState.SOLD)
    everything = not Piece.objects.exclude(state=PieceState.SOLD).exists()
    for piece in sold if everything else sold.filter(number__lte=2):
        free_piece(piece_id=piece.pk, now=now)
