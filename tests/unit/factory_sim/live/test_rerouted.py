"""A piece whose route changes while it is made, on plants with everything: what has begun stays, the rest follows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from factory_sim.contracts import Kind, OperationSpec, Phase, needs_in
from factory_sim.engine.model import BLOCKED, DONE, NEEDY, QUEUED, TRAVELLING
from factory_sim.live.held import let_go
from factory_sim.live.rerouted import NothingLeft, begun_already, off_machines, rerouted
from factory_sim.standing import Job, OperationStanding
from tests.unit.factory_sim.live.rich_plants import LONG, STATIONS, History, Rich, rich, told
from tests.unit.factory_sim.live.test_held import on_from
from tests.unit.factory_sim.plants import NAME

SEEDS = range(40)
CHANGED_AT = 40.0


def step(name: str, needs: tuple[str, ...] | None = None, minutes: float = 10.0) -> OperationSpec:
    return OperationSpec(name, f"{name}-bench", minutes, 0.0, NAME, needs=needs)


ROUTE = (step("form"), step("glaze"), step("sleeve", ("form",)), step("join", ("glaze", "sleeve")), step("pack"))
PRESSED = (
    *ROUTE[:3],
    step("press", ("sleeve",)),
    step("join", ("glaze", "press")),
    step("pack"),
)


def stands(phase: int, minute: float | None = None, **more: object) -> OperationStanding:
    return OperationStanding(phase, minute, **more)  # type: ignore[arg-type]


def begun(*standing: OperationStanding, visits: dict[str, int], route: Sequence[OperationSpec] = ROUTE) -> Job:
    """A piece in the midst of its route."""
    return Job("piece", 1, 7, 0.0, tuple(route), Phase.QUEUED, visits=visits, standing=standing)


AT_THE_JOIN = begun(
    *(stands(DONE), stands(DONE), stands(DONE), stands(QUEUED, 35.0), stands(NEEDY)),
    visits={"form": 1, "glaze": 1, "sleeve": 1},
)


def test_what_is_put_in_comes_first_and_who_waited_behind_it_waits_for_it() -> None:
    after = rerouted(AT_THE_JOIN, PRESSED, 40.0)

    assert [each.phase for each in after.standing] == [DONE, DONE, DONE, TRAVELLING, NEEDY, NEEDY]
    assert (after.phase, after.operation.id, after.since) == (Phase.QUEUED, "press", 40.0)


def test_what_is_left_out_lets_the_next_go_on() -> None:
    pressing = begun(
        *(stands(DONE), stands(DONE), stands(DONE), stands(QUEUED, 36.0), stands(NEEDY), stands(NEEDY)),
        visits={"form": 1, "glaze": 1, "sleeve": 1},
        route=PRESSED,
    )
    after = rerouted(pressing, ROUTE, 40.0)

    assert [(each.phase, each.minute) for each in after.standing] == [
        *[(DONE, None)] * 3,
        (TRAVELLING, 40.0),
        (NEEDY, None),
    ]


def test_who_waits_where_nothing_changes_keeps_its_place() -> None:
    after = rerouted(AT_THE_JOIN, (*ROUTE[:3], replace(ROUTE[3], minutes=99.0), ROUTE[4]), 40.0)

    assert after.standing == AT_THE_JOIN.standing
    assert after.operation.minutes == 99.0


def test_a_piece_that_has_not_come_comes_when_it_would_have() -> None:
    coming = Job("piece", 1, 7, 55.0, ROUTE)

    assert rerouted(coming, PRESSED, 40.0) == replace(coming, operations=PRESSED)


def test_who_stood_on_a_machine_for_want_of_room_leaves_it() -> None:
    blocked = replace(
        AT_THE_JOIN,
        standing=(*AT_THE_JOIN.standing[:3], stands(BLOCKED, 33.0, station="sleeve-bench"), stands(NEEDY)),
    )

    assert off_machines(blocked, rerouted(blocked, PRESSED, 40.0)) == [blocked.standing[3]]
    assert off_machines(blocked, rerouted(blocked, ROUTE, 40.0)) == []


@pytest.mark.parametrize(
    ("route", "consumed", "begun_first"),
    [
        (ROUTE, (), ""),
        (ROUTE, ("join", "pack"), ""),
        (ROUTE, ("glaze", "join"), "glaze"),
        (PRESSED, (), ""),
        ((*ROUTE[:3], replace(ROUTE[3], family="dark"), ROUTE[4]), (), ""),
        ((ROUTE[0], replace(ROUTE[1], family="dark"), *ROUTE[2:]), (), "glaze"),
        ((ROUTE[0], step("sleeve", ("form",)), step("join", ("sleeve",)), ROUTE[4]), (), "glaze"),
        ((ROUTE[0], step("dye"), step("glaze"), *ROUTE[2:]), (), "glaze"),
    ],
)
def test_what_has_begun_is_not_undone(
    route: Sequence[OperationSpec], consumed: tuple[str, ...], begun_first: str
) -> None:
    assert begun_already(AT_THE_JOIN, route, consumed) == begun_first


def test_a_piece_sent_back_is_fixed_where_it_had_begun() -> None:
    sent_back = replace(AT_THE_JOIN, visits={**AT_THE_JOIN.visits, "join": 1})

    assert begun_already(sent_back, PRESSED, ()) == "join"


def test_a_piece_is_not_finished_by_leaving_out_what_is_left() -> None:
    packing = replace(
        AT_THE_JOIN,
        standing=(*[stands(DONE)] * 4, stands(QUEUED, 39.0)),
        visits={**AT_THE_JOIN.visits, "join": 1},
    )

    with pytest.raises(NothingLeft):
        rerouted(packing, ROUTE[:4], 40.0)


# --- On plants with everything -------------------------------------------------------------------------


def other_route(job: Job, luck: Random) -> tuple[OperationSpec, ...]:
    """The route with some of what has not begun changed, and with an operation more or less."""
    route = [
        each
        if job.visits.get(each.id)
        else replace(each, minutes=luck.uniform(2, 20), family=luck.choice(("", "dark")))
        for each in job.operations
    ]
    needs, kind = needs_in(route), luck.choice(("more", "less", "same"))
    if kind == "more" and not job.visits.get("pack"):
        polish = OperationSpec("polish", luck.choice(STATIONS), luck.uniform(2, 20), 0.0, NAME, needs=needs["pack"])
        return (*route[:-1], polish, replace(route[-1], needs=("polish",)))
    stitched = next((each for each in route if each.id == "stitch"), None)
    if kind == "less" and stitched and not job.visits.get("stitch"):
        # What came before the stitching now leads to what comes after it.
        handed_on = {each.id: tuple("cut" if need == "stitch" else need for need in needs[each.id]) for each in route}
        rows = [each for each in route if each.id != "stitch"]
        faults = {each.id: tuple(f for f in each.faults if f.rework_from != "stitch") for each in rows}
        return tuple(replace(each, needs=handed_on[each.id], faults=faults[each.id]) for each in rows)
    return tuple(route)


def changed(history: History, seed: int) -> dict[str, Job]:
    """Every other open piece is to be made otherwise."""
    luck = Random(seed)
    after = {}
    for number, job in enumerate(history.jobs.values()):
        route = other_route(job, luck) if number % 2 == 0 and job.phase is not Phase.DONE else job.operations
        allowed = route != job.operations and not begun_already(job, route, ())
        after[job.key] = rerouted(job, route, CHANGED_AT) if allowed else job
    return after


def test_every_piece_is_made_to_its_end_by_its_new_route() -> None:
    routes: Counter[str] = Counter()
    for seed in SEEDS:
        world: Rich = rich(seed)
        half = told(world, [CHANGED_AT])
        jobs = changed(half, seed)

        after = on_from(world, half, jobs.values(), [CHANGED_AT, LONG])

        assert {job.phase for job in after.jobs.values()} == {Phase.DONE}, seed
        events = [*half.events, *after.events]
        for key, job in jobs.items():
            own = [event for event in events if event.key == key]
            assert [event.seq for event in own] == list(range(1, len(own) + 1))
            ended = {event.operation for event in own if event.kind is Kind.FINISHED}
            assert ended == {each.id for each in job.operations}, (seed, key)
            is_new = job.operations != half.jobs[key].operations
            routes["more" if "polish" in ended else "less" if "stitch" not in ended else "same" if is_new else ""] += 1
    assert min(routes["more"], routes["less"], routes["same"]) > 5, "control: all kinds of changes were tried"


def test_wherever_runs_are_cut_after_a_change_the_same_happens() -> None:
    for seed in SEEDS:
        world = rich(seed)
        half = told(world, [CHANGED_AT])
        jobs = changed(half, seed)

        whole = on_from(world, half, jobs.values(), [CHANGED_AT, LONG])
        cut = on_from(world, half, jobs.values(), [CHANGED_AT, 41.5, 60, 61, 140, LONG])

        assert (cut.events, cut.machine_events) == (whole.events, whole.machine_events)


def test_a_piece_that_is_held_may_be_changed_and_goes_on_by_its_new_route() -> None:
    for seed in SEEDS:
        world = rich(seed)
        half = told(world, [CHANGED_AT])
        held = [replace(job, held=job.phase is not Phase.DONE) for job in half.jobs.values()]
        waited = on_from(world, half, held, [CHANGED_AT, 200.0])
        jobs = changed(waited, seed)
        freed = [
            replace(job, held=False, standing=let_go(job.standing, 200.0)) if job.held else job for job in jobs.values()
        ]

        after = on_from(world, waited, freed, [200.0, LONG])

        assert {job.phase for job in after.jobs.values()} == {Phase.DONE}
        for key, job in jobs.items():
            ended = {e.operation for e in (*half.events, *waited.events, *after.events) if e.key == key and e.station}
            assert ended >= {each.id for each in job.operations}
