"""Key figures after ISO 22400: by hand, and the time elements add up to calendar time on whatever a plant does."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory_sim.contracts import Kind, MachineKind
from factory_sim.kpis import Elements, Entry, PlantKpis, Window, kpis

DAY = Window(since=0, until=960, calendar=1440)
KILN = {"station": "kiln", "operation": "fire"}
LOOK = {"station": "bench", "operation": "look"}


def at(minute: float, kind: str, key: str = "cup", **more: Any) -> Entry:
    return replace(Entry(minute, kind, key), **more)


def machine(minute: float, kind: MachineKind, key: str = "", number: int = 0) -> Entry:
    return Entry(minute, kind, key, station="kiln", machine=number)


def fired(start: float, end: float, key: str = "cup", **more: Any) -> list[Entry]:
    return [at(start, Kind.STARTED, key, **KILN, **more), at(end, Kind.FINISHED, key, **KILN)]


def kiln(log: list[Entry], window: Window = DAY, machines: int = 1) -> Elements:
    return kpis(log, machines={"kiln": machines}, window=window).stations["kiln"].elements


# --- Time elements ----------------------------------------------------------------------------------


def test_an_idle_plant_is_closed_or_idle() -> None:
    assert kiln([]) == Elements(closed=480, idle=960)
    assert kiln([]).busy == 960


def test_setup_comes_first_and_is_not_production() -> None:
    assert kiln(fired(100, 250, setup=30)) == Elements(closed=480, setup=30, production=120, idle=810)


def test_a_breakdown_within_the_work_is_down_and_the_set_up_goes_on_after_it() -> None:
    log = [*fired(100, 250, setup=30), machine(110, MachineKind.DOWN), machine(150, MachineKind.UP)]

    assert kiln(log) == Elements(closed=480, setup=30, production=80, down=40, idle=810)


def test_a_batch_is_one_work_of_its_machine() -> None:
    log = [*fired(0, 100, "one", setup=10, planned=90), *fired(0, 100, "two", setup=10, planned=80)]

    found = kpis(log, machines={"kiln": 1}, window=DAY).stations["kiln"]

    assert found.elements == Elements(closed=480, setup=10, production=90, idle=860)
    assert (found.quantity, found.planned, found.produced, found.effectiveness) == (2, 90, 90, 1)


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_the_rest_of_a_batch_counts_when_one_of_it_is_aborted(order: tuple[str, str]) -> None:
    log = [at(0, Kind.STARTED, key, **KILN, planned={"one": 300, "two": 80}[key]) for key in order]
    log += [at(10, Kind.ABORTED, "one"), at(100, Kind.FINISHED, "two", **KILN)]

    found = kpis(log, machines={"kiln": 1}, window=Window(0, 200, 200)).stations["kiln"]

    assert found.elements == Elements(production=100, idle=100)
    assert (found.quantity, found.planned, found.produced) == (1, 80, 100)


def test_a_batch_of_which_all_are_aborted_made_nothing() -> None:
    log = [at(0, Kind.STARTED, key, **KILN, planned=90) for key in ("one", "two")]
    log += [at(10, Kind.ABORTED, "two"), at(30, Kind.ABORTED, "one")]

    found = kpis(log, machines={"kiln": 1}, window=Window(0, 200, 200)).stations["kiln"]

    assert found.elements == Elements(production=30, idle=170)
    assert (found.quantity, found.planned, found.produced) == (0, 0, 0)


def test_a_piece_that_cannot_go_on_blocks_its_machine() -> None:
    blocked = [machine(100, MachineKind.BLOCKED, "cup"), machine(130, MachineKind.UNBLOCKED, "cup")]

    assert kiln([*fired(0, 100), *blocked]) == Elements(closed=480, production=100, blocked=30, idle=830)


def test_what_has_not_ended_counts_up_to_the_end_of_the_window() -> None:
    log = [
        at(900, Kind.STARTED, **KILN),
        at(940, Kind.STARTED, "late", **KILN, machine=1),
        machine(950, MachineKind.DOWN, number=1),
        machine(930, MachineKind.BLOCKED, "old", number=2),
    ]

    assert kiln(log, machines=3) == Elements(closed=1440, production=70, down=10, blocked=30, idle=2770)


def test_a_machine_that_only_comes_up_was_down_before_the_log_begins() -> None:
    assert kiln([machine(60, MachineKind.UP)]) == Elements(closed=480, down=60, idle=900)


def test_a_piece_may_block_its_machine_for_two_that_it_goes_on_to() -> None:
    log = [machine(minute, MachineKind.BLOCKED, "cup") for minute in (0, 0)]
    log += [machine(minute, MachineKind.UNBLOCKED, "cup") for minute in (10, 30)]

    assert kiln(log).blocked == 30


def test_only_what_lies_within_the_window_counts() -> None:
    log = fired(100, 250, setup=30)

    assert kiln(log, Window(120, 200, 80)) == Elements(setup=10, production=70)
    assert kpis(log, machines={"kiln": 1}, window=Window(120, 200, 80)).stations["kiln"].quantity == 0
    assert kpis(log, machines={"kiln": 1}, window=Window(200, 300, 100)).stations["kiln"].quantity == 1


def test_a_window_is_not_open_for_longer_than_the_clock_runs() -> None:
    with pytest.raises(ValueError, match="clock"):
        Window(0, 100, 99)


@st.composite
def lives(draw: st.DrawFn) -> list[Entry]:
    """One machine that works, breaks down, is blocked and rests, in any order; some of it is still going on."""
    log: list[Entry] = []
    minute = 0.0
    for number in range(draw(st.integers(0, 8))):
        key, length = f"piece {number}", draw(st.floats(0, 300))
        minute += draw(st.floats(0, 200))
        log.append(at(minute, Kind.STARTED, key, **KILN, setup=draw(st.floats(0, length)), planned=length))
        down = sorted(draw(st.lists(st.floats(minute, minute + length), min_size=2, max_size=2)))
        log += [machine(down[0], MachineKind.DOWN), machine(down[1], MachineKind.UP)]
        minute += length
        log.append(at(minute, Kind.FINISHED, key, **KILN))
        if draw(st.booleans()):
            log.append(machine(minute, MachineKind.BLOCKED, key))
            minute += draw(st.floats(0, 50))
            log.append(machine(minute, MachineKind.UNBLOCKED, key))
    return log[: draw(st.integers(0, len(log)))]


@given(lives(), st.floats(0, 2000), st.floats(0, 2000), st.floats(0, 500))
def test_the_time_elements_add_up_to_calendar_time(
    log: list[Entry], since: float, length: float, closed: float
) -> None:
    elements = kiln(log, Window(since, since + length, length + closed))

    assert elements.calendar == pytest.approx(length + closed, abs=1e-6)
    assert min(elements.down, elements.production, elements.setup, elements.blocked, elements.closed) >= 0
    # Idle is what is left: time counted twice would make it negative.
    assert elements.idle >= -1e-6


@given(lives(), st.floats(0, 2000), st.floats(0, 2000))
def test_two_windows_side_by_side_are_one(log: list[Entry], middle: float, length: float) -> None:
    one, other = kiln(log, Window(0, middle, middle)), kiln(log, Window(middle, middle + length, length))
    whole = kiln(log, Window(0, middle + length, middle + length))

    for name in ("down", "production", "setup", "blocked", "idle"):
        assert getattr(one + other, name) == pytest.approx(getattr(whole, name), abs=1e-6)


def test_control_repairs_left_out_would_be_counted_as_work() -> None:
    log = [*fired(0, 100), machine(10, MachineKind.DOWN), machine(60, MachineKind.UP)]

    assert kiln(log).production == 50
    assert kiln(log[:2]).production == 100


# --- Ratios -----------------------------------------------------------------------------------------


def day() -> PlantKpis:
    """One cup is sent back once, another one is not; the day has 960 open minutes."""
    log = [
        at(0, Kind.RELEASED), at(0, Kind.QUEUED, **KILN), *fired(0, 240, planned=200, setup=40),
        at(240, Kind.STARTED, **LOOK, planned=10), at(250, Kind.FINISHED, **LOOK), at(250, Kind.FAILED, **LOOK),
        at(250, Kind.QUEUED, **KILN), *fired(250, 450, planned=200),
        at(450, Kind.STARTED, **LOOK, planned=10), at(460, Kind.FINISHED, **LOOK), at(460, Kind.PASSED, **LOOK),
        at(460, Kind.COMPLETED),
        at(400, Kind.RELEASED, "mug"), at(400, Kind.QUEUED, "mug", **KILN), *fired(450, 850, "mug", planned=400),
        at(850, Kind.STARTED, "mug", **LOOK, planned=10), at(860, Kind.FINISHED, "mug", **LOOK),
        at(860, Kind.PASSED, "mug", **LOOK), at(860, Kind.COMPLETED, "mug"),
    ]  # fmt: skip
    return kpis(log, machines={"kiln": 1, "bench": 2}, window=DAY, due={"cup": 400, "mug": 860, "vase": 900})


def test_ratios_are_those_of_a_hand_calculation() -> None:
    found = day().stations["kiln"]

    assert found.elements == Elements(closed=480, setup=40, production=800, idle=120)
    assert found.availability == 800 / 960
    assert found.effectiveness == 800 / 800
    assert found.quality_ratio == 2 / 3
    assert found.oee == pytest.approx(800 / 960 * 2 / 3)
    assert found.nee == pytest.approx(840 / 960 * 2 / 3)
    assert found.setup_ratio == 40 / 840
    assert found.first_pass_yield is None


def test_a_station_that_inspects_has_a_first_pass_yield() -> None:
    found = day().stations["bench"]

    assert (found.inspected, found.passed, found.first_pass_yield) == (2, 1, 0.5)
    assert found.elements == Elements(closed=960, production=30, idle=1890)


def test_a_plant_says_what_became_of_its_pieces() -> None:
    found = day()

    assert (found.completed, found.first_pass_yield, found.on_time_ratio) == (2, 0.5, 0.5)
    assert found.throughput == pytest.approx(2 / 16)
    assert found.mean_lead_minutes == (460 + 460) / 2


def test_a_plant_that_did_nothing_has_no_ratios() -> None:
    found = kpis([], machines={"kiln": 1}, window=DAY)

    assert found.on_time_ratio is found.first_pass_yield is found.mean_lead_minutes is None
    kiln_kpis = found.stations["kiln"]
    assert (kiln_kpis.availability, kiln_kpis.effectiveness, kiln_kpis.oee, kiln_kpis.nee) == (0, None, None, None)


def test_a_scrapped_piece_is_the_fault_of_where_it_begins_again() -> None:
    log = [*fired(0, 10), at(20, Kind.SCRAPPED, **LOOK), at(20, Kind.QUEUED, **KILN)]

    assert kpis(log, machines={"kiln": 1}, window=DAY).stations["kiln"].quality_ratio == 0
