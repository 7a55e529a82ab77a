"""A queue's tail as bytes."""

from dataclasses import replace

import numpy as np
import pytest

from factory_sim.contracts import WorkSpec
from factory_sim.passage import Layout, State, Station
from factory_sim.promise import Arrival, Gap, Queue, behind, finishing_minutes, quantiles
from factory_sim.promise_draws import REPLICATIONS
from factory_sim.steps import code
from factory_sim.tail import Tail, from_bytes, tail_of, to_bytes
from tests.unit.factory_sim.plants import spec_of, step

NOW = 850_000.25
"""Working minutes after three years."""
LAYOUT = Layout(
    {
        "clay": Station(2, setups=((code("dark"), code("pale"), 6.0), (code("pale"), code("dark"), 2.0))),
        "kiln": Station(1, batch=3, patience=30.0),
    },
    {("clay", "kiln"): 2.0},
)
DARK = replace(step("throw", "clay", 20, variation=0.3), family="dark")
CUP = spec_of(DARK, step("fire", "kiln", 60, variation=0.2))
PALE_CUP = spec_of(replace(DARK, family="pale"), CUP.operations[1])
SECOND = 1 / 60


def queue_behind(number: int) -> Queue:
    return behind(LAYOUT, [], [Arrival(CUP, NOW, f"order {each}") for each in range(number)], NOW)


def travelled(queue: Queue) -> Tail:
    return from_bytes(to_bytes(tail_of(queue)), LAYOUT)


def test_it_comes_back_as_it_was() -> None:
    queue = replace(queue_behind(100), gaps=(Gap(frozenset({("throw", "clay")}), np.arange(REPLICATIONS) / 4),))

    tail = travelled(queue)

    assert tail.queue.now == NOW
    assert _shapes(tail.queue.state) == _shapes(queue.state)
    for station, times in queue.state.free.items():
        assert np.abs(tail.queue.state.free[station] - times).max() < SECOND
    assert (tail.queue.state.family["clay"] == queue.state.family["clay"]).all()
    assert set(queue.state.family["clay"].ravel().tolist()) == {code("dark")}, "control: they are set up"
    sent, back = queue.state.batch["kiln"], tail.queue.state.batch["kiln"]
    assert np.abs(back.start - sent.start).max() < SECOND
    assert (back.left == sent.left).all()
    assert (back.family == sent.family).all()
    assert [gap.operations for gap in tail.queue.gaps] == [frozenset({("throw", "clay")})]
    assert (tail.queue.gaps[0].minutes == np.arange(REPLICATIONS) / 4).all()
    assert list(tail.ready) == [f"order {number}" for number in range(100)]
    for key, minutes in queue.ready.items():
        assert tail.ready[key] == pytest.approx(quantiles(minutes), abs=SECOND)


def _shapes(state: State) -> dict[str, tuple[int, ...]]:
    return {station: times.shape for station, times in state.free.items()}


@pytest.mark.parametrize("spec", [CUP, PALE_CUP])
def test_one_more_piece_behind_it_is_promised_the_same(spec: WorkSpec) -> None:
    queue = queue_behind(20)

    behind_it = finishing_minutes(travelled(queue).queue, spec, released_at=NOW)

    assert np.abs(behind_it - finishing_minutes(queue, spec, released_at=NOW)).max() < SECOND


def test_what_is_kept_of_a_tail_can_be_carried_on() -> None:
    queue = travelled(queue_behind(2)).queue
    first = finishing_minutes(queue, CUP, released_at=NOW)

    assert (finishing_minutes(queue, CUP, released_at=NOW) == first).all()


def test_a_piece_that_is_held_has_no_end() -> None:
    queue = replace(queue_behind(1), ready={"held": np.full(REPLICATIONS, np.inf)})

    assert travelled(queue).ready == {"held": (np.inf, np.inf)}


def test_an_empty_plant() -> None:
    tail = travelled(queue_behind(0))

    assert tail.ready == {}
    assert (tail.queue.state.free["clay"] == NOW).all()


def test_cut_off_bytes_are_refused() -> None:
    content = to_bytes(tail_of(queue_behind(3)))

    with pytest.raises(ValueError, match="buffer"):
        from_bytes(content[:-100], LAYOUT)
