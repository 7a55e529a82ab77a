"""SIJEOM's strap, closed in a loop: two pieces, lining, stitches, buckle, keepers. Millimetres in the watch's axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from numpy.typing import NDArray

from photography.meshes import MAIN_UV, Face, Points, arc, grid_faces, join, rounded_rectangle, tube
from photography.products.sijeom_case import Mesh, finished, polished_uv
from photography.products.sijeom_frame import strap_loop

Values = NDArray[np.float64]
LINING = 0.5
BUCKLE_AT = 62.0
"""Length of the piece at 12 o'clock."""
TAIL = 31.0
TEXTURE_MM = 20.0
LUG_WIDTH, BUCKLE_WIDTH = 19.7, 16.0
SEAM = 1.75


@dataclass(frozen=True)
class Piece:
    """One piece of the strap; `along` runs from its lugs to its end, `across` from −1 to 1, `height` from the wrist."""

    from_noon: bool
    length: float
    lift: Callable[[Values], Values]
    pointed: bool = False

    def place(self, along: Values, across_mm: Values, height: Values) -> Points:
        """Points in the watch's axes."""
        along, across_mm, height = np.broadcast_arrays(along, across_mm, height)
        at = along if self.from_noon else strap_loop().length - along
        flat = strap_loop().place(at) + (height + self.lift(along))[..., None] * strap_loop().outward(at)
        return np.concatenate([across_mm[..., None], flat], -1)

    def half(self, along: Values) -> Values:
        """Half its width."""
        width = np.interp(along, (0, 8, BUCKLE_AT - 6, 200), (LUG_WIDTH, LUG_WIDTH, BUCKLE_WIDTH, BUCKLE_WIDTH)) / 2
        if not self.pointed:
            return np.asarray(width)
        tip = np.clip((along - self.length + 8.5) / 8.5, 0, 1)
        return np.asarray(width * np.maximum(1 - tip**2.3, 0) ** (1 / 2.3) + 0.02)

    def edge(self, along: Values) -> Values:
        """Thickness at its edges."""
        return np.interp(along, (0, 6, 30, 200), (3.0, 2.7, 2.1, 1.9))

    def padding(self, along: Values) -> Values:
        """How much thicker it is in the middle."""
        return np.interp(along, (0, 4, 34, 50, 200), (0.55, 0.9, 0.35, 0.06, 0.0))

    def surface(self, along: Values, across: Values) -> Values:
        """Height of its outer side."""
        dome = 1 - np.clip(np.abs(across) / 0.80, 0, 1) ** 2.6
        return self.edge(along) + self.padding(along) * dome


def _no_lift(along: Values) -> Values:
    return np.zeros_like(along)


def _over_buckle(along: Values) -> Values:
    """The long piece climbs over the end of the short one."""
    start = strap_loop().length - BUCKLE_AT - 8
    climb = np.clip((along - start) / 13, 0, 1)
    return np.asarray(2.55 * climb * climb * (3 - 2 * climb))


def pieces() -> tuple[Piece, Piece]:
    """The piece at 12 o'clock, which carries the buckle, and the long one at 6 o'clock."""
    rest = strap_loop().length - BUCKLE_AT
    return Piece(True, BUCKLE_AT, _no_lift), Piece(False, rest + TAIL, _over_buckle, pointed=True)


def build_strap(for_model: bool) -> dict[str, bpy.types.Object]:
    """Objects `strap`, `lining`, `stitch`, `keepers`, `buckle` and `holes`."""
    per_mm = 0.42 if for_model else 1.6
    bodies = [_body(piece, per_mm, 7 if for_model else 21) for piece in pieces()]
    linings = [_lining(piece, per_mm) for piece in pieces()]
    return {
        "strap": _leather("strap", bodies),
        "lining": _leather("lining", linings),
        "stitch": _plain("stitch", _stitches(for_model), 120),
        "keepers": _leather("keepers", [_keeper(at, 2 if for_model else 4) for at in (9.5, 23.0)]),
        "buckle": _plain("buckle", _buckle(for_model)),
        "holes": _plain("holes", _holes()),
    }


def _leather(name: str, parts: Sequence[tuple[Mesh, Points]]) -> bpy.types.Object:
    points, faces = join(mesh for mesh, _ in parts)
    return finished(name, points, faces, {MAIN_UV: np.concatenate([uv for _, uv in parts])}, 50)


def _plain(name: str, parts: Sequence[Mesh], sharp: float = 50) -> bpy.types.Object:
    points, faces = join(parts)
    return finished(name, points, faces, {MAIN_UV: polished_uv(points)}, sharp)


