"""Shipping by zone: what zones may say, what a price makes of them, and that the ledger's check knows them."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editions.ledger import Entry, Kind, Link, fingerprint
from editions.pricing import SHIPPING, Line, Zone, price, zone_of, zones_from_json
from tests.samples import ZONES
from tests.unit.editions.test_ledger import CARD, ENGRAVED, NOON, TERMS, chained, checked, fault_in

KOREA, ASIA, _WORLD = ZONES
ROWS = [zone.as_json() for zone in ZONES]


# --- What zones may say ------------------------------------------------------------------------------


def test_zones_read_back_as_they_were_written() -> None:
    assert zones_from_json(ROWS) == ZONES
    assert ROWS[0] == {
        "id": "kr",
        "name_ko": "한국",
        "name_en": "Korea",
        "countries": ["KR"],
        "amount": 3_500,
        "tax_percent": "10",
    }


def test_a_country_lies_in_one_zone_or_in_none() -> None:
    assert [zone_of(ZONES, country) for country in ("KR", "TW", "BR", "")] == [KOREA, ASIA, None, None]


@pytest.mark.parametrize(
    "change",
    [
        {"countries": []},
        {"countries": ["Korea"]},
        {"countries": ["kr"]},
        {"amount": -1},
        {"tax_percent": "-1"},
        {"tax_percent": "100"},
    ],
)
def test_a_zone_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="zone kr"):
        zones_from_json([{**ROWS[0], **change}])


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([ROWS[0], {**ROWS[1], "id": "kr"}], "one name"),
        ([ROWS[0], {**ROWS[1], "countries": ["JP", "KR"]}], "one zone"),
        ([{**ROWS[0], "id": str(each), "countries": [f"A{chr(65 + each)}"]} for each in range(7)], "at most 6"),
    ],
)
def test_zones_that_contradict_each_other_are_refused(rows: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        zones_from_json(rows)


# --- What a price makes of them ----------------------------------------------------------------------


@given(
    st.integers(0, 100),
    st.lists(st.builds(Line, st.just("option"), st.text(max_size=5), st.integers(-5_000, 5_000)), max_size=3),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
)
def test_a_destination_changes_shipping_and_nothing_else(orders: int, own: list[Line], here: Zone, there: Zone) -> None:
    one, other = (price(CARD, orders, [*own, zone.line]) for zone in (here, there))

    assert one.lines[:-1] == other.lines[:-1]
    assert one.step == other.step
    assert other.total - one.total == there.amount - here.amount
    assert price(CARD, orders, own).total == one.total - here.amount


def test_free_shipping_is_said_too() -> None:
    free = dataclasses.replace(KOREA, amount=0)

    assert price(CARD, 0, [free.line, Line("option", "plain", 0)]).shipping == Line(SHIPPING, "kr", 0)
    assert price(CARD, 0, []).shipping is None


# --- The ledger's check ------------------------------------------------------------------------------


def ledger(*lines: Line, zones: list[dict[str, Any]] | None = ROWS) -> list[Link]:
    """An announcement and one sale with these lines beside the card's."""
    terms = TERMS if zones is None else {**TERMS, "shipping": zones}
    card = fingerprint(CARD.as_json())
    due = price(CARD, 0, lines)
    announced = Entry(1, Kind.ANNOUNCED, NOON, card, 0, "KRW", 0, terms=terms)
    counters = {"orders_placed": 0}
    told = due.as_json()
    sale = Entry(2, Kind.SALE, NOON, card, 0, "KRW", due.total, piece=1, counters=counters, breakdown=told)
    return chained(announced, sale)


@pytest.mark.parametrize("zone", ZONES)
def test_a_sale_with_an_announced_zones_amount_holds(zone: Zone) -> None:
    tally = checked(ledger(ENGRAVED, zone.line))

    assert (tally.net, tally.shipping) == (58_000 + 5_000 + zone.amount, ROWS)


@pytest.mark.parametrize(
    "links",
    [
        ledger(Line(SHIPPING, "kr", 3_499)),
        ledger(Line(SHIPPING, "kr", 14_000)),
        ledger(Line(SHIPPING, "moon", 3_500)),
        ledger(ENGRAVED),
        ledger(KOREA.line, ASIA.line),
        ledger(KOREA.line, zones=None),
    ],
    ids=["cheaper", "another zone's", "unknown", "none", "two", "without zones"],
)
def test_any_other_shipping_is_found(links: list[Link]) -> None:
    assert fault_in(links) == (2, "its shipping is not that of an announced zone")


def test_a_ledger_from_before_zones_still_holds() -> None:
    assert checked(ledger(ENGRAVED, zones=None)).shipping == []


def test_a_rate_may_have_decimals_and_is_written_without_fractions() -> None:
    swiss = Zone("ch", "스위스", "Switzerland", ("CH",), 2_100, Decimal("8.1"))

    assert swiss.as_json()["tax_percent"] == "8.1"
