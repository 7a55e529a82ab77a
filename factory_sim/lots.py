"""Lots of material: which one an operation takes from. Pure.

A material is taken from the lot that is open until that is used up; what is missing comes from the next one. Quantities
are in the material's unit, to six decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from factory_sim.contracts import MaterialSpec

DECIMALS = 6
# How many pieces a lot is enough for where the plant says nothing.
PIECES_PER_LOT = 20

Key = tuple[str, str]
"""A material's id and its unit: two products may count the same material differently."""


@dataclass
class Lot:
    """A delivery of one material, of which `used` has gone into pieces; a plant numbers a material's lots from 1."""

    material: str
    unit: str
    number: int
    size: float
    used: float = 0.0

    @property
    def key(self) -> Key:
        return self.material, self.unit

    @property
    def left(self) -> float:
        return round(self.size - self.used, DECIMALS)


class Shelf:
    """The open lot of every material of a plant; `sizes` says how much a new lot holds, by material and unit."""

    def __init__(self, open_lots: Iterable[Lot], sizes: Mapping[Key, float]) -> None:
        self._open = {lot.key: lot for lot in open_lots}
        self._numbers: dict[str, int] = {}
        for lot in self._open.values():
            self._numbers[lot.material] = max(lot.number, self._numbers.get(lot.material, 0))
        self._sizes = sizes

    def take(self, material: MaterialSpec) -> list[tuple[Lot, float]]:
        """Take what one operation uses up: from one lot, or from several when lots run out."""
        taken: list[tuple[Lot, float]] = []
        missing = round(material.quantity, DECIMALS)
        while missing > 0:
            lot = self._lot(material)
            quantity = min(missing, lot.left)
            lot.used = round(lot.used + quantity, DECIMALS)
            missing = round(missing - quantity, DECIMALS)
            taken.append((lot, quantity))
        return taken

    def _lot(self, material: MaterialSpec) -> Lot:
        key = material.id, material.unit
        lot = self._open.get(key)
        if lot is None or lot.left <= 0:
            number = self._numbers[material.id] = self._numbers.get(material.id, 0) + 1
            size = self._sizes.get(key, round(PIECES_PER_LOT * material.quantity, DECIMALS))
            lot = self._open[key] = Lot(*key, number=number, size=size)
        return lot
