"""A queue's tail as bytes."""

import numpy as np
import pytest

from factory_sim.promise import Arrival, behind, finishing_minutes, quantiles
from factory_sim.tail import from_bytes, tail_of, to_bytes
from tests.unit.factory_sim.plants import spec_of, step

NOW = 850_000.25
"""Working minutes after three years."""
MACHINES = {"clay": 2, "kiln": 1}
CUP = spec_of(step("throw", "clay", 20, variation=0.3), step("fire", "kiln", 60, variation=0.2))
SECOND = 1 / 60


def test_it_comes_back_as_it_was() -> None:
    queue = behind(MACHINES, [], [Arrival(CUP, NOW, f"order {number}") for number in range(100)], NOW)

    tail = from_bytes(to_bytes(tail_of(queue)))

    assert tail.queue.now == NOW
    assert {station: times.shape for station, times in tail.queue.free.items()} == {"clay": (256, 2), "kiln": (256, 1)}
    for station, times in queue.free.items():
        assert np.abs(tail.queue.free[station] - times).max() < SECOND
    assert list(tail.ready) == [f"order {number}" for number in range(100)]
    for key, minutes in queue.ready.items():
        assert tail.ready[key] == pytest.approx(quantiles(minutes), abs=SECOND)


def test_one_more_piece_behind_it_is_promised_the_same() -> None:
    queue = behind(MACHINES, [], [Arrival(CUP, NOW)] * 20, NOW)

    behind_it = finishing_minutes(from_bytes(to_bytes(tail_of(queue))).queue, CUP, released_at=NOW)

    assert np.abs(behind_it - finishing_minutes(queue, CUP, released_at=NOW)).max() < SECOND


def test_an_empty_plant() -> None:
    tail = from_bytes(to_bytes(tail_of(behind(MACHINES, [], [], NOW))))

    assert tail.ready == {}
    assert (tail.queue.free["clay"] == NOW).all()


def test_cut_off_bytes_are_refused() -> None:
    content = to_bytes(tail_of(behind(MACHINES, [], [], NOW)))

    with pytest.raises(ValueError, match="reshape"):
        from_bytes(content[:-100])
