"""The way of a piece as a drawing in 400 units of width, and where its marks stand after what has happened. Pure.

A mark stands at the door of an operation for which it is queued, inside while it is at work, and behind one that is
done while what comes next waits for something else. A piece in branches has a mark for each part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from factory_sim.contracts import OperationSpec
from factory_sim.way import Stop, Way, way_of

WIDTH, MARGIN, TOP, GAP = 400.0, 6.0, 18.0, 16.0
HEIGHT, PITCH = 40.0, 58.0
RAIL = 22.0
"""How far inside a tile its mark stands."""
DOOR = 9.0
"""How far outside of a tile its mark stands in the queue, and behind it."""
ROUND = 12.0
TEXT = 42.0
"""Where a tile's text begins."""
STATION_LETTER, NAME_LETTER = 7.3, 6.0
"""Mean widths of the bold and the small letters, where they are not as wide as Hangul."""
WIDE = 1.8
"""How much wider than those Hangul is."""


@dataclass(frozen=True)
class Tile:
    """An operation's place, with its upper left corner."""

    operation: OperationSpec
    x: float
    y: float
    width: float
    is_branch: bool

    @property
    def inside(self) -> tuple[float, float]:
        return self.x + RAIL, self.y + HEIGHT / 2

    @property
    def door(self) -> tuple[float, float]:
        return self.x + RAIL, self.y - DOOR

    @property
    def behind(self) -> tuple[float, float]:
        return self.x + RAIL, self.y + HEIGHT + DOOR

    def fitted(self, text: str, letter: float) -> str:
        """The text in letters of a mean width, or as much of it as has room."""
        room, used = self.width - TEXT - MARGIN, 0.0
        for number, each in enumerate(text):
            used += letter * (WIDE if unicodedata.east_asian_width(each) in "WF" else 1.0)
            if used > room:
                return f"{text[: number - 1].rstrip()}…"
        return text


@dataclass(frozen=True)
class Line:
    """A link from tile to tile as an SVG path."""

    origin: str
    target: str
    path: str


@dataclass(frozen=True)
class Mark:
    """A part of the piece: at which operation, and where; `is_branch` beside the main line."""

    operation: str
    x: float
    y: float
    is_branch: bool


@dataclass(frozen=True)
class Drawing:
    """A route in tiles, in its order, and lines."""

    way: Way
    tiles: tuple[Tile, ...]

    @property
    def height(self) -> float:
        return TOP + PITCH * (self.way.rows - 1) + HEIGHT + TOP

    @property
    def lines(self) -> list[Line]:
        return [Line(*link, self._path(*link)) for link in self.way.links]

    @cached_property
    def by_id(self) -> dict[str, Tile]:
        return {tile.operation.id: tile for tile in self.tiles}

    def marks(self, states: Sequence[str]) -> list[Mark]:
        """Where the parts are when the operations, in their order, are in these states (see `stages.Stage`)."""
        by_id = dict(zip(self.by_id, states, strict=True))
        return [mark for tile in self.tiles for mark in self._marks_at(tile, by_id)]

    def _marks_at(self, tile: Tile, states: dict[str, str]) -> Iterable[Mark]:
        operation = tile.operation.id
        after = [states[each] for each in self.way.after(operation)]
        rests = states[operation] == "done" and all(each in ("coming", "again") for each in after)
        places = {"queued": tile.door, "working": tile.inside} | ({"done": tile.behind} if rests else {})
        if states[operation] in places:
            yield Mark(operation, *places[states[operation]], tile.is_branch)

    def _path(self, origin: str, target: str) -> str:
        """Straight down in one lane; out at the side and down into a branch; down and in at the side out of one."""
        one, other = self.by_id[origin], self.by_id[target]
        start, end = one.x + RAIL, other.x + RAIL
        leaves, comes = one.y + HEIGHT / 2, other.y + HEIGHT / 2
        if start == end:
            return f"M{start:g} {one.y + HEIGHT:g}V{other.y:g}"
        if start < end:
            corner = f"H{end - ROUND:g}q{ROUND:g} 0 {ROUND:g} {ROUND:g}"
            return f"M{one.x + one.width:g} {leaves:g}{corner}V{other.y:g}"
        corner = f"V{comes - ROUND:g}q0 {ROUND:g} {-ROUND:g} {ROUND:g}"
        return f"M{start:g} {one.y + HEIGHT:g}{corner}H{other.x + other.width:g}"


def drawing_of(operations: Sequence[OperationSpec]) -> Drawing:
    """The drawing of a route."""
    way = way_of(operations)
    width = (WIDTH - 2 * MARGIN - GAP * (way.lanes - 1)) / way.lanes
    pairs = zip(operations, way.stops, strict=True)
    return Drawing(way, tuple(_tile(operation, stop, width) for operation, stop in pairs))


def _tile(operation: OperationSpec, stop: Stop, width: float) -> Tile:
    return Tile(operation, MARGIN + stop.lane * (width + GAP), TOP + PITCH * stop.row, width, stop.lane > 0)
