"""A plant's queue at a moment, and what can be promised behind it.

What the worker publishes is used where it can be: `QueueNow.published` says so. Without it, the queue is computed where
it is asked for and kept in the cache until the plant changes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import ceil, isfinite
from typing import Any

import numpy as np
from django.core.cache import cache

from factory_sim import promise
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.calendar import ShiftCalendar
from factory_sim.calibration import LIKELY, SAFE, Correction
from factory_sim.contracts import OrderedWork, Promise, WorkSpec
from factory_sim.jobs import job_of, open_orders
from factory_sim.models import FactoryClock
from factory_sim.plant import read_plant
from factory_sim.publication import (
    KnownPlant,
    Publication,
    clock_with_publication,
    correction_of,
    publication_of,
    published_queue,
)
from factory_sim.time import factory_now

QUEUE_CACHE_SECONDS = 30
MOST_ADDED = 8

_known: dict[int, tuple[dict[str, Any], KnownPlant]] = {}


@dataclass(frozen=True)
class Moment:
    """A plant at a moment: `minute` is the working minute that its clock shows. Reviews take `review_minutes`."""

    clock: FactoryClock
    plant: KnownPlant
    calendar: ShiftCalendar
    minute: float
    review_minutes: float
    now: datetime

    @classmethod
    def of(cls, clock: FactoryClock, review_minutes: float, now: datetime) -> Moment:
        plant = _known_plant(clock)
        calendar = plant.definition.opening.calendar()
        return cls(clock, plant, calendar, calendar.to_working(factory_now(clock, now)), review_minutes, now)

    def release(self, in_review_since: datetime | None) -> float:
        """The working minute at which a review that takes its usual time ends; 0, so at once, when it has ended."""
        if in_review_since is None:
            return 0.0
        return self.calendar.to_working(factory_now(self.clock, in_review_since)) + self.review_minutes

    def arrivals(self, waiting: Sequence[OrderedWork]) -> list[promise.Arrival]:
        return [promise.Arrival(each.spec, self.release(each.in_review_since), each.ref) for each in waiting]

    def dates(self, quantiles: tuple[float, float], correction: Correction | None = None) -> Promise:
        """The dates of P50 and P90, corrected by what was learned; nothing is promised for the past."""
        learned = correction or Correction()
        likely, safe = learned.dates((max(quantiles[0], self.minute), max(quantiles[1], self.minute)), self.minute)
        clock = self.calendar.to_clock
        return Promise(clock(likely), clock(safe), likely_stretch=learned.likely, safe_stretch=learned.safe)


@dataclass(frozen=True)
class PlantQueue:
    """Everything that is promised at a moment; whoever asks comes behind it."""

    moment: Moment
    queue: promise.Queue
    correction: Correction

    def promise(self, work: OrderedWork) -> Promise:
        """P50 and P90 of one more piece."""
        return self._promises([work.spec], work.in_review_since)[0]

    def promises(self, specs: Sequence[WorkSpec]) -> list[Promise]:
        """The same for everything that one more piece, ordered at this moment, might be; equal work has equal dates."""
        return self._promises(specs, self.moment.now)

    def _promises(self, specs: Sequence[WorkSpec], in_review_since: datetime | None) -> list[Promise]:
        # To the minute, so that what one customer has asked is known to the next one; nobody is promised too early.
        released_at = ceil(max(self.moment.minute, self.moment.release(in_review_since)))
        known = self.queue.asked
        new = {spec.work_digest: spec for spec in specs if (released_at, spec.work_digest) not in known}
        if new:
            minutes = finishing_minutes_of_each(self.queue, list(new.values()), released_at=released_at)
            pairs = zip(*np.quantile(minutes, (LIKELY, SAFE), axis=1).tolist(), strict=True)
            known.update(zip(((released_at, digest) for digest in new), pairs, strict=True))
        return [self.moment.dates(known[released_at, spec.work_digest], self.correction) for spec in specs]


@dataclass(frozen=True)
class PublishedQueue:
    """The queue as it was published; pieces that it does not count come behind it."""

    moment: Moment
    publication: Publication

    @property
    def counted_until(self) -> datetime:
        return self.publication.counted_until

    def counts(self, ref: str) -> bool:
        """Whether an ordered piece is in it."""
        return ref in self.publication.tail.ready

    def outlook(self, ref: str) -> Promise | None:
        """When a piece that is in it will be ready, as it looks now; None while it is held."""
        known = self.publication.tail.ready[ref]
        return self.moment.dates(known, self.publication.correction) if isfinite(known[1]) else None

    def behind(self, placed: Sequence[OrderedWork], settling: Sequence[OrderedWork]) -> PlantQueue:
        """The queue behind some more pieces, in this order; those that are `placed` will be there again next time."""
        queue = self.publication.behind(self.moment.arrivals(placed))
        if settling:
            queue = promise.with_more(queue, self.moment.arrivals(settling), 0)
        return PlantQueue(self.moment, queue, self.publication.correction)


@dataclass(frozen=True)
class QueueNow:
    """A plant's queue as it can be had at a moment: `published`, or else to be computed behind all that wait."""

    moment: Moment
    published: PublishedQueue | None

    def computed(self, waiting: Sequence[OrderedWork]) -> PlantQueue:
        return computed_queue(self.moment, waiting)


