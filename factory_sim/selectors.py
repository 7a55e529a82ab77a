"""What others may know of the factory."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite

from factory_sim.contracts import (
    FactoryTime,
    Making,
    OperationSpec,
    OrderedWork,
    Phase,
    Progress,
    Promise,
    PromiseRecord,
    PromisesDue,
    Text,
    WorkSpec,
)
from factory_sim.jobs import operations_ever
from factory_sim.models import FactoryClock, JobStatus, Plant, ProductionEvent, ProductionOrder
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.plant_queue import Moment, computed_queue
from factory_sim.promise import quantiles
from factory_sim.promises_due import promises_due
from factory_sim.publication import clock_with_publication, correction_of, publication_of, published_queue
from factory_sim.time import factory_now

BATCH = 50
MOST_SHOWN = 20 * BATCH


def factory_time(*, plant_slug: str, now: datetime) -> FactoryTime:
    """What the plant's clock shows."""
    clock = _clock(plant_slug)
    calendar = read_plant(clock.plant.definition).opening.calendar()
    shown = factory_now(clock, now)
    return FactoryTime(
        at=shown,
        speed=clock.speed,
        paused=clock.paused,
        is_open=calendar.is_open(shown),
        opens_at=calendar.next_opening(shown),
    )


def known_factory_time(*, plant_slug: str, now: datetime) -> FactoryTime | None:
    """What the plant's clock shows; None while there is no such plant."""
    try:
        return factory_time(plant_slug=plant_slug, now=now)
    except FactoryClock.DoesNotExist:
        return None


def plant_slugs() -> tuple[str, ...]:
    """Every plant, the oldest first."""
    return tuple(Plant.objects.order_by("pk").values_list("slug", flat=True))


def plant_names() -> list[tuple[str, Text]]:
    """Every plant by its short name, with its name in each language."""
    rows = Plant.objects.order_by("pk").values_list("slug", "definition__name")
    return list(rows)


def station_ids(*, plant_slug: str) -> frozenset[str]:
    """The station types of a plant; none when there is no such plant."""
    plant = Plant.objects.filter(slug=plant_slug).first()
    return frozenset(read_plant(plant.definition).machines()) if plant else frozenset()


def station_names(*, plant_slug: str) -> dict[str, Text]:
    """The name of each station of a plant, by its id."""
    plant = Plant.objects.get(slug=plant_slug)
    return {station.id: station.name.model_dump() for station in read_plant(plant.definition).stations}


def promise_for(
    *, plant_slug: str, work: OrderedWork, waiting: Sequence[OrderedWork], review_minutes: float, now: datetime
) -> Promise:
    """P50 and P90 of a piece that is still to come: behind the plant's queue and all `waiting` pieces, computed here.

    A review takes `review_minutes` of working time; one that takes longer already ends now.
    """
    moment = Moment.of(_clock(plant_slug), review_minutes, now)
    return computed_queue(moment, waiting).promise(work)


def expectation(*, external_ref: str, now: datetime) -> Promise | None:
    """When a piece that is being made will be ready, as it looks now; None when it is ready, held or aborted.

    A tick may fall between the reads: a piece that the queue does not know has just become ready.
    """
    order = ProductionOrder.objects.select_related("plant").get(external_ref=external_ref)
    if order.phase == Phase.DONE or order.status == JobStatus.ABORTED:
        return None
    moment = Moment.of(_clock(order.plant.slug), 0, now)
    published = published_queue(moment.clock, moment.plant, now)
    known = published.tail.ready.get(external_ref) if published else None
    if known is None:
        ready = computed_queue(moment, ()).queue.ready.get(external_ref)
        known = None if ready is None else quantiles(ready)
    return moment.dates(known) if known and isfinite(known[1]) else None


def promise_record(*, plant_slug: str, now: datetime) -> PromiseRecord:
    """How the last promises that came due were kept, fifty at a time; the last ones may be fewer."""
    clock = _clock(plant_slug)
    calendar = read_plant(clock.plant.definition).opening.calendar()
    outcomes = promises_due(clock, MOST_SHOWN, now)
    batches = [outcomes[start : start + BATCH] for start in range(0, len(outcomes), BATCH)]
    correction = correction_of(publication_of(clock.plant))
    return PromiseRecord(
        batches=tuple(
            PromisesDue(
                upto=calendar.to_clock(batch[-1].safe),
                of=len(batch),
                likely=sum(each.ready <= each.likely for each in batch),
                safe=sum(each.ready <= each.safe for each in batch),
            )
            for batch in batches
        ),
        likely_stretch=correction.likely,
        safe_stretch=correction.safe,
    )


def making(*, external_ref: str) -> Making | None:
    """A piece's way through the plant so far; None when the factory does not know it yet."""
    order = ProductionOrder.objects.select_related("plant").filter(external_ref=external_ref).first()
    if order is None:
        return None
    spec, ever = WorkSpec.from_json(order.work_spec), operations_ever(order)
    definition = read_plant(order.plant.definition)
    current = spec.operations[order.position].id if order.phase in (Phase.QUEUED, Phase.WORKING) else ""
    return Making(
        external_ref=external_ref,
        phase=Phase(order.phase),
        status=order.status,
        operations=spec.operations,
        current=current,
        progress=tuple(
            _progress(event, ever.get(event.operation), definition) for event in order.events.order_by("seq")
        ),
    )


def last_seq(*, external_ref: str) -> int:
    """The number of events of a piece so far: cheap enough to ask twice a second."""
    seqs = ProductionOrder.objects.filter(external_ref=external_ref).values_list("next_seq", flat=True)
    return max((seq - 1 for seq in seqs), default=0)


def _clock(plant_slug: str) -> FactoryClock:
    return clock_with_publication(plant_slug)


def _progress(event: ProductionEvent, operation: OperationSpec | None, definition: PlantDefinition) -> Progress:
    station: Text = definition.station(event.station).name.model_dump() if event.station else {}
    faults = operation.faults if operation else ()
    return Progress(
        seq=event.seq,
        kind=event.kind,
        at=event.at,
        operation=event.operation,
        operation_name=operation.name if operation else {},
        station_name=station,
        machine=event.machine,
        note=next((fault.sentence for fault in faults if fault.id == event.fault), {}),
    )
