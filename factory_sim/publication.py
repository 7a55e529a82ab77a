"""The queue as the worker published it, kept by each process until a newer one is there.

Reading it takes one statement, and one more whenever there is a new one. What is too old, or was computed for other
machines or opening hours, counts as not published; the log says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from factory_sim.calibration import Correction
from factory_sim.models import FactoryClock, Plant, QueuePublication
from factory_sim.passage import Layout
from factory_sim.plant import PlantDefinition
from factory_sim.promise import Arrival, Queue, with_more
from factory_sim.promise_models import NEVER
from factory_sim.tail import Tail, from_bytes

TOO_OLD = timedelta(seconds=60)

log = structlog.get_logger("factory")
_kept: dict[int, tuple[UUID, Tail]] = {}
_carried_on: dict[int, tuple[UUID, tuple[str, ...], Queue]] = {}


@dataclass(frozen=True)
class KnownPlant:
    """A plant's definition, and what is read from it: `shape` is all that its queue's minutes depend on."""

    definition: PlantDefinition
    layout: Layout
    shape: str

    @classmethod
    def of(cls, definition: PlantDefinition) -> KnownPlant:
        layout = definition.layout()
        return cls(definition, layout, f"{definition.opening.model_dump_json()} {layout}")


@dataclass(frozen=True)
class Publication:
    """A plant's queue with everything in it up to `counted_until`."""

    plant_id: int
    version: UUID
    counted_until: datetime
    tail: Tail
    correction: Correction

    def behind(self, arrivals: Sequence[Arrival]) -> Queue:
        """The queue behind some more pieces; those that this process has added before are not computed again."""
        keys = tuple(each.key for each in arrivals)
        version, known, queue = _carried_on.get(self.plant_id, (None, (), self.tail.queue))
        if version != self.version or keys[: len(known)] != known:
            known, queue = (), self.tail.queue
        if len(keys) > len(known):
            queue = with_more(queue, arrivals, len(known))
        _carried_on[self.plant_id] = (self.version, keys, queue)
        return queue


def clock_with_publication(plant_slug: str) -> FactoryClock:
    """A plant's clock, with its plant and what stands beside the publication's content."""
    clocks = FactoryClock.objects.select_related("plant__publication").defer("plant__publication__content")
    return clocks.get(plant__slug=plant_slug)


def published_queue(clock: FactoryClock, plant: KnownPlant, now: datetime) -> Publication | None:
    """The queue that stands published for a plant; None when there is none that can be used, which is logged."""
    row = publication_of(clock.plant)
    kept = _kept.get(clock.plant_id)
    if row and not _why_not(row, plant, now) and (kept is None or kept[0] != row.version):
        # A newer one may have come between the two statements: what is read now belongs together.
        row = QueuePublication.objects.get(plant=clock.plant)
        kept = _kept[clock.plant_id] = (row.version, from_bytes(bytes(row.content), plant.layout))
    why = _why_not(row, plant, now)
    if row is None or kept is None or why:
        log.warning("queue_not_published", plant=clock.plant.slug, why=why)
        return None
    return Publication(clock.plant_id, kept[0], row.counted_until, kept[1], correction_of(row))


def publication_of(plant: Plant) -> QueuePublication | None:
    """The publication's row; None before the first one."""
    return getattr(plant, "publication", None)


def correction_of(row: QueuePublication | None) -> Correction:
    """What was learned from promises that came due; that does not age."""
    return Correction(row.likely_stretch, row.safe_stretch, row.learned_from) if row else Correction()


def _why_not(row: QueuePublication | None, plant: KnownPlant, now: datetime) -> str:
    """Why a publication cannot be used; empty when it can."""
    if row is None or row.published_at == NEVER:
        return "nothing is published yet"
    if row.plant_shape != plant.shape:
        return "the plant has changed since"
    age = now - row.published_at
    return f"it is {age.total_seconds():.0f} seconds old" if age > TOO_OLD else ""
