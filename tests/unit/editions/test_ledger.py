"""The ledger's pure core: one way to write an entry, one chain, and a check that finds whatever was changed."""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editions.ledger import FORMAT, GENESIS, Entry, Fault, Kind, LedgerCheck, Link, Tally, digest, fingerprint
from editions.pricing import Line, PriceCard, Step, price

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
CARD = PriceCard((Step(1, 58_000), Step(3, 64_000)))
ENGRAVED = Line("engraving", "name", 5_000)
TERMS = {"format": FORMAT, "edition": "first-firing", "version": "on-dam/1", "size": 5, "card": CARD.as_json()}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain = st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.none() | st.dictionaries(texts, plain, max_size=3)
entries = st.builds(
    Entry,
    sequence=st.integers(0, 3),
    kind=texts,
    at=st.datetimes(timezones=st.just(UTC)),
    card=texts,
    orders_placed=st.integers(0, 3),
    currency=texts,
    total=st.integers(),
    piece=st.none() | st.integers(0, 3),
    takes_back=st.none() | st.integers(0, 3),
    counters=objects,
    breakdown=objects,
    terms=objects,
)


def announced() -> Entry:
    return Entry(1, Kind.ANNOUNCED, NOON, fingerprint(CARD.as_json()), 0, "KRW", 0, terms=TERMS)


def sold(sequence: int, piece: int, before: int, *, frozen_at: int | None = None) -> Entry:
    counted = before if frozen_at is None else frozen_at
    due = price(CARD, counted, [ENGRAVED])
    return Entry(
        sequence,
        Kind.SALE,
        NOON,
        fingerprint(CARD.as_json()),
        before,
        "KRW",
        due.total,
        piece=piece,
        counters={"orders_placed": counted},
        breakdown=due.as_json(),
    )


def returned(sequence: int, piece: int, sale: Entry, before: int) -> Entry:
    card = fingerprint(CARD.as_json())
    return Entry(sequence, Kind.RETURN, NOON, card, before, "KRW", -sale.total, piece=piece, takes_back=sale.sequence)


def withdrawn(sequence: int, *numbers: int, left: int, before: int) -> Entry:
    terms = {"withdrawn": list(numbers), "size": left}
    return Entry(sequence, Kind.WITHDRAWAL, NOON, fingerprint(CARD.as_json()), before, "KRW", 0, terms=terms)


def chained(*told: Entry) -> list[Link]:
    links: list[Link] = []
    for entry in told:
        previous = links[-1].hash if links else GENESIS
        links.append(Link(entry, previous, digest(previous, entry.canonical())))
    return links


def checked(links: list[Link]) -> Tally:
    check = LedgerCheck()
    for link in links:
        check.add(link)
    return check.tally


def fault_in(links: list[Link]) -> tuple[int | None, str]:
    with pytest.raises(Fault) as found:
        checked(links)
    return found.value.sequence, found.value.why


def a_ledger() -> list[Entry]:
    first = sold(2, 1, 0)
    return [announced(), first, sold(3, 2, 1), returned(4, 1, first, 2), sold(5, 1, 2), sold(6, 5, 3, frozen_at=1)]


# --- How an entry is written -------------------------------------------------------------------------


def test_an_entry_is_written_in_one_way() -> None:
    card = fingerprint(CARD.as_json())

    assert sold(2, 7, 0).canonical().decode() == (
        '{"at":"2026-11-23T03:00:00+00:00","breakdown":{"lines":[{"amount":58000,"key":"","kind":"base"},'
        '{"amount":5000,"key":"name","kind":"engraving"}],"step":0,"total":63000},'
        f'"card":"{card}","counters":{{"orders_placed":0}},'
        '"currency":"KRW","kind":"sale","orders_placed":0,"piece":7,"sequence":2,"takes_back":null,"terms":null,'
        '"total":63000}'
    )
    assert card == sha256(b'[{"amount":58000,"from_order":1},{"amount":64000,"from_order":3}]').hexdigest()


@given(entries, entries)
def test_different_entries_never_have_equal_bytes(one: Entry, other: Entry) -> None:
    assert (one.canonical() == other.canonical()) == (one == other)