def queue_now(*, plant_slug: str, review_minutes: float, now: datetime) -> QueueNow:
    """A plant's queue. Reviews take `review_minutes` of working time; one that takes longer already ends now."""
    moment = Moment.of(clock_with_publication(plant_slug), review_minutes, now)
    publication = published_queue(moment.clock, moment.plant, now)
    return QueueNow(moment, PublishedQueue(moment, publication) if publication else None)


def _known_plant(clock: FactoryClock) -> KnownPlant:
    """The plant's definition, read once as long as it stays the same."""
    kept, rows = _known.get(clock.plant_id), clock.plant.definition
    if kept is None or kept[0] != rows:
        kept = _known[clock.plant_id] = (rows, KnownPlant.of(read_plant(rows)))
    return kept[1]


def computed_queue(moment: Moment, waiting: Sequence[OrderedWork]) -> PlantQueue:
    """The queue behind all pieces in the plant and all `waiting` ones; kept in the cache until the plant changes.

    Orders come one by one: what is kept for all but the last few that wait is carried on from there.
    """
    arrivals = moment.arrivals(waiting)
    queue = _queue(moment, arrivals)
    return PlantQueue(moment, queue, correction_of(publication_of(moment.clock.plant)))


def _queue(moment: Moment, waiting: Sequence[promise.Arrival]) -> promise.Queue:
    keys = _queue_keys(moment.clock, waiting)
    kept: tuple[float, promise.Queue] | None = None
    for known in range(len(waiting), max(len(waiting) - MOST_ADDED, 0) - 1, -1):
        kept = cache.get(keys[known])
        if kept is not None:
            break
    if kept and known == len(waiting):
        return kept[1]
    if kept is None:
        jobs = [job_of(order) for order in open_orders(moment.clock.plant)]
        behind = promise.behind(moment.plant.layout, jobs, (), moment.minute)
        known, kept = 0, (time.time() + QUEUE_CACHE_SECONDS, behind)
    until, queue = kept[0], promise.with_more(kept[1], waiting, known)
    # What was carried on is no younger than what it was made from.
    cache.set(keys[-1], (until, queue), max(1, int(until - time.time())))
    return queue


def _queue_keys(clock: FactoryClock, waiting: Sequence[promise.Arrival]) -> list[str]:
    """The cache's keys of the queue behind none that wait, the first one, the first two, and so on."""
    digest = sha256()
    keys = [digest.hexdigest()[:16]]
    for each in waiting:
        digest.update(f"{each.released_at!r} {each.key}".encode() + each.spec.digest)
        keys.append(digest.hexdigest()[:16])
    return [f"factory.queue.{clock.plant.slug}.{clock.revision}.{content}" for content in keys]