def _stations(piece: Piece, per_mm: float) -> tuple[Values, Values]:
    """Lengths of the sections, closer at both round ends, and the share of the thickness that each has."""
    round_end = 1.7 * (1 - np.cos(np.linspace(0, np.pi / 2, 7)))
    middle = np.linspace(1.7, piece.length - 1.2, int(piece.length * per_mm))[1:]
    tip = piece.length - 1.2 + 1.2 * np.sin(np.linspace(0, np.pi / 2, 7))[1:]
    along = np.r_[round_end, middle, tip]
    start = np.clip((1.7 - along) / 1.7, 0, 1)
    end = np.clip((along - piece.length + 0.7) / 0.7, 0, 1)
    return along, np.sqrt(np.maximum(1 - start**2, 0.0004)) * np.sqrt(np.maximum(1 - end**2.4, 0.0004))


def _body(piece: Piece, per_mm: float, columns: int) -> tuple[Mesh, Points]:
    along, share = _stations(piece, per_mm)
    x, height = _section(piece, along[:, None], columns)
    middle = (LINING + piece.edge(along)[:, None]) / 2
    height = middle + (height - middle) * share[:, None]
    points = piece.place(along[:, None], x, height).reshape(-1, 3)
    steps = np.hypot(np.diff(x, axis=1, prepend=x[:, :1]), np.diff(height, axis=1, prepend=height[:, :1]))
    # The second piece is cut from another place of the hide.
    down = along[:, None] + (0.0 if piece.from_noon else 7.3)
    uv = np.stack([np.cumsum(steps, 1), np.broadcast_to(down, x.shape)], -1).reshape(-1, 2) / TEXTURE_MM
    return (points, _closed(*x.shape)), uv


def _section(piece: Piece, along: Values, columns: int) -> tuple[Values, Values]:
    """Sections through the leather: x and height, one row for each length."""
    half, edge = piece.half(along), piece.edge(along)
    # Painted edges with a round shoulder, and a flat side to the lining.
    shoulder = [(half * share, edge + drop) for share, drop in ((1.0, -0.55), (0.992, -0.27), (0.975, -0.10))]
    right = [(half - 0.12, 0 * edge + LINING - 0.1), (half, 0 * edge + LINING + 0.1), *shoulder]
    across = np.linspace(0.955, -0.955, columns)[None]
    left = [(-x, height) for x, height in reversed(right)]
    sections = [*right, (half * across, piece.surface(along, across)), *left]
    return np.concatenate([x for x, _ in sections], 1), np.concatenate([height for _, height in sections], 1)


def _closed(rows: int, columns: int) -> list[Face]:
    """Faces of a sleeve of sections with both its ends."""
    last = (rows - 1) * columns
    ends = [tuple(range(columns)), tuple(last + i for i in range(columns - 1, -1, -1))]
    return [*grid_faces(rows, columns, closed=True), *ends]


def _lining(piece: Piece, per_mm: float) -> tuple[Mesh, Points]:
    along = np.linspace(0.9, piece.length - 0.5, int(piece.length * per_mm))
    half = (piece.half(along) - 0.22)[:, None]
    x = half * np.array([[1, 1, 0.985, -0.985, -1, -1]])
    height = np.broadcast_to(np.array([[LINING + 0.02, 0.12, 0.0, 0.0, 0.12, LINING + 0.02]]), x.shape)
    points = piece.place(along[:, None], x, height).reshape(-1, 3)
    uv = np.stack([x, np.broadcast_to(along[:, None], x.shape)], -1).reshape(-1, 2) / TEXTURE_MM
    return (points, _closed(*x.shape)), uv


def _stitches(for_model: bool) -> list[Mesh]:
    made = []
    for piece in pieces():
        last = piece.length - (6.5 if piece.from_noon else 8.0)
        for start in np.arange(4.6, last, 3.1):
            made += [_stitch(piece, (start, start + 2.25), side, for_model) for side in (-1, 1)]
    for piece in pieces():  # one row across, below the lugs
        half = float(piece.half(np.array(4.2))) - SEAM
        made += [_row(piece, 3.9, x, for_model) for x in np.linspace(-half + 1.4, half - 1.4, 6)]
    return made


def _thread(path: Points, for_model: bool) -> Mesh:
    steps = len(path)
    radius = 0.24 * np.sqrt(np.maximum(1 - np.abs(np.linspace(-1, 1, steps)) ** 4, 0.03))
    return tube(path, radius, 4 if for_model else 8)


