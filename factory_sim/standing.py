"""Pieces and machines between two runs, and what happened to them; standings are stored, and fit for JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from factory_sim.contracts import Kind, MachineKind, OperationSpec, Phase

MachineName = tuple[str, int]
"""A station's id, and the number of its machine from 0."""
FIRST, UNPLANNED = 0, 1_000_000
"""Urgencies: of a piece that the staff put first, before all that are planned from 1 on; of one that is not planned."""


@dataclass(frozen=True)
class OperationStanding:
    """One operation of a piece: a phase of the engine, and its minute (see `engine.model.Standing`).

    `station` and `machine` say on which machine it is at work, or keeps its piece waiting for room; `since` is when
    that work started, with so many minutes of `setup`, and `shelf` when the latest part arrives that waits for others.
    """

    phase: int
    minute: float | None = None
    station: str = ""
    machine: int = 0
    since: float | None = None
    shelf: float | None = None
    setup: float = 0.0


@dataclass(frozen=True)
class Job:
    """A piece in the plant: what is to be done, and the state that the last tick left.

    `rank` orders pieces that compete at the same minute. `since` is when it joined its queue or started
    work, `ends_at` when its running operation ends; `visits` counts the starts of each operation, `remade` those before
    it was scrapped last. `standing` says how each operation stands; empty, it follows from the rest. A piece that is
    `held` ends what runs and starts nothing. Of those that wait at a station the lowest `urgency` is served first.
    """

    key: str
    rank: int
    seed: int
    released_at: float
    operations: tuple[OperationSpec, ...]
    phase: Phase = Phase.COMING
    position: int = 0
    visits: Mapping[str, int] = field(default_factory=dict)
    since: float = 0.0
    machine: int = 0
    ends_at: float = 0.0
    next_seq: int = 1
    standing: tuple[OperationStanding, ...] = ()
    remade: Mapping[str, int] = field(default_factory=dict)
    held: bool = False
    urgency: int = UNPLANNED

    @property
    def operation(self) -> OperationSpec:
        return self.operations[self.position]

    @property
    def due_at(self) -> float:
        """When the piece acts next by itself."""
        return self.released_at if self.phase is Phase.COMING else self.ends_at


@dataclass(frozen=True)
class Event:
    """Something that happened to a piece; `seq` counts its events from 1 without a gap. `setup` is of a start."""

    key: str
    seq: int
    kind: Kind
    minute: float
    operation: str = ""
    station: str = ""
    machine: int = 0
    fault: str = ""
    setup: float = 0.0


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
