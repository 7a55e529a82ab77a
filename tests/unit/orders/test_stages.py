"""The stages of a piece as its page shows them, with branches and after it was sent back."""

from dataclasses import replace
from datetime import UTC, datetime

from factory_sim.contracts import Kind, Making, OperationSpec, Phase, Progress, WorkSpec, later_than
from orders.stages import finished_in, stages

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAME = {"ko": "공정", "en": "A step"}


def step(name: str, needs: tuple[str, ...] | None = None) -> OperationSpec:
    return OperationSpec(name, f"{name}-bench", 10.0, 0.0, NAME, needs=needs)


CHAIN = (step("form"), step("fire"), step("look"))
BRANCHES = (step("form"), step("fire"), step("sleeve", ("form",)), step("join", ("fire", "sleeve")), step("look"))


def made(operations: tuple[OperationSpec, ...], current: str, *happened: tuple[Kind, str]) -> Making:
    progress = tuple(
        Progress(seq, kind, NOW, operation, NAME, NAME, 0, {}) for seq, (kind, operation) in enumerate(happened, 1)
    )
    return Making("001", Phase.WORKING, "Running", operations, current, progress)


def states(making: Making) -> dict[str, str]:
    return {stage.operation.id: stage.state for stage in stages(None, making)}  # type: ignore[arg-type]


def done(operation: str) -> tuple[tuple[Kind, str], ...]:
    return (Kind.QUEUED, operation), (Kind.STARTED, operation), (Kind.FINISHED, operation)


def test_a_sleeve_that_is_done_before_the_kiln_is_done_and_not_to_be_done_again() -> None:
    making = made(BRANCHES, "fire", *done("form"), (Kind.STARTED, "fire"), *done("sleeve"))

    assert states(making) == {
        "form": "done", "fire": "working", "sleeve": "done", "join": "coming", "look": "coming",
    }  # fmt: skip


def test_what_comes_after_where_a_piece_was_sent_back_to_is_done_again() -> None:
    making = made(BRANCHES, "fire", *done("form"), *done("fire"), *done("sleeve"), *done("join"), (Kind.QUEUED, "fire"))

    assert states(making) == {
        "form": "done", "fire": "queued", "sleeve": "done", "join": "again", "look": "coming",
    }  # fmt: skip


def test_on_a_plain_route_all_that_follows_is_later() -> None:
    assert later_than(CHAIN, "form") == {"fire", "look"}
    assert later_than(CHAIN, "look") == set()
    assert later_than(BRANCHES, "sleeve") == {"join", "look"}
    assert later_than(BRANCHES, "form") == {"fire", "sleeve", "join", "look"}


def test_a_work_specification_of_an_earlier_release_stays_readable() -> None:
    spec = WorkSpec(NAME, (replace(CHAIN[0], most_reworks=1), *CHAIN[1:]))
    old = spec.as_json()
    for row in old["operations"]:
        del row["needs"], row["family"]

    assert WorkSpec.from_json(old) == spec


def test_what_was_scrapped_by_hand_leaves_the_other_branch_as_it_is() -> None:
    sleeve = made(BRANCHES, "form", *done("form"), *done("fire"), *done("sleeve"), (Kind.SCRAPPED, "sleeve"))
    joined = made(BRANCHES, "form", *sleeve_and_fire(), *done("join"), (Kind.SCRAPPED, "look"))

    assert finished_in(BRANCHES, sleeve.progress) == {"fire"}
    assert finished_in(BRANCHES, joined.progress) == set(), "control: all of it led to the inspection"
    again = made(BRANCHES, "fire", *sleeve_and_fire(), (Kind.SCRAPPED, "sleeve"), *done("form"), *done("sleeve"))
    assert finished_in(BRANCHES, again.progress) == {"form", "fire", "sleeve"}


def test_of_an_operation_that_is_no_more_in_the_route_nobody_knows_what_led_to_it() -> None:
    changed = made(BRANCHES, "form", *sleeve_and_fire(), (Kind.SCRAPPED, "press"))

    assert finished_in(BRANCHES, changed.progress) == set()


def sleeve_and_fire() -> tuple[tuple[Kind, str], ...]:
    return *done("form"), *done("fire"), *done("sleeve")
