"""Routes as drawings: rows, lanes of branches, links."""

from configurator.compile import work_spec
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from factory_sim.contracts import OperationSpec
from factory_sim.way import way_of
from tests import samples

NAME = {"ko": "공정", "en": "A step"}


def step(name: str, needs: tuple[str, ...] | None = None) -> OperationSpec:
    return OperationSpec(name, f"{name}-bench", 10.0, 0.0, NAME, needs=needs)


def places(*operations: OperationSpec) -> dict[str, tuple[int, int]]:
    return {stop.operation: (stop.row, stop.lane) for stop in way_of(operations).stops}


def test_a_plain_route_is_one_lane() -> None:
    way = way_of((step("form"), step("fire"), step("pack")))

    assert [(stop.operation, stop.row, stop.lane) for stop in way.stops] == [
        ("form", 0, 0),
        ("fire", 1, 0),
        ("pack", 2, 0),
    ]
    assert way.links == (("form", "fire"), ("fire", "pack"))
    assert (way.rows, way.lanes) == (3, 1)


def test_a_branch_runs_beside_what_takes_longest_and_joins_again() -> None:
    found = places(
        step("form"),
        step("glaze"),
        step("fire"),
        step("sleeve", ("form",)),
        step("press"),
        step("join", ("fire", "press")),
    )

    assert found == {
        "form": (0, 0), "glaze": (1, 0), "fire": (2, 0), "sleeve": (1, 1), "press": (2, 1), "join": (3, 0),
    }  # fmt: skip


def test_a_branch_without_a_beginning_stands_beside_the_first() -> None:
    found = places(step("turn"), step("polish"), step("strap", ()), step("look", ("polish", "strap")))

    assert found == {"turn": (0, 0), "polish": (1, 0), "strap": (0, 1), "look": (2, 0)}


def test_branches_one_after_the_other_share_a_lane_and_those_at_once_do_not() -> None:
    one = step("one", ("a",))
    then = places(
        step("a"), step("b"), one, step("c", ("b", "one")), step("d"), step("two", ("c",)), step("e", ("d", "two"))
    )
    at_once = places(step("a"), step("b"), one, step("two", ("a",)), step("c", ("b", "one", "two")))

    assert (then["one"], then["two"]) == ((1, 1), (3, 1))
    assert {at_once[name][1] for name in ("b", "one", "two")} == {0, 1, 2}


def test_what_follows_from_other_links_is_not_drawn() -> None:
    way = way_of((step("a"), step("b"), step("c", ("a", "b"))))

    assert way.links == (("a", "b"), ("b", "c"))


def test_no_two_stops_of_a_demo_product_share_a_place(definition: ProductDefinition) -> None:
    operations = work_spec(definition, Configuration("on-dam/1", samples.PRESET, "지우")).operations
    way = way_of(operations)

    assert len({(stop.row, stop.lane) for stop in way.stops}) == len(way.stops) == len(operations)
    assert way.lanes == 2
    assert way.after("form") == ("glaze", "sleeve")