@given(entries, st.data())
def test_a_change_of_one_field_changes_the_bytes(entry: Entry, data: st.DataObject) -> None:
    """The control for pairs that were drawn apart: here the two differ in as little as can be."""
    name = data.draw(st.sampled_from([field.name for field in dataclasses.fields(Entry)]))
    other = dataclasses.replace(entry, **{name: getattr(data.draw(entries), name)})

    assert (entry.canonical() == other.canonical()) == (entry == other)


@given(entries)
def test_an_entry_is_one_line_and_reads_back_as_it_was(entry: Entry) -> None:
    written = entry.canonical()

    assert b"\n" not in written
    read = json.loads(written)
    read["at"] = datetime.fromisoformat(read["at"])
    assert Entry(**read) == entry


def test_the_same_moment_in_another_zone_is_written_alike() -> None:
    in_seoul = dataclasses.replace(announced(), at=NOON.astimezone(timezone(timedelta(hours=9))))

    assert in_seoul.canonical() == announced().canonical()


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOON.replace(tzinfo=None)},
        {"total": 1.0},
        {"counters": {"share": 0.5}},
        {"counters": {1: "one"}},
        {"terms": {"card": (1, 2)}},
        {"kind": "\ud800"},
    ],
)
def test_what_has_no_one_way_to_be_written_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"one|text|surrogates"):
        dataclasses.replace(announced(), **change).canonical()


def test_a_hash_covers_the_hash_before_it_and_the_entry() -> None:
    assert digest(GENESIS, b"entry") == sha256(bytes(32) + b"entry").hexdigest()
    assert digest("ff" * 32, b"entry") == sha256(b"\xff" * 32 + b"entry").hexdigest()


# --- Whether a ledger holds --------------------------------------------------------------------------


def test_a_true_ledger_holds_and_adds_up() -> None:
    links = chained(*a_ledger())

    tally = checked(links)

    assert (tally.entries, tally.orders, tally.net) == (6, 4, 63_000 + 69_000 + 63_000)
    assert tally.sold == {2: (3, 63_000), 1: (5, 69_000), 5: (6, 63_000)}
    assert tally.head == links[-1].hash


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Entry)])
def test_a_changed_field_is_found_in_its_entry(at: int, name: str) -> None:
    links = chained(*a_ledger())
    changed = {**vars(links[at].entry), name: "tampered" if name != "at" else NOON + timedelta(minutes=1)}
    links[at] = dataclasses.replace(links[at], entry=Entry(**changed))

    assert fault_in(links)[0] == at + 1


@pytest.mark.parametrize("at", range(6))
def test_a_missing_entry_is_found_where_it_is_missing(at: int) -> None:
    links = chained(*a_ledger())
    del links[at]

    if at < 5:
        assert fault_in(links) == (at + 1, f"it is missing; entry {at + 2} stands in its place")
    else:
        # The last one is missed by whoever has counted the orders: tests/integration/orders/test_ledger.py.
        assert checked(links).orders == 3


def test_entries_from_elsewhere_do_not_follow() -> None:
    links, others = chained(*a_ledger()), chained(announced(), sold(2, 3, 0), *a_ledger()[2:])

    assert fault_in([*links[:2], *others[2:]]) == (3, "it does not follow from the entry before it")


Change = Callable[[list[Entry]], None]


def replaced(at: int, **change: Any) -> Change:
    def apply(told: list[Entry]) -> None:
        told[at - 1] = dataclasses.replace(told[at - 1], **change)

    return apply


def cheaper(told: list[Entry]) -> None:
    """A price below the card's, with every sum right."""
    due = {"step": 0, "lines": [{"kind": "base", "key": "", "amount": 1}], "total": 1}
    told[1] = dataclasses.replace(told[1], breakdown=due, total=1)


