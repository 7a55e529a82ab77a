"""Buyers who hold, change, pay, send back and come late, at random and at once: never a piece or a unit too many.

A few schedules here; `DURE_SCHEDULES=10000 make test TESTS=tests/concurrency/test_random_schedules.py` runs them all.
"""

import os
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from core.problems import Problem
from editions.ledger_selectors import checked_tally
from editions.models import Component, ComponentUnit, Edition, Hold, Piece, PieceState
from editions.pricing import ComponentLadder, PriceCard, Step
from editions.services import Wish, free_piece, hold_piece, keep_for_payment, sell_piece
from orders.services.quote import make_offer
from tests import samples
from tests.concurrency.test_last_pieces import at_once

pytestmark = pytest.mark.django_db(transaction=True)

SCHEDULES = int(os.environ.get("DURE_SCHEDULES", "24"))
BUYERS = 4
ACTS = 4
DESIGNS: tuple[dict[str, str], ...] = (
    {},
    {"glaze": "indigo"},
    {"stitch": "gold"},
    {"glaze": "indigo", "stitch": "gold"},
)
CARD = PriceCard((Step(1, 58_000),), (ComponentLadder("cobalt", 5, (Step(1, 1_000), Step(3, 2_000))),))


class Buyer:
    """One person's acts in a schedule, decided by its seed."""

    def __init__(self, edition: Edition, seed: int, now: datetime) -> None:
        self.edition, self.draw, self.now = edition, Random(seed), now
        self.held: Hold | None = None

    def act(self) -> None:
        """One thing that people do; a refusal is an answer, anything else fails the schedule."""
        self.now += timedelta(minutes=self.draw.choice((0, 0, 1, 11)))
        does = self.draw.choice((self.hold, self.hold, self.change, self.pay, self.pay, self.send_back))
        try:
            does()
        except Problem:
            return

    def hold(self) -> None:
        number = self.draw.choice((None, None, self.draw.randint(1, 4)))
        self.held = self._take(Wish(number=number))

    def change(self) -> None:
        if self.held:
            self.held = self._take(Wish(number=self.draw.choice((None, 2)), replaces=self.held.token))

    def pay(self) -> None:
        if self.held:
            if self.draw.random() < 0.5:
                keep_for_payment(hold=self.held, now=self.now)
            sell_piece(hold=self.held, now=self.now)

    def send_back(self) -> None:
        """Give back a piece that is one's own for good."""
        mine = self.held and Piece.objects.filter(hold=self.held, state=PieceState.SOLD).first()
        if mine:
            free_piece(piece_id=mine.pk, now=self.now)
            self.held = None

    def _take(self, wish: Wish) -> Hold:
        edition = Edition.objects.get(pk=self.edition.pk)
        data = samples.design(edition, **self.draw.choice(DESIGNS))
        return hold_piece(
            edition_id=edition.pk,
            offer=make_offer(edition=edition, data=data, now=self.now),
            now=self.now,
            wish=wish,
        )


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
    edition.refresh_from_db()
    tally = checked_tally(edition)
    assert tally.net == sum(Hold.objects.filter(pk__in=sold).values_list("total", flat=True))


def test_nothing_is_sold_twice_or_lost_whatever_people_do_at_once(now: datetime, tmp_path: Path) -> None:
    edition = samples.scarce_edition(tmp_path, now=now, card=CARD, size=4, cobalt=5, gold=2)
    moment = now
    for schedule in range(SCHEDULES):
        buyers = [Buyer(edition, BUYERS * schedule + number, moment) for number in range(BUYERS)]

        def visit(number: int, buyers: list[Buyer] = buyers) -> str:
            for _ in range(ACTS):
                buyers[number].act()
            return "left"

        assert at_once(BUYERS, visit) == ["left"] * BUYERS, f"schedule {schedule}"
        check_books(edition)
        # Half of what was sold comes back, so that there is something to take in the next one.
        for piece in Piece.objects.filter(state=PieceState.SOLD, number__lte=2):
            free_piece(piece_id=piece.pk, now=moment)
        moment += timedelta(hours=1)
        if not Piece.objects.exclude(state=PieceState.SOLD).exists():
            for piece in Piece.objects.all():
                free_piece(piece_id=piece.pk, now=moment)
    assert edition.ledger.count() > SCHEDULES, "control: they did buy"
    assert Hold.objects.count() > 2 * SCHEDULES
