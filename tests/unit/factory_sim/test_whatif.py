"""What if: one more machine, a piece that goes first, a machine that is down; everything else stays as it was."""

from dataclasses import replace

import pytest

from factory_sim.contracts import Phase
from factory_sim.engine import model
from factory_sim.standing import Job, OperationStanding
from factory_sim.timetable import Machines, expected
from factory_sim.whatif import Change, Effect, Help, effects, helpful
from tests.unit.factory_sim.plants import found, piece, step

MACHINES = Machines({"clay": 1, "kiln": 2})
CUP = (step("form", "clay", 10), step("fire", "kiln", 100))
NOW = 100.0


def working(key: str, rank: int, since: float) -> Job:
    return replace(
        piece(key, rank, CUP), phase=Phase.WORKING, since=since, ends_at=since + 10.0, visits={"form": 1}, machine=0
    )


def queued(key: str, rank: int, since: float) -> Job:
    return replace(piece(key, rank, CUP), phase=Phase.QUEUED, since=since)


JOBS = [working("a", 1, 96.0), queued("b", 2, 97.0), queued("c", 3, 98.0)]


def told(change: Change, jobs: list[Job] = JOBS) -> dict[str, tuple[float, float]]:
    """The minutes from now, before and after, by piece; nothing varies, so that P50 and P90 are the same."""
    return told_of(MACHINES, jobs, change)


def told_of(machines: Machines, jobs: list[Job], change: Change) -> dict[str, tuple[float, float]]:
    found = effects(machines, jobs, change, NOW, {})
    assert all((each.likely, each.likely_then) == (each.safe, each.safe_then) for each in found)
    return {each.key: (each.safe - NOW, each.safe_then - NOW) for each in found}


def test_without_a_change_nothing_moves() -> None:
    assert told(Change()) == {"a": (106, 106), "b": (116, 116), "c": (206, 206)}


def test_one_more_machine_serves_who_waits() -> None:
    assert told(Change(more_at="kiln")) == {"a": (106, 106), "b": (116, 116), "c": (206, 126)}
    assert told(Change(more_at="clay"))["b"] == (116, 110), "it is free at once"


def test_who_goes_first_passes_who_came_before_and_nobody_at_work() -> None:
    assert told(Change(first="c")) == {"a": (106, 106), "b": (116, 206), "c": (206, 116)}
    assert told(Change(first="a"))["a"] == (106, 106)


def test_a_machine_that_is_down_finishes_its_work_later() -> None:
    down = Change(down_at="clay", down_machine=0, down_until=NOW + 30)

    assert told(down) == {"a": (106, 136), "b": (116, 146), "c": (206, 236)}


def test_an_idle_machine_that_is_down_is_not_used() -> None:
    down = Change(down_at="kiln", down_machine=1, down_until=NOW + 500)

    assert told(down) == {"a": (106, 106), "b": (116, 206), "c": (206, 306)}
    assert told(replace(down, down_until=NOW - 1)) == told(Change()), "control: what was repaired before does not count"


def test_a_kiln_for_two_that_is_down_holds_both_and_takes_no_more() -> None:
    kilns = Machines({"clay": 1, "kiln": 1}, {"kiln": 2})
    fire = (step("fire", "kiln", 100),)
    jobs = [
        replace(piece("a", 1, fire), phase=Phase.WORKING, since=50.0, ends_at=150.0, visits={"fire": 1}),
        replace(piece("b", 2, fire), phase=Phase.QUEUED, since=60.0),
    ]
    change = Change(down_at="kiln", down_machine=0, down_until=NOW + 30)
    found = {each.key: (each.safe - NOW, each.safe_then - NOW) for each in effects(kilns, jobs, change, NOW, {})}

    assert found == {"a": (50, 80), "b": (100, 130)}


def branched(key: str, rank: int, *standing: OperationStanding) -> Job:
    """A piece whose cut and glaze need nothing of each other, with a packing after both; as its operations stand."""
    steps = (
        step("cut", "bench", 20),
        replace(step("glaze", "dip", 5), needs=()),
        replace(step("pack", "table", 1), needs=("cut", "glaze")),
    )
    visits = {operation.id: 1 for operation, each in zip(steps, standing, strict=True) if each.phase == model.WORKING}
    return replace(piece(key, rank, steps), phase=Phase.QUEUED, position=0, visits=visits, standing=standing)


