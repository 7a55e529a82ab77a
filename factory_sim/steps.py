"""Several routes side by side, step by step, so that they can be walked together. Pure; NumPy only."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import NamedTuple, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from factory_sim.contracts import FaultLoad, Load
from factory_sim.draws import log_normal_parameters

Name = TypeVar("Name", bound=Hashable)
Mask = NDArray[np.bool_]
Work = tuple[Load, ...]
Fault = tuple[str, str, bool]
"""A fault's id, the operation to which it leads back, and whether the piece is scrapped."""
After = list[tuple[int, Mask]]
"""The steps that something comes after, and for which alternatives."""
REMEMBERED_STEPS = 512
"""Screens whose options are the same work, of some kilobytes each."""


class Again(NamedTuple):
    """A step that is done again after an inspection, by the alternatives that `has` says."""

    step: int
    has: Mask
    after: After


class Step:
    """An operation as the alternatives have it: a column per alternative, and `has` says which ones do it."""

    def __init__(self, name: tuple[str, str], routes: Sequence[Work]) -> None:
        self.name, self.station = name
        found = [next((each for each in route if each[:2] == name), None) for route in routes]
        self.has = np.array([each is not None for each in found])
        self.minutes = np.array([each.minutes if each else 0.0 for each in found])
        logs = [log_normal_parameters(each.minutes, each.variation) if each else (0.0, 0.0) for each in found]
        self.mu, self.sigma = np.array(logs).T
        self.varies = np.array([each is not None and each.variation > 0 for each in found])
        self.family = np.array([code(each.family) if each else 0 for each in found])
        self.most_reworks = np.array([each.most_reworks if each and each.faults else 0 for each in found])
        faults = in_one_order([_fault(fault) for fault in each.faults] for each in found if each)
        self.rates = {fault: np.array([_rate(each, fault) if each else 0.0 for each in found]) for fault in faults}
        self.after: After = []
        self.loops: dict[Fault, list[Again]] = {}


@lru_cache(REMEMBERED_STEPS)
def steps_of(routes: tuple[Work, ...]) -> tuple[Step, ...]:
    """The steps of all routes in one order; raises CycleError where there is none."""
    order = in_one_order([load[:2] for load in route] for route in routes)
    steps = tuple(Step(name, routes) for name in order)
    needs = [_needs(route) for route in routes]
    every = [set(each) for each in needs]
    for number, step in enumerate(steps):
        step.after = _after(steps, number, needs, every)
        for fault in step.rates:
            undone = [_undone(each, step.name, fault) if step.name in each else set() for each in needs]
            loop = [Again(other, *_in(steps, other, needs, undone)) for other in range(number + 1)]
            step.loops[fault] = [each for each in loop if each.has.any()]
    return steps


def code(family: str) -> int:
    """A number for a family, the same in every process; 0 for none."""
    return crc32(family.encode())


def in_one_order(sequences: Iterable[Sequence[Name]]) -> list[Name]:
    """All names, so that each sequence is in this order; raises CycleError where there is none."""
    before: TopologicalSorter[Name] = TopologicalSorter()
    for sequence in sequences:
        for name in sequence:
            before.add(name)
        for first, second in pairwise(sequence):
            before.add(second, first)
    return list(before.static_order())


def _fault(fault: FaultLoad) -> Fault:
    return fault.id, fault.rework_from, fault.scrap


def _rate(load: Load, name: Fault) -> float:
    return next((fault.rate for fault in load.faults if _fault(fault) == name), 0.0)


def _needs(route: Work) -> dict[str, set[str]]:
    """What each operation comes after: what it names, or the one before it."""
    before = [set[str](), *({load.id} for load in route)]
    return {load.id: last if load.needs is None else set(load.needs) for load, last in zip(route, before, strict=False)}


def _in(
    steps: Sequence[Step], number: int, needs: Sequence[Mapping[str, set[str]]], among: Sequence[set[str]]
) -> tuple[Mask, After]:
    """Which alternatives have a step among some, and after which of them it comes."""
    has = np.array([steps[number].name in some for some in among])
    return has & steps[number].has, _after(steps, number, needs, among)


def _after(
    steps: Sequence[Step], number: int, needs: Sequence[Mapping[str, set[str]]], among: Sequence[set[str]]
) -> After:
    name = steps[number].name
    found = []
    for before in range(number):
        other = steps[before].name
        mask = np.array([other in some & each.get(name, set()) for each, some in zip(needs, among, strict=True)])
        if (mask & steps[before].has).any():
            found.append((before, mask & steps[before].has))
    return found


def _undone(needs: Mapping[str, set[str]], inspection: str, fault: Fault) -> set[str]:
    """All between the operation to which a fault leads back and the inspection, or all before it; itself too."""
    leading = {inspection}
    for name in reversed(list(needs)):
        if name in leading:
            leading |= needs[name]
    if fault[2]:
        return leading
    following = {fault[1]}
    for name, before in needs.items():
        if before & following:
            following.add(name)
    return leading & following