def _stitch(piece: Piece, span: tuple[float, float], side: int, for_model: bool) -> Mesh:
    along = np.linspace(*span, 3 if for_model else 8)
    half = piece.half(along)
    # Saddle stitches lie a little aslant.
    x = side * (half - SEAM) + np.linspace(-0.10, 0.10, len(along))
    return _thread(piece.place(along, x, _seam_height(piece, along, x / half)), for_model)


def _row(piece: Piece, at: float, centre: float, for_model: bool) -> Mesh:
    x = centre + np.linspace(-1.12, 1.12, 3 if for_model else 8)
    along = np.full_like(x, at)
    return _thread(piece.place(along, x, _seam_height(piece, along, x / piece.half(along))), for_model)


def _seam_height(piece: Piece, along: Values, across: Values) -> Values:
    """The thread lies on the leather and dives into its holes."""
    arch = 1 - np.linspace(-1, 1, len(along)) ** 4
    return piece.surface(along, across) + 0.16 * arch - 0.12


def _band(outline: Points, width: float, thickness: float, corner: int) -> tuple[Points, list[Face], Points]:
    """A closed band around an outline (across, height): across, height, along of its points; faces; UV in mm."""
    tangent = np.roll(outline, -1, 0) - np.roll(outline, 1, 0)
    out = np.stack([tangent[:, 1], -tangent[:, 0]], -1) / np.linalg.norm(tangent, axis=1, keepdims=True)
    section = rounded_rectangle(thickness, width, 0.35, corner)
    raised = section[None, :, :1] + thickness / 2
    flat = np.r_[outline, outline[:1]][:, None] + raised * np.r_[out, out[:1]][:, None]
    points = np.concatenate([flat, np.broadcast_to(section[:, 1:], (*flat.shape[:2], 1))], -1).reshape(-1, 3)
    around = np.r_[0, np.cumsum(np.linalg.norm(np.diff(np.r_[outline, outline[:1]], axis=0), axis=1))]
    uv = np.stack([np.repeat(around, len(section)), np.tile(section[:, 1] + section[:, 0], len(outline) + 1)], -1)
    return points, grid_faces(len(outline) + 1, len(section), closed=True), uv


def _keeper(behind: float, corner: int) -> tuple[Mesh, Points]:
    """A loop around both pieces, `behind` the buckle towards 12 o'clock."""
    short = pieces()[0]
    outline = rounded_rectangle(BUCKLE_WIDTH + 0.9, 4.9, 1.0, corner + 1) + np.array([0, 2.25])
    points, faces, uv = _band(outline, 4.4, 1.0, corner)
    return (short.place(BUCKLE_AT - behind + points[:, 2], points[:, 0], points[:, 1]), faces), uv / TEXTURE_MM


def _buckle(for_model: bool) -> list[Mesh]:
    """A frame that swings on the short piece's end, and its pin on the long piece."""
    short = pieces()[0]
    outline = rounded_rectangle(BUCKLE_WIDTH + 3.4, 9.6, 2.2, 4 if for_model else 9)
    x, along = outline.T
    # The front of the frame lies over the long piece, its axle under it.
    height = 1.5 + 2.35 * np.clip((along + 4.8) / 9.6, 0, 1) ** 0.8
    frame = np.stack([x, along + BUCKLE_AT + 0.4, height], -1)
    frame = np.r_[frame, frame[:2]]
    path = short.place(frame[:, 1], frame[:, 0], frame[:, 2])
    pin_along = np.linspace(-4.2, 5.6, 14)
    climb = np.sin(np.clip((pin_along + 4.2) / 5.6, 0, 1) * np.pi / 2)
    pin_height = 2.6 + 2.4 * climb + np.where(pin_along > 3, 0.15, 0)
    pin = short.place(BUCKLE_AT + pin_along, np.zeros(14), pin_height)
    sides = 8 if for_model else 16
    return [tube(path, 0.95, sides), tube(pin, np.linspace(0.75, 0.5, 14), sides)]


def _holes() -> list[Mesh]:
    """Holes of the long piece, dark discs a hair above the leather."""
    long = pieces()[1]
    ring = arc((0, 0), 0.72, 0, 337.5, 16)
    reach = strap_loop().length - BUCKLE_AT
    made: list[Mesh] = []
    for at in (reach - 15.5, reach - 9.0, reach + 17.0):
        along = at + ring[:, 1]
        height = long.surface(along, ring[:, 0] / 8) + 0.02
        made.append((long.place(along, ring[:, 0], height), [tuple(range(16))]))
    return made
