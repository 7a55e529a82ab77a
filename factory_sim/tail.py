"""What of a queue the next piece needs: when each machine becomes free, and the dates of all who wait. Pure.

It travels as bytes: minutes from `now` on, in single precision, which for a month of work is a tenth of a second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from factory_sim.promise import REPLICATIONS, Queue, quantiles

SINGLE = np.dtype("<f4")
LENGTH_BYTES = 4


@dataclass(frozen=True)
class Tail:
    """A queue behind which only more can come. `ready` holds P50 and P90 of every piece in it, in working minutes."""

    queue: Queue
    ready: Mapping[str, tuple[float, float]]


def tail_of(queue: Queue) -> Tail:
    ready = {key: quantiles(minutes) for key, minutes in queue.ready.items()}
    return Tail(Queue(now=queue.now, free=queue.free, ready={}), ready)


def to_bytes(tail: Tail) -> bytes:
    """A header in JSON with its length before it, then the machines' minutes and the dates."""
    now, free = tail.queue.now, tail.queue.free
    machines = {station: times.shape[1] for station, times in free.items()}
    header = json.dumps({"now": now, "machines": machines, "keys": list(tail.ready)}).encode()
    dates = np.array(list(tail.ready.values()), dtype=float).reshape(-1, 2)
    arrays = (np.asarray(each - now, SINGLE).tobytes() for each in (*free.values(), dates))
    return b"".join([len(header).to_bytes(LENGTH_BYTES, "big"), header, *arrays])


def from_bytes(content: bytes) -> Tail:
    """The tail that was written; raises ValueError for anything else."""
    start = LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "big")
    header = json.loads(content[LENGTH_BYTES:start])
    now: float = header["now"]
    minutes = np.frombuffer(content, SINGLE, offset=start).astype(float) + now
    free = {}
    for station, machines in header["machines"].items():
        size = REPLICATIONS * machines
        free[station], minutes = minutes[:size].reshape(REPLICATIONS, machines), minutes[size:]
    dates = minutes.reshape(-1, 2)
    pairs = zip(header["keys"], dates.tolist(), strict=True)
    return Tail(Queue(now=now, free=free, ready={}), {key: (likely, safe) for key, (likely, safe) in pairs})
