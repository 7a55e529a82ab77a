"""Scarce components: taken, priced, sold and freed with their piece."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from editions.ledger_selectors import checked_tally
from editions.models import Component, ComponentUnit, Edition, Hold, Piece, PieceState
from editions.pricing import ComponentLadder, PriceCard, Step
from editions.selectors import availability, current_price, unit_availability
from editions.services import (
    ComponentTaken,
    PriceChanged,
    Wish,
    free_piece,
    hold_piece,
    keep_for_payment,
    sell_piece,
)
from editions.stock_service import ComponentHeld, ComponentSoldOut, NewComponent, StockDiffers, stock_component
from orders.services.quote import make_offer, make_quote
from tests import samples

pytestmark = pytest.mark.django_db

TEN_MINUTES = timedelta(minutes=10)
BOTH = {"glaze": "indigo", "stitch": "gold"}
PLAIN = samples.PRESET


def scarce(folder: Path, now: datetime, *, cobalt: int = 6, gold: int = 6) -> Edition:
    return samples.scarce_edition(folder, now=now, cobalt=cobalt, gold=gold)


def indigo_and_gold(edition: Edition, now: datetime, *, engraving: str = "지우", wish: Wish | None = None) -> Hold:
    """A held piece that takes two units of cobalt and one of gold thread."""
    return samples.held(edition, now=now, engraving=engraving, wish=wish, glaze="indigo", stitch="gold")


def laddered(folder: Path, now: datetime) -> Edition:
    ladder = ComponentLadder("cobalt", 6, (Step(1, 1_000), Step(3, 4_000)))
    return samples.scarce_edition(folder, now=now, card=PriceCard((Step(1, 58_000),), (ladder,)))


def left(edition: Edition, slug: str, now: datetime) -> tuple[int, int, int]:
    found = unit_availability(Component.objects.get(edition=edition, slug=slug).pk, now)
    return found.available, found.held, found.sold


def test_a_hold_takes_the_units_of_all_its_options_summed(now: datetime, tmp_path: Path) -> None:
    edition = scarce(tmp_path, now)

    held = indigo_and_gold(edition, now)

    assert left(edition, "cobalt", now) == (4, 2, 0)
    assert left(edition, "gold-thread", now) == (5, 1, 0)
    assert held.counters == {
        "orders_placed": 0,
        "components_left": {"cobalt": 6, "gold-thread": 6},
        "components_taken": {"cobalt": 2, "gold-thread": 1},
    }
    plain = samples.held(edition, now=now)
    assert plain.counters == {"orders_placed": 0}
    assert left(edition, "cobalt", now) == (4, 2, 0)


def test_a_component_that_is_gone_is_named_by_its_option_and_nothing_is_taken(now: datetime, tmp_path: Path) -> None:
    edition = scarce(tmp_path, now, cobalt=3)
    first = indigo_and_gold(edition, now)

    with pytest.raises(ComponentHeld) as held, samples.nothing_written():
        indigo_and_gold(edition, now)
    sell_piece(hold=first, now=now)
    with pytest.raises(ComponentSoldOut) as sold:
        indigo_and_gold(edition, now)

    expected = {"component": "cobalt", "options": ["glaze/indigo", "stitch/gold"]}
    assert held.value.extra == sold.value.extra == expected
    assert sold.value.detail == "Indigo, Gold thread is used up in this edition. Please choose another."
    assert availability(edition, now).held == 0
    # The one unit that is left is enough for a design with one.
    assert samples.held(edition, now=now, glaze="indigo").units == {"cobalt": 1}


def test_units_expire_are_prolonged_sold_and_freed_with_their_piece(now: datetime, tmp_path: Path) -> None:
    edition = scarce(tmp_path, now, cobalt=2)
    held = indigo_and_gold(edition, now)
    keep_for_payment(hold=held, now=now)
    assert left(edition, "cobalt", now + TEN_MINUTES) == (0, 2, 0)
    assert left(edition, "cobalt", now + timedelta(minutes=25)) == (2, 0, 0)

    sell_piece(hold=held, now=now)
    assert left(edition, "cobalt", now + timedelta(days=1)) == (0, 0, 2)
    assert Component.objects.get(slug="cobalt").units_ordered == 2

    free_piece(piece_id=held.piece_id, now=now)
    assert left(edition, "cobalt", now) == (2, 0, 0)
    sell_piece(hold=indigo_and_gold(edition, now), now=now)
    assert Component.objects.get(slug="cobalt").units_ordered == 2, "ordered before"


def test_a_changed_design_keeps_the_units_that_fit_and_frees_the_others(now: datetime, tmp_path: Path) -> None:
    edition = scarce(tmp_path, now, cobalt=2, gold=1)
    first = indigo_and_gold(edition, now)

    second = samples.held(edition, now=now, wish=Wish(replaces=first.token), glaze="indigo")

    assert second.piece == first.piece
    assert left(edition, "cobalt", now) == (1, 1, 0)
    assert left(edition, "gold-thread", now) == (1, 0, 0)
    third = indigo_and_gold(edition, now, wish=Wish(replaces=second.token))
    assert (third.piece, left(edition, "cobalt", now)) == (first.piece, (0, 2, 0))


def test_a_late_payment_is_refused_when_a_unit_has_gone_to_somebody_else(now: datetime, tmp_path: Path) -> None:
    edition = scarce(tmp_path, now, cobalt=2)
    late = indigo_and_gold(edition, now)
    # Somebody takes another piece and, of what has lapsed, one unit.
    other = samples.held(edition, now=now + TEN_MINUTES, wish=Wish(number=5), glaze="indigo")

    with pytest.raises(ComponentTaken), samples.nothing_written():
        sell_piece(hold=late, now=now + TEN_MINUTES)

    sell_piece(hold=other, now=now + TEN_MINUTES)
    assert Piece.objects.get(state=PieceState.SOLD).number == 5


def test_the_price_counts_units_ordered_and_the_ledger_recomputes_it(now: datetime, tmp_path: Path) -> None:
    edition = laddered(tmp_path, now)
    offer = make_offer(edition=edition, data=samples.design(edition, **BOTH), now=now)
    held = indigo_and_gold(edition, now, engraving="")
    lines = {(line.kind, line.key): line.amount for line in held.price.lines}
    assert lines["component", "cobalt"] == 2 * 1_000
    indigo_and_gold(edition, now, engraving="")

    sell_piece(hold=held, now=now)

    design = make_quote(edition=edition, data=samples.design(edition, **BOTH), now=now).offer
    assert design.price.total - held.total == 2 * 3_000, "holds move no counter, orders do"
    with pytest.raises(PriceChanged):
        hold_piece(edition=samples.current(edition), offer=offer, now=now)
    free_piece(piece_id=held.piece_id, now=now)
    again = indigo_and_gold(edition, now, engraving="")
    assert again.total == design.price.total, "a unit that comes back is sold at the step that was reached"
    sell_piece(hold=again, now=now)
    edition.refresh_from_db()
    assert checked_tally(edition).net == again.total


def test_the_price_of_an_option_on_the_page_is_the_price_of_the_design_with_it(now: datetime, tmp_path: Path) -> None:
    from configurator.configuration import Configuration
    from orders.options import OptionWords

    edition = laddered(tmp_path, now)
    words = OptionWords(edition, Configuration(edition.version.key, PLAIN), "en")
    shown = {group.id: words.group(group)["options"] for group in words.groups}
    indigo = next(option for option in shown["glaze"] if option["id"] == "indigo")

    changed = Configuration(edition.version.key, {**PLAIN, **indigo["choices"]})
    assert int(indigo["total"]) == current_price(edition, words.definition, changed).total
    assert indigo["difference"] == "6000"


def test_a_stock_is_shared_by_the_editions_that_have_none_of_their_own(now: datetime, tmp_path: Path) -> None:
    edition = scarce(tmp_path, now)
    stock_component(component=NewComponent("clear-coat", "투명", "Clear", 2))
    shared = stock_component(component=NewComponent("cobalt", "코발트", "Cobalt", 2))

    samples.held(edition, now=now, glaze="indigo")

    assert unit_availability(shared.pk, now).held == 0
    assert left(edition, "cobalt", now) == (5, 1, 0)


def test_a_card_must_count_the_units_that_there_are(now: datetime, tmp_path: Path) -> None:
    ladder = ComponentLadder("cobalt", 7, (Step(1, 1_000),))
    with pytest.raises(StockDiffers), translation.override("en"), transaction.atomic():
        samples.scarce_edition(tmp_path, now=now, card=PriceCard((Step(1, 58_000),), (ladder,)))
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE editions_component SET units_ordered = units_ordered - 1", "never falls"),
        ("UPDATE editions_component SET stock = stock + 1", "never changes"),
        ("UPDATE editions_component SET units_ordered = stock + 1", "not_beyond_stock"),
        ("UPDATE editions_componentunit SET was_ordered = false", "what was ordered was ordered"),
        ("UPDATE editions_componentunit SET state = 'sold'", "editions_unit_sold_to_someone"),
        ("UPDATE editions_componentunit SET state = 'held'", "editions_unit_held_by_someone"),
        ("DELETE FROM editions_componentunit", "a unit stays"),
    ],
)
def test_the_database_refuses_to_break_a_promise(now: datetime, tmp_path: Path, statement: str, reason: str) -> None:
    sell_piece(hold=indigo_and_gold(scarce(tmp_path, now), now), now=now)

    with pytest.raises(IntegrityError, match=reason), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_hold_of_a_piece_and_two_components_is_eight_statements(
    now: datetime, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    edition = scarce(tmp_path, now)
    offer = make_offer(edition=edition, data=samples.design(edition, **BOTH), now=now)

    hold_piece(edition=samples.current(edition), offer=offer, now=now)  # the process has read the version

    # Inside the test's own transaction there is a savepoint besides, made and released.
    with django_assert_num_queries(8 + 2):
        hold_piece(edition=samples.current(edition), offer=offer, now=now)


def test_without_scarce_components_a_hold_asks_for_none(edition: Edition, now: datetime) -> None:
    held = indigo_and_gold(edition, now)

    assert (held.units, Hold.objects.get().counters) == ({}, {"orders_placed": 0})
    assert not ComponentUnit.objects.exists()
