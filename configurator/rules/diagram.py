"""All valid designs of a rulebook, compiled into a multi-valued decision diagram.

A level is a group, an edge takes one of its options, a path from the root to the end is a valid design. Once it is
built, counts and cheapest designs are one sweep over its edges. Groups that no clause connects follow each other
through a single node. A rulebook whose diagram would exceed a cap of nodes has none.

Built by states of pending clauses and reduced from the end, as in Hadzic, Hansen and O'Sullivan, "On Automata, MDDs
and BDDs in Constraint Satisfaction" (2008).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from configurator.rules.ordering import components
from configurator.rules.rulebook import Bound, Rulebook, numbers_in

Ints = NDArray[np.int32]
Costs = NDArray[np.int64]
Edges = list[tuple[int, int]]

NODE_CAP = 200_000
# Two of them can still be added.
ENDLESS = 2**61


class TooLarge(Exception):
    """The diagram would have more nodes than the cap."""


@dataclass(frozen=True)
class Level:
    """The edges of one group, ordered by the node that they leave; `first` has each node's first edge.

    `by_end` is the order of the edges by the node that they lead to, `end_first` each such node's first in it.
    """

    options: Ints
    starts: Ints
    ends: Ints
    first: Ints
    by_end: Ints
    end_first: Ints

    def edges(self, node: int) -> slice:
        """The edges that leave a node."""
        last = self.first[node + 1] if node + 1 < len(self.first) else len(self.options)
        return slice(int(self.first[node]), int(last))

    @classmethod
    def of(cls, options: Ints, starts: Ints, ends: Ints) -> Level:
        by_end = np.argsort(ends, kind="stable").astype(np.int32)
        return cls(options, starts, ends, _firsts(starts), by_end, _firsts(ends[by_end]))

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[tuple[int, int]]]) -> Level:
        """From each node's edges, as (option, node of the next level)."""
        edges = [(option, start, end) for start, row in enumerate(rows) for option, end in row]
        options, starts, ends = (np.array(column, np.int32) for column in zip(*edges, strict=True))
        return cls.of(options, starts, ends)


@dataclass(frozen=True)
class Diagram:
    """The valid designs of a rulebook; at least one. `size` is one more than the highest option number."""

    levels: tuple[Level, ...]
    size: int

    @property
    def nodes(self) -> int:
        return sum(len(level.first) for level in self.levels)

    def count(self, allowed: int) -> int:
        """How many designs lie within a mask of options; exact."""
        flags = self._flags(allowed)
        below = [1]
        for level in reversed(self.levels):
            sums = [0] * len(level.first)
            kept = np.flatnonzero(flags[level.options])
            for start, end in zip(level.starts[kept].tolist(), level.ends[kept].tolist(), strict=True):
                sums[start] += below[end]
            below = sums
        return below[0]

    def weights(self, allowed: int, costs: Mapping[int, int]) -> Costs:
        """Costs (not below 0) by option as an array, ENDLESS for options outside the mask."""
        weights = np.zeros(self.size, np.int64)
        weights[list(costs)] = list(costs.values())
        weights[~self._flags(allowed)] = ENDLESS
        return weights

    def costs_to_end(self, weights: Costs) -> list[Costs]:
        """By level, what the cheapest way from each node to the end costs; ENDLESS or more where there is none."""
        below = np.zeros(1, np.int64)
        found = [below]
        for level in reversed(self.levels):
            below = np.minimum.reduceat(weights[level.options] + below[level.ends], level.first)
            below = np.minimum(below, ENDLESS)
            found.append(below)
        return found[::-1]

    def cheapest_with_each(self, weights: Costs) -> dict[int, int]:
        """For every option that a design has, the cost of the cheapest such design."""
        below = self.costs_to_end(weights)
        above = np.zeros(1, np.int64)
        best = np.full(self.size, ENDLESS)
        for level, rest in zip(self.levels, below[1:], strict=True):
            taken = np.minimum(above[level.starts] + weights[level.options], ENDLESS)
            np.minimum.at(best, level.options, taken + rest[level.ends])
            above = np.minimum.reduceat(taken[level.by_end], level.end_first)
        return {option: int(best[option]) for option in np.flatnonzero(best < ENDLESS).tolist()}

    def as_bytes(self) -> bytes:
        """The diagram as a NumPy archive, to be read by `from_bytes`."""
        lengths = np.array([len(level.options) for level in self.levels], np.int32)
        options, starts, ends = (
            np.concatenate(columns)
            for columns in zip(*((level.options, level.starts, level.ends) for level in self.levels), strict=True)
        )
        file = io.BytesIO()
        size = np.array(self.size)
        np.savez_compressed(file, lengths=lengths, size=size, options=options, starts=starts, ends=ends)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Diagram:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            cuts = np.cumsum(file["lengths"])[:-1]
            columns = (np.split(file[name], cuts) for name in ("options", "starts", "ends"))
            return cls(tuple(Level.of(*edges) for edges in zip(*columns, strict=True)), int(file["size"]))

    def _flags(self, mask: int) -> NDArray[np.bool_]:
        flags = np.zeros(self.size, bool)
        flags[list(numbers_in(mask))] = True
        return flags