# Here somebody has calculated every hash anew: the chain is whole, and the content is not.
def test_withdrawals_are_counted() -> None:
    last = withdrawn(6, 4, left=2, before=1)
    told = [announced(), sold(2, 1, 0), withdrawn(3, 3, 5, left=3, before=1)]
    told += [returned(4, 1, told[1], 1), sold(5, 1, 1)]

    tally = checked(chained(*told, dataclasses.replace(last, orders_placed=2)))

    assert (tally.announced, tally.size, tally.withdrawn, tally.orders) == (5, 2, {3, 4, 5}, 2)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (withdrawn(3, left=5, before=1), "it names each piece once, and one at least"),
        (withdrawn(3, 3, 3, left=3, before=1), "it names each piece once, and one at least"),
        (withdrawn(3, 6, left=4, before=1), "it withdraws what there is not"),
        (withdrawn(3, 0, left=4, before=1), "it withdraws what there is not"),
        (withdrawn(3, 1, left=4, before=1), "it withdraws what has an owner"),
        (withdrawn(3, 3, left=5, before=1), "4 pieces are left after it"),
        (withdrawn(3, 3, left=4, before=0), "1 orders were placed before it"),
        (dataclasses.replace(withdrawn(3, 3, left=4, before=1), total=1), "nothing is charged"),
        (dataclasses.replace(withdrawn(3, 3, left=4, before=1), terms=None), "it is not written as entries are"),
        (dataclasses.replace(withdrawn(3, 3, left=4, before=1), terms={"size": 4}), "it is not written as entries are"),
    ],
)
def test_a_withdrawal_that_cannot_be_is_found(entry: Entry, why: str) -> None:
    sequence, found = fault_in(chained(announced(), sold(2, 1, 0), entry))

    assert sequence == 3
    assert why in found


def test_what_was_withdrawn_is_neither_sold_nor_withdrawn_again() -> None:
    told = [announced(), withdrawn(2, 3, left=4, before=0)]
    assert fault_in(chained(*told, sold(3, 3, 0)))[1] == "piece 3 was withdrawn before"
    again = fault_in(chained(*told, withdrawn(3, 3, left=3, before=0)))
    assert again[1] == "it withdraws what was withdrawn before"
    # The control.
    checked(chained(*told, sold(3, 4, 0)))


@pytest.mark.parametrize(
    ("change", "sequence", "why"),
    [
        (cheaper, 2, "its price is 58000 by the card"),
        (replaced(2, total=62_000), 2, "its price is 63000 by the card"),
        (replaced(3, counters={"orders_placed": 2}), 3, "its price counts 2 orders, which is too many"),
        (replaced(3, counters={"orders_placed": -1}), 3, "its price counts -1 orders, which is too many"),
        (replaced(3, orders_placed=0), 3, "1 orders were placed before it"),
        (replaced(3, piece=1), 3, "piece 1 had an owner already"),
        (replaced(3, piece=6), 3, "there is no piece 6"),
        (replaced(3, piece=None), 3, "there is no piece 0"),
        (replaced(3, currency="USD"), 3, "its currency is not the one that was announced"),
        (replaced(3, card="0" * 64), 3, "its price card is not the one that was announced"),
        (replaced(4, piece=3), 4, "piece 3 had no owner"),
        (replaced(4, takes_back=3), 4, "piece 1 was sold in entry 2"),
        (replaced(4, total=-1), 4, "63000 was charged for piece 1"),
        (replaced(1, total=1), 1, "nothing can be ordered before it"),
        (replaced(1, card="0" * 64), 1, "the fingerprint is not that of its price card"),
        (replaced(1, terms={**TERMS, "format": 2}), 1, "its format is not 1"),
        (lambda told: told.insert(1, dataclasses.replace(announced(), sequence=2)), 2, "announced once, and first"),
        (lambda told: told.pop(0), 1, "it is missing"),
        (replaced(1, kind="sale"), 1, "the announcement is missing before it"),
        (replaced(1, kind="gift"), 1, "it is not written as entries are (KeyError('gift'))"),
        (replaced(2, breakdown={"step": 0}), 2, "it is not written as entries are (KeyError('lines'))"),
        (replaced(2, counters={}), 2, "it is not written as entries are (KeyError('orders_placed'))"),
        (replaced(2, breakdown=[]), 2, "it is not written as entries are"),
        (replaced(1, terms={**TERMS, "card": []}), 1, "the fingerprint is not that of its price card"),
    ],
)
def test_a_ledger_that_was_written_anew_is_found_by_what_it_says(change: Change, sequence: int, why: str) -> None:
    told = a_ledger()
    change(told)

    found = fault_in(chained(*told))

    assert found[0] == sequence
    assert why in found[1]
