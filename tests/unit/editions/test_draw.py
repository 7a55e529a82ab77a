"""The lot, the turns and the odds, against what the documents say and against exact fractions."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from math import comb, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editions.draw import (
    Terms,
    admitted_at,
    commitment,
    digest,
    drawn_order,
    list_file,
    odds_at_place,
    odds_before_the_draw,
    order_file,
    places_admitted,
)

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SEED = bytes(range(32))
TERMS = Terms("first-firing", START - timedelta(hours=1), START, 30, commitment(SEED))
ENTRIES = ["0" * 31 + digit for digit in "f3a71"]

entries = st.lists(st.binary(min_size=16, max_size=16).map(bytes.hex), unique=True, max_size=30)
seeds = st.binary(min_size=32, max_size=32)


# --- The lot -----------------------------------------------------------------------------------------


def test_the_list_has_one_form() -> None:
    written = list_file(TERMS, ENTRIES).decode()

    assert written.splitlines() == [
        '{"closes_at":"2026-11-23T01:00:00+00:00","edition":"first-firing","format":1,'
        '"opens_at":"2026-11-23T00:00:00+00:00","pace":30,'
        '"seed_hash":"630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"}',
        *sorted(ENTRIES),
    ]
    assert written.endswith("\n")


def test_the_order_is_by_the_hash_of_seed_list_hash_and_entry() -> None:
    list_hash = digest(list_file(TERMS, ENTRIES))

    order = drawn_order(SEED, list_hash, ENTRIES)

    keys = [sha256(SEED + bytes.fromhex(list_hash) + bytes.fromhex(entry)).hexdigest() for entry in order]
    assert keys == sorted(keys)
    assert sorted(order) == sorted(ENTRIES)
    assert order_file(SEED, list_hash, order).decode().split() == [SEED.hex(), list_hash, *order]


@given(seeds, entries, st.randoms())
def test_who_came_when_changes_neither_list_nor_order(seed: bytes, came: list[str], chance: object) -> None:
    shuffled = [*came]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    terms = Terms("e", START, START, 1, commitment(seed))

    assert list_file(terms, shuffled) == list_file(terms, came)
    list_hash = digest(list_file(terms, came))
    order = drawn_order(seed, list_hash, came)
    assert drawn_order(seed, list_hash, shuffled) == order
    assert sorted(order) == sorted(came)


def test_everybody_is_first_equally_often() -> None:
    """Chi-square with 4 degrees of freedom over 2,000 seeds: below 18.5 in 999 of 1,000 fair draws."""
    list_hash = digest(list_file(TERMS, ENTRIES))
    first = [
        drawn_order(sha256(bytes([number % 256, number // 256])).digest(), list_hash, ENTRIES)[0]
        for number in range(2000)
    ]

    assert sum((first.count(entry) - 400) ** 2 / 400 for entry in ENTRIES) < 18.5


@pytest.mark.parametrize("wrong", ["", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "0" * 31 + "\n"])
def test_what_is_no_entry_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not an entry"):
        list_file(TERMS, [wrong])


def test_an_entry_that_stands_twice_and_a_short_seed_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        list_file(TERMS, [ENTRIES[0], ENTRIES[0]])
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        commitment(SEED[1:])
    with pytest.raises(ValueError, match="without a zone"):
        Terms("e", START.replace(tzinfo=None), START, 1, "").canonical()


# --- Turns -------------------------------------------------------------------------------------------


def test_turns_come_evenly_at_the_pace() -> None:
    turns = [admitted_at(place, start=START, pace=3) - START for place in range(1, 6)]

    assert [turn.total_seconds() for turn in turns] == [0, 20, 40, 60, 80]


@given(st.integers(1, 10**6), st.integers(1, 600))
def test_a_place_is_admitted_exactly_from_its_turn_on(place: int, pace: int) -> None:
    turn = admitted_at(place, start=START, pace=pace)

    assert places_admitted(turn, start=START, pace=pace) == place
    assert places_admitted(turn - timedelta(microseconds=1), start=START, pace=pace) == place - 1


@given(st.integers(0, 10**9), st.integers(1, 600))
def test_no_minute_lets_in_more_than_the_pace(seconds: int, pace: int) -> None:
    moment = START + timedelta(seconds=seconds)
    later = places_admitted(moment + timedelta(minutes=1), start=START, pace=pace)

    assert later - places_admitted(moment, start=START, pace=pace) == pace


# --- Odds --------------------------------------------------------------------------------------------


def exact(ahead: int, left: int, admitted: int, taken: int) -> Fraction:
    """The beta-binomial sum in whole numbers: B(m, n) = (m - 1)! (n - 1)! / (m + n - 1)!"""

    def beta(m: int, n: int) -> Fraction:
        return Fraction(factorial(m - 1) * factorial(n - 1), factorial(m + n - 1))

    a, b = 1 + taken, 1 + admitted - taken
    return sum((comb(ahead, x) * beta(x + a, ahead - x + b) / beta(a, b) for x in range(left)), Fraction())


@given(st.integers(0, 60), st.integers(1, 70), st.integers(0, 40), st.data())
def test_the_likely_odds_are_the_beta_binomial_sum(ahead: int, left: int, admitted: int, data: st.DataObject) -> None:
    taken = data.draw(st.integers(0, admitted))

    found = odds_at_place(ahead=ahead, left=left, admitted=admitted, taken=taken)

    assert found.likely == pytest.approx(
        float(min(Fraction(1), exact(ahead, min(left, ahead + 1), admitted, taken))), rel=1e-9
    )
    assert found.surely == (1.0 if left > ahead else 0.0)


@given(st.integers(0, 500), st.integers(1, 500))
def test_with_nobody_admitted_every_number_of_takers_is_as_likely(ahead: int, left: int) -> None:
    assert odds_at_place(ahead=ahead, left=left).likely == pytest.approx(min(1, left / (ahead + 1)), rel=1e-9)


@given(st.integers(1, 200), st.integers(1, 200))
def test_before_the_draw_the_odds_are_the_mean_over_all_places(people: int, pieces: int) -> None:
    found = odds_before_the_draw(entries=people, pieces=pieces)
    places = [odds_at_place(ahead=place - 1, left=pieces) for place in range(1, people + 1)]

    assert found.surely == pytest.approx(sum(each.surely for each in places) / people)
    assert found.likely == pytest.approx(sum(each.likely for each in places) / people)


def test_the_ends_of_the_odds() -> None:
    assert odds_at_place(ahead=3, left=0).likely == 0.0
    assert odds_at_place(ahead=0, left=1).surely == 1.0
    # Some took two pieces: nobody counts for more than one.
    assert odds_at_place(ahead=5, left=2, admitted=3, taken=7) == odds_at_place(ahead=5, left=2, admitted=3, taken=3)
    # Far beyond what a float holds outside logarithms.
    assert 0.0 < odds_at_place(ahead=100_000, left=5_000, admitted=1_000, taken=60).likely < 1.0
    with pytest.raises(ValueError, match="below 0"):
        odds_at_place(ahead=-1, left=1)
    with pytest.raises(ValueError, match="nobody"):
        odds_before_the_draw(entries=0, pieces=1)
    with pytest.raises(ValueError, match="from 1"):
        admitted_at(0, start=START, pace=1)
