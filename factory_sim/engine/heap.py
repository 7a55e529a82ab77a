"""A binary heap of (minute, number) in an array of records, compiled. The smallest stands at 0."""

from __future__ import annotations

import numpy as np

from factory_sim.engine.compiled import inlined
from factory_sim.engine.model import Record, Records

DUE = np.dtype([("minute", np.float64), ("number", np.int64)])


@inlined
def push(heap: Records, size: int, minute: float, number: int) -> None:
    """Add an entry to a heap of `size` entries."""
    place = size
    while place > 0:
        parent = heap[(place - 1) >> 1]
        if parent.minute < minute or (parent.minute == minute and parent.number <= number):
            break
        heap[place] = parent
        place = (place - 1) >> 1
    heap[place].minute, heap[place].number = minute, number


@inlined
def drop_first(heap: Records, size: int) -> None:
    """Take the smallest entry out of a heap of `size` entries."""
    last = heap[size - 1]
    place = 0
    while 2 * place + 1 < size - 1:
        child = 2 * place + 1
        if child + 1 < size - 1 and _is_before(heap[child + 1], heap[child]):
            child += 1
        if not _is_before(heap[child], last):
            break
        heap[place] = heap[child]
        place = child
    heap[place] = last


@inlined
def _is_before(one: Record, other: Record) -> bool:
    return one.minute < other.minute or (one.minute == other.minute and one.number < other.number)
