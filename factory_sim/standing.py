"""How operations and machines stand between two runs, as it is stored: names, minutes and None, fit for JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from factory_sim.contracts import MachineKind

MachineName = tuple[str, int]
"""A station's id, and the number of its machine from 0."""


@dataclass(frozen=True)
class OperationStanding:
    """One operation of a piece: a phase of the engine, and its minute (see `engine.model.Standing`).

    `station` and `machine` say on which machine it is at work, or keeps its piece waiting for room; `since` is when
    that work started, `shelf` when the latest part arrives that waits for others.
    """

    phase: int
    minute: float | None = None
    station: str = ""
    machine: int = 0
    since: float | None = None
    shelf: float | None = None


@dataclass(frozen=True)
class MachineStanding:
    """One machine: the `family` worked on last (None: it has not worked), and how its breakdowns stand.

    `gone` have gone by. On the operating clock `left` minutes of work remain until the next (None: as many as are
    drawn), and `ahead` are those from when to when it will be down within the work at hand. On the calendar's clock the
    machine came up at `up_since`.
    """

    family: str | None = None
    gone: int = 0
    left: float | None = None
    up_since: float = 0.0
    ahead: tuple[tuple[float, float], ...] = ()

    @classmethod
    def from_json(cls, row: Mapping[str, object]) -> MachineStanding:
        ahead = row.get("ahead", ())
        assert isinstance(ahead, (list, tuple))  # noqa: S101 (for the type checker)
        return cls(**{**row, "ahead": tuple((start, end) for start, end in ahead)})  # type: ignore[arg-type]


Machines = Mapping[MachineName, MachineStanding]


@dataclass(frozen=True, order=True)
class MachineEvent:
    """Something that happened to a machine; `key` is the piece that blocks it."""

    minute: float
    station: str
    machine: int
    kind: MachineKind
    key: str = ""
