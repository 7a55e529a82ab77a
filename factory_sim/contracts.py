"""What other apps exchange with the factory: frozen data, no models.

Times of work are working minutes, that is minutes in which the plant is open. Texts are maps from a
language code to a sentence, so that the factory can show them without knowing the product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

Text = Mapping[str, str]

FINISHED_TOPIC = "factory.finished"
"""Outbox topic with the keyword `external_ref`: the piece has passed its last operation."""


class Phase(StrEnum):
    """Where a piece stands between two events."""

    COMING = "coming"
    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"


class Kind(StrEnum):
    """What can happen to a piece."""

    RELEASED = "released"
    QUEUED = "queued"
    STARTED = "started"
    FINISHED = "finished"
    PASSED = "passed"
    FAILED = "failed"
    SCRAPPED = "scrapped"
    COMPLETED = "completed"
    REVOKED = "revoked"
    ALLOWED = "allowed"
    PAUSED = "paused"
    RESUMED = "resumed"
    ABORTED = "aborted"
    PUT_FIRST = "put_first"
    IN_TURN = "in_turn"


COMMANDED = frozenset(
    {Kind.REVOKED, Kind.ALLOWED, Kind.PAUSED, Kind.RESUMED, Kind.ABORTED, Kind.PUT_FIRST, Kind.IN_TURN}
)
"""What staff do to a piece; the engine never does."""


class MachineKind(StrEnum):
    """What can happen to a machine besides work: it breaks down, or a piece that cannot go on stands on it."""

    DOWN = "down"
    UP = "up"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True)
class Fault:
    """Something that an inspection may find: with probability `rate` the piece goes back to `rework_from`.

    With `scrap` it is thrown away instead, and made again from its first operations under the same number.
    """

    id: str
    rate: float
    rework_from: str
    sentence: Text
    scrap: bool = False


@dataclass(frozen=True)
class OperationSpec:
    """One step of work at a station type. `minutes` is the mean, `variation` the coefficient of variation.

    It begins when all that it `needs` is done; None stands for the operation before it. A machine that last worked on
    another `family` may have to be set up.
    """

    id: str
    station: str
    minutes: float
    variation: float
    name: Text
    instruction: Text = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    most_reworks: int = 2
    needs: tuple[str, ...] | None = None
    family: str = ""


class Load(NamedTuple):
    """An operation without its words. `faults` are (id, rate, rework_from)."""

    id: str
    station: str
    minutes: float
    variation: float
    faults: tuple[tuple[str, float, str], ...]
    most_reworks: int

    @classmethod
    def of(cls, operation: OperationSpec) -> Load:
        faults = tuple((fault.id, fault.rate, fault.rework_from) for fault in operation.faults)
        return cls(
            operation.id, operation.station, operation.minutes, operation.variation, faults, operation.most_reworks
        )


@dataclass(frozen=True)
class MaterialSpec:
    """A material that the piece uses up in `operation` ("" is the first one), and `again` when that is done again."""

    id: str
    name: Text
    quantity: float
    unit: str
    operation: str = ""
    again: bool = False


@dataclass(frozen=True)
class WorkSpec:
    """Everything the factory must know to make one piece."""

    title: Text
    operations: tuple[OperationSpec, ...]
    materials: tuple[MaterialSpec, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @cached_property
    def work(self) -> tuple[Load, ...]:
        """What keeps the plant busy: two pieces with the same one take equally long, with the same luck."""
        return tuple(Load.of(operation) for operation in self.operations)

    @cached_property
    def digest(self) -> bytes:
        """Of the operations: two pieces with the same one keep the plant equally busy."""
        return sha256(repr(self.operations).encode()).digest()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WorkSpec:
        operations = tuple(_operation(row) for row in data["operations"])
        materials = tuple(MaterialSpec(**row) for row in data["materials"])
        return cls(title=data["title"], operations=operations, materials=materials)

    def used_in(self, operation: str, *, is_rework: bool) -> tuple[MaterialSpec, ...]:
        """What an operation uses up when it is done for the first time, or once more."""
        first = self.operations[0].id
        used = (each for each in self.materials if (each.operation or first) == operation)
        return tuple(each for each in used if each.again or not is_rework)


def later_than(operations: Sequence[OperationSpec], operation: str) -> set[str]:
    """The operations that begin only when another is done."""
    later: set[str] = set()
    before: tuple[str, ...] = ()
    for each in operations:
        needed = before if each.needs is None else each.needs
        if operation in needed or later & set(needed):
            later.add(each.id)
        before = (each.id,)
    return later


def _operation(row: Mapping[str, Any]) -> OperationSpec:
    """An operation from JSON; older rows do not say what it needs."""
    faults = tuple(Fault(**fault) for fault in row["faults"])
    needs = row.get("needs")
    return OperationSpec(**{**row, "faults": faults, "needs": None if needs is None else tuple(needs)})


@dataclass(frozen=True)
class Use:
    """Some of a lot that went into a piece: `quantity` of `unit`, in an operation that started `at` (factory time)."""

    material: str
    material_name: Text
    lot: str
    quantity: float
    unit: str
    operation: str
    operation_name: Text
    station_name: Text
    machine: int
    at: datetime


@dataclass(frozen=True)
class OrderedWork:
    """Work that the plant is going to get: in review since a real moment, or approved (None) and about to come.

    `ref` is the reference under which it will be produced; empty for a piece that nobody has ordered.
    """

    spec: WorkSpec
    in_review_since: datetime | None
    ref: str = ""


@dataclass(frozen=True)
class Promise:
    """When a piece will be ready: as likely before as after `likely_at` (P50), 9 times of 10 before `safe_at` (P90).

    The stretches say what the time to each date was multiplied by, as promises of before were kept.
    """

    likely_at: datetime
    safe_at: datetime
    likely_stretch: float = 1.0
    safe_stretch: float = 1.0


@dataclass(frozen=True)
class Progress:
    """One event of a piece's making, as people see it. `at` is factory time."""

    seq: int
    kind: str
    at: datetime
    operation: str
    operation_name: Text
    station_name: Text
    machine: int
    note: Text


@dataclass(frozen=True)
class Making:
    """A piece in production: its route and everything that happened to it so far."""

    external_ref: str
    phase: Phase
    status: str
    operations: tuple[OperationSpec, ...]
    current: str
    progress: tuple[Progress, ...]


@dataclass(frozen=True)
class FactoryTime:
    """What the factory's clock shows, how fast it runs and whether the plant is open."""

    at: datetime
    speed: float
    paused: bool
    is_open: bool
    opens_at: datetime


@dataclass(frozen=True)
class PromisesDue:
    """Promises of a plant that came due one after the other, up to a factory time: how many there were, and how many
    pieces were ready by their likely and by their safe date.
    """

    upto: datetime
    of: int
    likely: int
    safe: int


@dataclass(frozen=True)
class PromiseRecord:
    """How the promises of a plant were kept, the oldest first, and what the time to each date is multiplied by now."""

    batches: tuple[PromisesDue, ...]
    likely_stretch: float
    safe_stretch: float
