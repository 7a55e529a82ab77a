"""A plant on the engine: one log wherever runs are cut, today's kernel on plain plants, and what each event says."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_sim.contracts import COMMANDED, Kind, MachineKind, Phase
from factory_sim.kpis import Entry, Window, kpis
from factory_sim.live import run
from factory_sim.standing import Event, Job, MachineStanding
from tests.unit.factory_sim import plain_kernel
from tests.unit.factory_sim.live.rich_plants import LONG, History, Rich, plant_of, rich, told
from tests.unit.factory_sim.plants import SOON, World, found, of_piece, piece, step, worlds

MINUTES = st.one_of(st.sampled_from([0.0, 5.0, 10.0, 12.5, 15.0, 20.0, 40.0]), st.floats(0, 200))
SEEDS = range(60)


def plain(world: World) -> Rich:
    stations = [{"id": name, "machines": count} for name, count in world.machines.items()]
    return Rich(plant_of(stations), world.jobs)


# --- Runs may be cut anywhere -----------------------------------------------------------------------


@pytest.mark.parametrize("stops", [[3.0, 20.0, 20.5, 61.0, 140.0], [*range(0, 400, 7)]], ids=["odd", "many"])
def test_two_histories_with_other_stops_tell_the_same(stops: list[float]) -> None:
    for seed in SEEDS:
        world = rich(seed)
        whole, cut = told(world, [LONG]), told(world, [*stops, LONG])

        assert cut.events == whole.events
        assert cut.machine_events == whole.machine_events
        assert cut.jobs == whole.jobs
        assert cut.machines == whole.machines
        assert {job.phase for job in whole.jobs.values()} == {Phase.DONE}


def test_the_random_plants_show_everything() -> None:
    histories = [told(rich(seed), [LONG]) for seed in SEEDS]
    kinds = {str(event.kind) for history in histories for event in history.events}
    machine_kinds = {str(event.kind) for history in histories for event in history.machine_events}

    assert (kinds, machine_kinds) == (set(Kind) - COMMANDED, set(MachineKind))
    assert any(event.setup for history in histories for event in history.events)


@pytest.mark.parametrize("forgotten", ["ahead", "left", "family", "gone", "up_since"])
def test_control_what_machines_remember_is_needed(forgotten: str) -> None:
    usual: Any = getattr(MachineStanding(), forgotten)

    def differs(seed: int) -> bool:
        world = rich(seed)
        half = told(world, [40.0])
        forgetful = {name: replace(each, **{forgotten: usual}) for name, each in half.machines.items()}
        rest = run(world.plant, half.jobs.values(), forgetful, since=40.0, until=LONG)
        whole = told(world, [LONG])
        events, machine_events = half.events + rest.events, half.machine_events + rest.machine_events
        return (events, machine_events) != (whole.events, whole.machine_events)

    assert any(map(differs, SEEDS))


def test_what_is_not_over_is_told_later_and_once() -> None:
    kiln = {"id": "kiln", "breakdowns": {"clock": "operating", "between": 30, "repair": 40}}
    world = Rich(plant_of([kiln]), (piece("cup", 1, (step("fire", "kiln", 200.0),)),))
    events = told(world, [LONG]).machine_events
    middle = (events[0].minute + events[1].minute) / 2

    early = told(world, [middle])

    assert [event.kind for event in events][:2] == [MachineKind.DOWN, MachineKind.UP]
    assert early.machine_events == events[:1]
    assert early.machines["kiln", 0].ahead[0] == (events[0].minute, events[1].minute)


def test_a_plant_without_work_tells_the_end_of_a_breakdown() -> None:
    kiln = plant_of([{"id": "kiln", "breakdowns": {"clock": "operating", "between": 30, "repair": 40}}])
    down = {("kiln", 0): MachineStanding(ahead=((1000.0, 1040.0), (2500.0, 2600.0)))}

    early = run(kiln, (), down, since=990.0, until=1010.0)
    late = run(kiln, (), early.machines, since=1010.0, until=2000.0)

    assert [(e.minute, e.kind) for e in early.machine_events] == [(1000, MachineKind.DOWN)]
    assert [(e.minute, e.kind) for e in late.machine_events] == [(1040, MachineKind.UP)]
    assert late.machines["kiln", 0].ahead == ((2500.0, 2600.0),)


# --- Today's kernel ---------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(worlds(), st.lists(MINUTES, max_size=3))
def test_on_a_plain_plant_it_tells_what_the_kernel_of_today_tells(world: World, stops: list[float]) -> None:
    ranks = {job.key: job.rank for job in world.jobs}
    events, jobs = plain_kernel.run(world.machines, world.jobs, SOON)

    history = told(plain(world), [*sorted(stops), SOON])

    assert history.events == sorted(events, key=lambda event: (event.minute, ranks[event.key], event.seq))
    assert {key: (job.visits, job.next_seq) for key, job in history.jobs.items()} == {
        key: (job.visits, job.next_seq) for key, job in jobs.items()
    }


@settings(max_examples=60, deadline=None)
@given(worlds(), MINUTES)
def test_it_runs_on_from_pieces_that_the_kernel_of_today_left(world: World, cut: float) -> None:
    """As an installation does that is updated while pieces are being made."""
    ranks = {job.key: job.rank for job in world.jobs}
    told_before, jobs = plain_kernel.run(world.machines, world.jobs, cut)
    going = [job for job in jobs.values() if job.phase is not Phase.DONE]
    whole = sorted(plain_kernel.run(world.machines, world.jobs, SOON)[0], key=lambda e: (e.minute, ranks[e.key], e.seq))

    after = run(plain(world).plant, going, {}, since=cut, until=SOON)

    assert after.events == [event for event in whole if event not in told_before]


@settings(max_examples=40, deadline=None)
@given(worlds(), MINUTES)
def test_a_piece_shows_where_it_stands_as_it_always_did(world: World, until: float) -> None:
    _, jobs = plain_kernel.run(world.machines, world.jobs, until)
    shown = told(plain(world), [until]).jobs

    for key, job in jobs.items():
        assert (shown[key].phase, shown[key].position) == (job.phase, job.position)
        if job.phase is Phase.WORKING:
            columns = (shown[key].machine, shown[key].since, shown[key].ends_at)
            assert columns == (job.machine, job.since, job.ends_at)


# --- What events say --------------------------------------------------------------------------------


def history_of(jobs: list[Job], *stations: dict[str, object], until: float = LONG) -> History:
    return told(Rich(plant_of(stations), tuple(jobs)), [until])


def started(events: list[Event]) -> list[tuple[str, str, float, int, float]]:
    return [(e.key, e.operation, e.minute, e.machine, e.setup) for e in events if e.kind is Kind.STARTED]


def test_a_kiln_fires_a_batch_and_a_late_piece_waits_no_longer_than_its_patience() -> None:
    jobs = [piece(name, rank, (step("fire", "kiln", 100.0),), released_at=rank) for rank, name in enumerate("abc")]

    history = history_of(jobs, {"id": "kiln", "batch": 2, "patience": 60}, until=LONG)

    assert started(history.events) == [("a", "fire", 1, 0, 0), ("b", "fire", 1, 0, 0), ("c", "fire", 101, 0, 0)]


def test_a_change_of_colour_is_set_up_and_said() -> None:
    jobs = [
        piece(name, rank, (replace(step("glaze", "glaze"), family=family),))
        for rank, (name, family) in enumerate([("a", "dark"), ("b", "light"), ("c", "light")])
    ]

    history = history_of(jobs, {"id": "glaze", "setups": {"dark": {"light": 7}}})

    assert started(history.events) == [("a", "glaze", 0, 0, 0), ("b", "glaze", 10, 0, 7), ("c", "glaze", 27, 0, 0)]
    assert history.machines["glaze", 0].family == "light"


def test_a_sleeve_is_stitched_while_the_cup_is_in_the_kiln() -> None:
    route = (
        step("throw", "clay", 10.0),
        step("fire", "kiln", 100.0),
        replace(step("stitch", "bench", 30.0), needs=("throw",)),
        replace(step("join", "bench", 5.0), needs=("fire", "stitch")),
    )
    history = history_of([piece("cup", 1, route)], {"id": "clay"}, {"id": "kiln"}, {"id": "bench"})

    minutes = {operation: minute for _, operation, minute, *_ in started(history.events)}
    assert minutes == {"throw": 0, "fire": 10, "stitch": 10, "join": 110}
    assert [event.seq for event in history.events] == list(range(1, len(history.events) + 1))


def test_a_piece_without_room_blocks_its_machine() -> None:
    route = (step("throw", "clay", 10.0), step("fire", "kiln", 100.0))
    jobs = [piece(name, rank, route) for rank, name in enumerate("abc")]

    history = history_of(jobs, {"id": "clay"}, {"id": "kiln", "places": 0})

    assert [(e.minute, e.station, e.kind, e.key) for e in history.machine_events] == [
        (20, "clay", MachineKind.BLOCKED, "b"),
        (110, "clay", MachineKind.UNBLOCKED, "b"),
        (120, "clay", MachineKind.BLOCKED, "c"),
        (210, "clay", MachineKind.UNBLOCKED, "c"),
    ]


def test_a_scrapped_piece_is_made_again_under_its_number() -> None:
    flaw = replace(found("broken", 1.0, "throw"), scrap=True)
    route = (step("throw", "clay"), step("look", "bench", faults=[flaw], most_reworks=1))

    history = history_of([piece("cup", 1, route)], {"id": "clay"}, {"id": "bench"})

    assert [event.kind for event in history.events][6:9] == [Kind.FINISHED, Kind.SCRAPPED, Kind.QUEUED]
    assert history.events[7].fault == "broken"
    assert history.jobs["cup"].visits == {"throw": 2, "look": 2}
    assert history.jobs["cup"].remade == {"throw": 1, "look": 1}
    assert len(of_piece(history.events, "cup")) == history.jobs["cup"].next_seq - 1


def test_an_empty_plant_still_breaks_down_by_the_calendar() -> None:
    kiln = {"id": "kiln", "machines": 2, "breakdowns": {"clock": "calendar", "between": 50, "repair": 5}}
    with_work = history_of([piece("cup", 1, (step("fire", "kiln", 1.0),))], kiln)

    without = told(Rich(plant_of([kiln]), ()), [10.0, 70.0, 500.0, LONG])

    assert without.machine_events == with_work.machine_events
    assert len(without.machine_events) > 50


def test_the_key_figures_of_a_log_add_up() -> None:
    for seed in SEEDS:
        world = rich(seed)
        history = told(world, [200.0])
        log = [
            Entry(e.minute, e.kind, e.key, e.operation, e.station, e.machine, setup=e.setup) for e in history.events
        ] + [Entry(e.minute, e.kind, e.key, "", e.station, e.machine) for e in history.machine_events]
        figures = kpis(log, machines=world.plant.machines(), window=Window(0, 200, 300))

        for station, count in world.plant.machines().items():
            elements = figures.stations[station].elements
            assert elements.calendar == pytest.approx(300 * count)
            assert elements.idle >= -1e-6
