"""What of a queue the next piece needs: how it finds the stations, and the dates of all who wait. Pure.

It travels as bytes: minutes from `now` on, in single precision, which for a month of work is a tenth of a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_sim.passage import Batch, Layout, State
from factory_sim.promise import Gap, Queue, quantiles
from factory_sim.promise_draws import Minutes

SINGLE, WHOLE = np.dtype("<f4"), np.dtype("<i8")
LENGTH_BYTES = 4


@dataclass(frozen=True)
class Tail:
    """A queue behind which only more can come. `ready` holds P50 and P90 of every piece in it, in working minutes.

    They are infinite for a piece that is held.
    """

    queue: Queue
    ready: Mapping[str, tuple[float, float]]


def tail_of(queue: Queue) -> Tail:
    ready = {key: quantiles(minutes) for key, minutes in queue.ready.items()}
    return Tail(Queue(queue.now, queue.layout, queue.state, {}, queue.gaps), ready)


def to_bytes(tail: Tail) -> bytes:
    """A header in JSON with its length before it, then arrays whose shapes it names."""
    queue = tail.queue
    arrays = list(_arrays(queue.state, queue.now, np.array(list(tail.ready.values()), dtype=float).reshape(-1, 2)))
    arrays += [np.asarray(gap.minutes, SINGLE) for gap in queue.gaps]
    header = {
        "now": queue.now,
        "keys": list(tail.ready),
        "gaps": [sorted(gap.operations) for gap in queue.gaps],
        "arrays": [(each.dtype.str, each.shape) for each in arrays],
    }
    text = json.dumps(header).encode()
    return b"".join([len(text).to_bytes(LENGTH_BYTES, "big"), text, *(each.tobytes() for each in arrays)])


def from_bytes(content: bytes, layout: Layout) -> Tail:
    """The tail that was written for a plant; raises ValueError for anything else."""
    start = LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "big")
    header = json.loads(content[LENGTH_BYTES:start])
    now: float = header["now"]
    arrays = _read(content, start, header["arrays"])
    dates = next(arrays).astype(float) + now
    free = {name: next(arrays).astype(float) + now for name in layout.stations}
    family = {name: next(arrays).copy() for name, each in layout.stations.items() if each.setups}
    batch = {name: _batch(arrays, now) for name, each in layout.stations.items() if each.batch > 1}
    gaps = [Gap(frozenset(map(tuple, each)), next(arrays).astype(float)) for each in header["gaps"]]
    pairs = zip(header["keys"], dates.tolist(), strict=True)
    queue = Queue(now, layout, State(free, family, batch), {}, tuple(gaps))
    return Tail(queue, {key: (likely, safe) for key, (likely, safe) in pairs})


def _arrays(state: State, now: float, dates: Minutes) -> Iterator[NDArray[Any]]:
    yield np.asarray(dates - now, SINGLE)
    for free in state.free.values():
        yield np.asarray(free - now, SINGLE)
    for family in state.family.values():
        yield np.asarray(family, WHOLE)
    for batch in state.batch.values():
        yield np.asarray(batch.start - now, SINGLE)
        yield np.asarray(batch.left, WHOLE)
        yield np.asarray(batch.family, WHOLE)


def _read(content: bytes, start: int, shapes: list[tuple[str, list[int]]]) -> Iterator[NDArray[Any]]:
    for kind, shape in shapes:
        count = int(np.prod(shape))
        yield np.frombuffer(content, kind, count=count, offset=start).reshape(shape)
        start += count * np.dtype(kind).itemsize


def _batch(arrays: Iterator[NDArray[Any]], now: float) -> Batch:
    return Batch(next(arrays).astype(float) + now, next(arrays).copy(), next(arrays).copy())
