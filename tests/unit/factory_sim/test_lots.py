"""Which lot an operation takes from."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_sim.contracts import MaterialSpec
from factory_sim.lots import Lot, Shelf

NAME = {"ko": "유약", "en": "Glaze"}


def glaze(quantity: float, unit: str = "ml") -> MaterialSpec:
    return MaterialSpec("glaze", NAME, quantity, unit)


def taken(shelf: Shelf, material: MaterialSpec) -> list[tuple[int, float]]:
    return [(lot.number, quantity) for lot, quantity in shelf.take(material)]


def test_what_one_lot_lacks_comes_from_the_next() -> None:
    shelf = Shelf([], {("glaze", "ml"): 100})

    assert [taken(shelf, glaze(35)) for _ in range(3)] == [[(1, 35)], [(1, 35)], [(1, 30), (2, 5)]]


def test_the_open_lot_goes_on() -> None:
    shelf = Shelf([Lot("glaze", "ml", 7, 100, 90)], {("glaze", "ml"): 100})

    assert taken(shelf, glaze(20)) == [(7, 10), (8, 10)]


def test_a_material_that_is_counted_in_two_units_has_lots_of_each() -> None:
    shelf = Shelf([], {("glaze", "ml"): 100})

    assert taken(shelf, glaze(35)) == [(1, 35)]
    assert taken(shelf, glaze(2, "pcs")) == [(2, 2)]
    assert taken(shelf, glaze(35)) == [(1, 35)]


def test_a_lot_of_which_the_plant_says_nothing_is_enough_for_twenty_pieces() -> None:
    shelf = Shelf([], {})

    assert {number for _ in range(20) for number, _ in taken(shelf, glaze(3.2))} == {1}
    assert taken(shelf, glaze(3.2)) == [(2, 3.2)]


@settings(deadline=None)
@given(st.lists(st.integers(1, 5_000_000), min_size=1, max_size=60), st.integers(100_000, 3_000_000))
def test_nothing_is_lost_and_no_lot_is_overdrawn(millionths: list[int], size: int) -> None:
    shelf, lots, total = Shelf([], {("glaze", "ml"): size / 1e6}), {}, 0.0
    for quantity in millionths:
        for lot, took in shelf.take(glaze(quantity / 1e6)):
            assert took > 0
            lots[lot.number] = lot
            total += took

    assert total == pytest.approx(sum(millionths) / 1e6)
    assert sum(lot.used for lot in lots.values()) == pytest.approx(total)
    assert all(lot.used <= lot.size for lot in lots.values())
    assert sorted(lots) == list(range(1, len(lots) + 1))
