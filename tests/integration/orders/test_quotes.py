"""The quote: signed, short-lived, honest about what waits before the piece."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from core.problems import Problem
from editions.models import Edition
from factory_sim.services import load_plant, run_clock
from orders.services.quote import ForgedQuote, QuoteExpired, make_quote, read_quote
from tests import samples

pytestmark = pytest.mark.django_db


def test_a_quote_comes_back_as_it_was_given(edition: Edition, now: datetime) -> None:
    quote = make_quote(edition=edition, data=samples.design(edition, "지우", stitch="gold"), now=now)

    offer = read_quote(quote.token, edition=edition)

    assert offer == quote.offer
    assert [(line.kind, line.key, line.amount) for line in offer.price.lines] == [
        ("base", "", 58_000),
        ("option", "stitch/gold", 8_000),
        ("engraving", "name", 5_000),
    ]
    assert quote.expires_at == now + timedelta(minutes=10)


def test_a_quote_is_valid_for_ten_minutes(edition: Edition) -> None:
    issued = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    with time_machine.travel(issued, tick=False):
        token = make_quote(edition=edition, data=samples.design(edition), now=issued).token
    with time_machine.travel(issued + timedelta(minutes=10), tick=False):
        read_quote(token, edition=edition)
    with time_machine.travel(issued + timedelta(minutes=10, seconds=2), tick=False), pytest.raises(QuoteExpired):
        read_quote(token, edition=edition)


@pytest.mark.parametrize("position", [0, 40, -1])
def test_a_quote_with_one_changed_character_is_refused(edition: Edition, now: datetime, position: int) -> None:
    token = make_quote(edition=edition, data=samples.design(edition), now=now).token
    at = position % len(token)
    forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]

    with pytest.raises(ForgedQuote):
        read_quote(forged, edition=edition)


def test_a_quote_of_another_edition_is_refused(edition: Edition, now: datetime) -> None:
    other = samples.open_edition(now=now, slug="second-firing")
    token = make_quote(edition=other, data=samples.design(other), now=now).token

    with pytest.raises(ForgedQuote):
        read_quote(token, edition=edition)


def test_what_is_ordered_but_not_yet_approved_delays_the_next_piece(edition: Edition, now: datetime) -> None:
    before = make_quote(edition=edition, data=samples.design(edition), now=now).offer
    for _ in range(9):
        samples.order_in_review(edition, now=now)

    after = make_quote(edition=edition, data=samples.design(edition), now=now).offer

    assert after.likely_at > before.likely_at
    assert before.likely_at <= before.safe_at
    assert after.likely_at <= after.safe_at


def test_what_another_plant_makes_delays_nothing_here(edition: Edition, now: datetime, tmp_path: Path) -> None:
    """A second plant, alike in everything, that makes the same piece and has nothing to do."""
    load_plant(data={**samples.toml("plants/mangwon.toml"), "slug": "seongsu"}, now=now)
    run_clock(plant_slug="seongsu", speed=1, now=now)
    idle = make_quote(edition=edition, data=samples.design(edition), now=now).offer
    for _ in range(9):
        samples.order_in_review(edition, now=now)
    busy = make_quote(edition=edition, data=samples.design(edition), now=now).offer

    elsewhere = samples.revised_edition(tmp_path, {'plant = "mangwon"': 'plant = "seongsu"'}, now=now)
    offer = make_quote(edition=elsewhere, data=samples.design(elsewhere), now=now).offer

    assert (offer.likely_at, offer.safe_at) == (idle.likely_at, idle.safe_at)
    assert busy.safe_at > idle.safe_at


def test_a_design_with_more_work_is_never_promised_earlier(edition: Edition, now: datetime) -> None:
    plain = make_quote(edition=edition, data=samples.design(edition), now=now).offer
    rich = make_quote(edition=edition, data=samples.design(edition, "지우", stitch="gold"), now=now).offer

    assert rich.likely_at >= plain.likely_at


def test_a_design_that_cannot_be_made_has_no_price(edition: Edition, now: datetime) -> None:
    with pytest.raises(Problem) as refused:
        make_quote(edition=edition, data=samples.design(edition, sleeve="ink", stitch="black"), now=now)

    assert (refused.value.code, refused.value.extra) == ("forbidden_combination", {"rules": ["black-on-ink"]})
