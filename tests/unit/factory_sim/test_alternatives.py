"""Many pieces at once: each as if it were alone, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory_sim import alternatives
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.contracts import OperationSpec, WorkSpec
from factory_sim.promise import Arrival, behind, finishing_minutes
from factory_sim.steps import Step, Work, steps_of
from tests.unit.factory_sim.plants import STATIONS, World, found, layout, routes, spec_of, step, worlds

MACHINES = {"clay": 2, "kiln": 3, "bench": 1}
CUP = (
    step("throw", "clay", 20, variation=0.3),
    step("fire", "kiln", 60, variation=0.2),
    step("carve", "bench", 15, variation=0.2),
    step("look", "bench", 10, variation=0.5, faults=[found("crack", 0.25, "fire"), found("speck", 0.1, "look")]),
    step("pack", "bench", 5),
)


@st.composite
def variants(draw: st.DrawFn) -> list[WorkSpec]:
    """What options do to a route: operations come and go, take longer, find other faults. Or unlike routes."""
    if draw(st.booleans()):
        return [spec_of(*route) for route in draw(st.lists(routes(), min_size=1, max_size=4))]
    return [spec_of(*_variant(draw)) for _ in range(draw(st.integers(1, 6)))]


def _variant(draw: st.DrawFn) -> tuple[OperationSpec, ...]:
    look = CUP[3]
    kept = [each for each in (*CUP[:3], CUP[4]) if draw(st.booleans())]
    faults = [fault for fault in look.faults if fault.rework_from in {"look", *(each.id for each in kept)}]
    look = replace(
        look, faults=tuple(draw(st.sampled_from([faults, faults[:1], []]))), most_reworks=draw(st.integers(0, 2))
    )
    slower = [replace(each, minutes=draw(st.sampled_from([each.minutes, each.minutes + 10]))) for each in kept]
    return (*slower[:-1], look, *slower[-1:])


@settings(max_examples=150, deadline=None)
@given(worlds(), variants(), st.sampled_from([0.0, 30.0]))
def test_each_is_as_it_would_be_alone(world: World, specs: list[WorkSpec], released_at: float) -> None:
    queue = behind(layout(world.machines), world.jobs, [Arrival(spec_of(*CUP), 5.0)], 0.0)

    together = finishing_minutes_of_each(queue, specs, released_at=released_at)

    for minutes, spec in zip(together, specs, strict=True):
        assert (minutes == finishing_minutes(queue, spec, released_at=released_at)).all()


def test_routes_in_another_order_are_walked_apart() -> None:
    queue = behind(layout(MACHINES), [], [], 0.0)
    there, back = spec_of(*CUP[:3]), spec_of(*reversed(CUP[:3]))

    together = finishing_minutes_of_each(queue, [there, back, there], released_at=0)

    for minutes, spec in zip(together, (there, back, there), strict=True):
        assert (minutes == finishing_minutes(queue, spec, released_at=0)).all()


def test_equal_work_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    widths = []
    real = steps_of

    def counted(routes: tuple[Work, ...]) -> tuple[Step, ...]:
        widths.append(len(routes))
        return real(routes)

    monkeypatch.setattr(alternatives, "steps_of", counted)
    slower = (replace(CUP[0], minutes=30), *CUP[1:])
    renamed = WorkSpec(title={"en": "another title"}, operations=CUP)

    minutes = finishing_minutes_of_each(
        behind(layout(MACHINES), [], [], 0.0), [spec_of(*CUP), spec_of(*slower), renamed], released_at=0
    )

    assert widths == [2]
    assert (minutes[0] == minutes[2]).all()
    assert (minutes[1] > minutes[0]).all(), "with the same luck, more work is later in every replication"


def test_a_promise_of_many_does_not_use_up_the_queue() -> None:
    queue = behind(layout(MACHINES), [], [Arrival(spec_of(*CUP), 0.0)], 0.0)
    free = {station: minutes.copy() for station, minutes in queue.state.free.items()}

    finishing_minutes_of_each(queue, [spec_of(*CUP)] * 2, released_at=0)

    assert all((queue.state.free[station] == free[station]).all() for station in STATIONS)
    assert np.isfinite(free["bench"]).all()
