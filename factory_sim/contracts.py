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
JOB_ORDER_TOPIC = "factory.job_order"
"""Outbox topic with the keywords `plant`, `order_id`, `message`: tell a plant outside how an order stands."""
ABORTED_TOPIC = "factory.aborted"
"""Outbox topic with the keywords `external_ref` and `reason`: the piece was aborted and is not going to be made."""


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
    CHANGED = "changed"
    PUT_FIRST = "put_first"
    IN_TURN = "in_turn"


COMMANDED = frozenset(
    {
        *(Kind.REVOKED, Kind.ALLOWED, Kind.PAUSED, Kind.RESUMED, Kind.ABORTED),
        *(Kind.CHANGED, Kind.PUT_FIRST, Kind.IN_TURN),
    }
)
"""What people do to a piece; the engine never does."""
REPORTED = (Kind.STARTED, Kind.FINISHED, Kind.PASSED, Kind.FAILED, Kind.SCRAPPED, Kind.PAUSED, Kind.RESUMED)
"""What a plant that reports may say of a piece; all else follows from it."""


class Maker(StrEnum):
    """Who makes the pieces of a plant: the simulation, or people and machines that report what they did."""

    SIMULATION = "simulation"
    REPORTS = "reports"


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


class FaultLoad(NamedTuple):
    """A fault without its words."""

    id: str
    rate: float
    rework_from: str
    scrap: bool = False


class Load(NamedTuple):
    """An operation without its words."""

    id: str
    station: str
    minutes: float
    variation: float
    faults: tuple[FaultLoad, ...]
    most_reworks: int
    needs: tuple[str, ...] | None
    family: str

    @classmethod
    def of(cls, operation: OperationSpec) -> Load:
        return cls(
            id=operation.id,
            station=operation.station,
            minutes=operation.minutes,
            variation=operation.variation,
            faults=tuple(FaultLoad(each.id, each.rate, each.rework_from, each.scrap) for each in operation.faults),
            most_reworks=operation.most_reworks,
            needs=operation.needs,
            family=operation.family,
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
class Particular:
    """Something of this very piece that its maker must know: its number, its engraving, an option with its `colour`."""

    id: str
    name: Text
    value: Text
    colour: str = ""


@dataclass(frozen=True)
class WorkSpec:
    """Everything the factory must know to make one piece. `picture` is the address of one, or empty."""

    title: Text
    operations: tuple[OperationSpec, ...]
    materials: tuple[MaterialSpec, ...] = ()
    particulars: tuple[Particular, ...] = ()
    picture: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def colour(self) -> str:
        """That of the first particular that has one, `#rrggbb`: what a camera compares the piece with."""
        return next((each.colour for each in self.particulars if each.colour), "")

    @cached_property
    def work(self) -> tuple[Load, ...]:
        """What keeps the plant busy: two pieces with the same one take equally long, with the same luck."""
        return tuple(Load.of(operation) for operation in self.operations)

    @cached_property
    def work_digest(self) -> bytes:
        """Of the work, to look it up by: a tuple of tuples is hashed anew at every look."""
        return sha256(repr(self.work).encode()).digest()

    @cached_property
    def digest(self) -> bytes:
        """Of the operations: two pieces with the same one keep the plant equally busy."""
        return sha256(repr(self.operations).encode()).digest()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WorkSpec:
        operations = tuple(_operation(row) for row in data["operations"])
        materials = tuple(MaterialSpec(**row) for row in data["materials"])
        particulars = tuple(Particular(**row) for row in data.get("particulars", ()))
        return cls(data["title"], operations, materials, particulars, data.get("picture", ""))

    def used_in(self, operation: str, *, is_rework: bool) -> tuple[MaterialSpec, ...]:
        """What an operation uses up when it is done for the first time, or once more."""
        first = self.operations[0].id
        used = (each for each in self.materials if (each.operation or first) == operation)
        return tuple(each for each in used if each.again or not is_rework)


def needs_in(operations: Sequence[OperationSpec]) -> dict[str, tuple[str, ...]]:
    """What each operation of a route needs; where it does not say, the one before it."""
    before = [(), *((each.id,) for each in operations)]
    return {each.id: last if each.needs is None else each.needs for each, last in zip(operations, before, strict=False)}


def later_than(operations: Sequence[OperationSpec], operation: str) -> set[str]:
    """The operations that begin only when another is done."""
    later: set[str] = set()
    for each, needed in needs_in(operations).items():
        if operation in needed or later & set(needed):
            later.add(each)
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
class Measurement:
    """What a sensor read in an operation; `points` are its course: (share of the operation's time, value)."""

    sensor: str
    value: float
    unit: str = ""
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Measured:
    """A measurement as people see it, with its limits; `colour` is what it was compared with; `at` is factory time."""

    name: Text
    unit: str
    value: float
    low: float | None
    high: float | None
    is_good: bool
    colour: str
    curve: str
    operation_name: Text
    at: datetime


@dataclass(frozen=True)
class JobResponse:
    """What a plant that reports says of a piece, in ISA-95's words a job response: `kind` is one of REPORTED.

    `machine` counts from 0; None stands for the first that is free. `fault` is of FAILED, `reason` of SCRAPPED. `at` is
    real time, None for now. Pausing and resuming are of the whole piece, and name no operation.
    """

    external_ref: str
    kind: Kind
    operation: str = ""
    machine: int | None = None
    fault: str = ""
    reason: str = ""
    at: datetime | None = None
    readings: tuple[Measurement, ...] = ()


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


class Cause(StrEnum):
    """Why a part of a piece is where it is: it is being worked on, or waits for something.

    Where the maker reports, people take what they like: a piece is waiting, and nobody knows how many come before it.
    One that was scrapped by hand was so without an inspection's sentence.
    """

    WORK = "work"
    SETUP = "setup"
    DOWN = "down"
    QUEUE = "queue"
    WAITING = "waiting"
    BATCH = "batch"
    BLOCKED = "blocked"
    NO_ROOM = "no-room"
    ON_THE_WAY = "on-the-way"
    PARTS = "parts"
    HELD = "held"
    SENT_BACK = "sent-back"
    SCRAPPED = "scrapped"


@dataclass(frozen=True)
class Whereabouts:
    """Where one part of a piece is, or waits, and why; times are factory time.

    `pieces` are those before it in the queue, or those that a batch still lacks; `since_at` is when what it waits for
    began, `until_at` when that ends at the latest, where the plant's rules say so. `waits_for` names the operations
    that are not done yet, `note` is an inspection's sentence.
    """

    cause: Cause
    operation: str
    operation_name: Text
    station_name: Text
    pieces: int = 0
    since_at: datetime | None = None
    until_at: datetime | None = None
    waits_for: tuple[Text, ...] = ()
    note: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Delay:
    """What has cost a piece most time so far: working `minutes` of waiting at a station, or of making it again."""

    cause: Cause
    station_name: Text
    minutes: float


@dataclass(frozen=True)
class Beginning:
    """When an operation of a piece began first, or, where it has not, when it will begin at the earliest.

    Both are factory time. Neither is known for an operation that its route does not have, and when one will begin is
    not while the piece is held, or where the maker reports.
    """

    operation: str
    began_at: datetime | None = None
    not_before: datetime | None = None


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