def test_a_machine_holds_up_the_branch_that_is_on_it_and_no_other() -> None:
    machines = Machines({"bench": 2, "dip": 1, "table": 9})
    on_bench = OperationStanding(model.WORKING, NOW + 20, "bench", 0, NOW)
    on_dip = OperationStanding(model.WORKING, NOW + 5, "dip", 0, NOW)
    queued, needy = OperationStanding(model.QUEUED, NOW), OperationStanding(model.NEEDY)
    cases = {
        "cut runs, glaze waits": (branched("a", 1, on_bench, queued, needy), 261),
        "both run": (branched("a", 1, on_bench, on_dip, needy), 261),
        "glaze runs, cut waits": (branched("a", 1, queued, on_dip, needy), 21),
    }
    down = Change(down_at="bench", down_machine=0, down_until=NOW + 240)

    found = {name: told_of(machines, [job], down)["a"][1] for name, (job, _) in cases.items()}
    assert found == {name: minutes for name, (_, minutes) in cases.items()}
    both = [cases["both run"][0]]
    dip = Change(down_at="dip", down_machine=0, down_until=NOW + 10)
    assert told_of(machines, both, dip)["a"] == (21, 21), "the cut ends when it would have"


def test_the_room_on_a_machine_counts_the_branch_that_is_on_it() -> None:
    """Who comes next finds one bench, not two, and not a third one under repair."""
    machines = Machines({"bench": 2, "dip": 9, "table": 9})
    on_bench = OperationStanding(model.WORKING, NOW + 20, "bench", 0, NOW)
    queued, needy = OperationStanding(model.QUEUED, NOW), OperationStanding(model.NEEDY)
    jobs = [branched("a", 1, on_bench, queued, needy), branched("b", 2, queued, queued, needy)]
    down = Change(down_at="bench", down_machine=0, down_until=NOW + 240)

    assert told_of(machines, jobs, down) == {"a": (21, 261), "b": (21, 21)}


def test_the_plan_says_who_is_first_of_those_that_wait() -> None:
    jobs = [replace(queued(f"q{number}", number, 90.0 + number), urgency=urgency) for number, urgency in URGENCIES]
    alone = {key: minutes for key, (minutes, _) in told(Change(), jobs).items()}

    assert sorted(alone, key=alone.__getitem__) == ["q5", "q4", "q3", "q2", "q1"]
    starts = {each.key: each.start for each in expected(MACHINES, jobs, NOW) if each.operation == "form"}
    assert sorted(starts, key=starts.__getitem__) == ["q5", "q4", "q3", "q2", "q1"], "as the timetable has it"
    assert told(Change(first="q1"), [replace(job, urgency=max(job.urgency, 1)) for job in jobs])["q1"][1] == 110


URGENCIES = [(1, 9), (2, 7), (3, 5), (4, 1), (5, 0)]


def test_who_is_held_has_no_date_and_takes_nobodys_place() -> None:
    jobs = [JOBS[0], replace(JOBS[1], held=True), JOBS[2]]

    assert told(Change(), jobs) == {"a": (106, 106), "c": (116, 116)}


def test_changes_add_up() -> None:
    both = Change(more_at="clay", first="c", down_at="kiln", down_machine=0, down_until=NOW + 1_000)

    assert told(both) == {"a": (106, 106), "c": (206, 206), "b": (116, 306)}


def test_the_worst_come_first_with_their_chances_to_be_late() -> None:
    due = {"b": NOW + 150, "c": NOW + 150}
    found = effects(MACHINES, JOBS, Change(first="c"), NOW, due)

    assert [(each.key, each.later, each.chance, each.chance_then) for each in found] == [
        ("b", 90, 0.0, 1.0),
        ("a", 0, None, None),
        ("c", -90, 1.0, 0.0),
    ]


def test_the_same_draws_are_used_before_and_after() -> None:
    """A change that touches nobody moves nobody, although everything varies."""
    wild = (
        step("form", "clay", 10, variation=1.0),
        step("fire", "kiln", 100, variation=0.5, faults=[found("crack", 0.4, "form")]),
    )
    jobs = [replace(job, operations=wild) for job in JOBS]
    machines = Machines({**MACHINES.count, "bench": 1})

    still = effects(machines, jobs, Change(more_at="bench"), NOW, {})
    moved = effects(machines, jobs, Change(more_at="kiln"), NOW, {})

    assert [each.later for each in still] == [0.0, 0.0, 0.0]
    assert min(each.later for each in moved) < -1.0, "control"


def test_where_one_more_machine_helps_most() -> None:
    due = {"a": NOW + 110, "b": NOW + 110, "c": NOW + 130}

    assert helpful(MACHINES, JOBS, due, NOW) == [Help("", 2, 6 + 76), Help("kiln", 1, 6), Help("clay", 1, 76)]
    assert helpful(Machines({"clay": 3, "kiln": 3}), JOBS, due, NOW) == [Help("", 0, 0)], "control: nobody waits"


@pytest.mark.parametrize("change", [Change(more_at="kiln"), Change(down_at="kiln", down_until=NOW + 60)])
def test_nothing_is_applied(change: Change) -> None:
    machines, jobs = replace(MACHINES), list(JOBS)
    before: list[Effect] = effects(machines, jobs, Change(), NOW, {})
    effects(machines, jobs, change, NOW, {})

    assert (machines, jobs) == (MACHINES, JOBS)
    assert effects(machines, jobs, Change(), NOW, {}) == before