def compile_diagram(book: Rulebook, cap: int = NODE_CAP) -> Diagram:
    """Every valid design of a rulebook that has one; raises TooLarge beyond `cap` nodes before reduction."""
    levels: list[Level] = []
    left = cap
    for groups, bounds in components(book):
        unfolded, used = _unfolded(book, groups, bounds, left)
        left -= used
        levels += (Level.from_rows(rows) for rows in _reduced(unfolded))
    return Diagram(tuple(levels), book.size + 1)


def _unfolded(
    book: Rulebook, groups: Sequence[str], bounds: Sequence[Bound], cap: int
) -> tuple[list[list[Edges]], int]:
    """Level by level and node by node the edges, dead ends among them; and the number of nodes."""
    nodes: dict[State, int] = {(): 0}
    levels, used = [], 1
    for number in range(len(groups)):
        step = _Step(book, groups, number, bounds)
        following: dict[State, int] = {}
        rows: list[Edges] = []
        for state in nodes:
            rows.append([(option, following.setdefault(after, len(following))) for option, after in step.after(state)])
            if used + len(following) > cap:
                raise TooLarge(f"more than {cap} nodes")
        levels.append(rows)
        used += len(following)
        nodes = following
    return levels, used


State = tuple[tuple[int, int], ...]
"""Clauses that have begun and are undecided, each with how many of its options were chosen so far."""


@dataclass(frozen=True)
class _Move:
    """What taking an option does to a clause; `last`: after this group nothing of the clause is to come."""

    idle: bool
    counted: int
    waits: bool
    last: bool


class _Step:
    """From the states before a group to those after it."""

    def __init__(self, book: Rulebook, groups: Sequence[str], number: int, bounds: Sequence[Bound]) -> None:
        mask = book.masks[groups[number]]
        earlier = sum(book.masks[group] for group in groups[:number])
        later = sum(book.masks[group] for group in groups[number + 1 :])
        touched = [clause for clause, bound in enumerate(bounds) if bound.groups & mask]
        self._bounds = bounds
        self._begins = [clause for clause in touched if not bounds[clause].groups & earlier]
        self._moves = {
            option: {clause: _move(bounds[clause], option, mask, later) for clause in touched}
            for option in book.variables[groups[number]]
        }

    def after(self, state: State) -> Iterator[tuple[int, State]]:
        """Each option that breaks no clause for certain, and the state after it."""
        pending = dict(state) | dict.fromkeys(self._begins, 0)
        for option, moves in self._moves.items():
            after = self._taken(pending, moves)
            if after is not None:
                yield option, after

    def _taken(self, pending: Mapping[int, int], moves: Mapping[int, _Move]) -> State | None:
        kept = []
        for clause, count in pending.items():
            move = moves.get(clause)
            if move is None:
                kept.append((clause, count))
            elif not move.idle:
                bound, now = self._bounds[clause], count + move.counted
                if (now > bound.at_most and not move.waits) or (move.last and now < bound.at_least):
                    return None
                if not move.last and (bound.limits or now < bound.at_least):
                    kept.append((clause, min(now, bound.at_most + 1)))
        return tuple(sorted(kept))


def _move(bound: Bound, option: int, mask: int, later: int) -> _Move:
    return _Move(
        idle=bool(bound.without & mask) and not bound.without >> option & 1,
        counted=bound.options >> option & 1,
        waits=bool(bound.without & later),
        last=not bound.groups & later,
    )


def _reduced(levels: Sequence[Sequence[Edges]]) -> list[list[tuple[tuple[int, int], ...]]]:
    """From the last level up: nodes with the same edges become one, nodes without any vanish."""
    known = {end: 0 for row in levels[-1] for _, end in row}
    reduced = []
    for rows in reversed(levels):
        unique: dict[tuple[tuple[int, int], ...], int] = {}
        names: dict[int, int] = {}
        for node, row in enumerate(rows):
            edges = tuple((option, known[end]) for option, end in row if end in known)
            if edges:
                names[node] = unique.setdefault(edges, len(unique))
        reduced.append(list(unique))
        known = names
    return reduced[::-1]


def _firsts(values: Ints) -> Ints:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.r_[True, values[1:] != values[:-1]]).astype(np.int32)
