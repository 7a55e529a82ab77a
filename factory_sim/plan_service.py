"""Planning a plant that runs: a worker finds in which order its pieces go, and the queues follow it from then on."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from factory_sim.contracts import COMMANDED, Kind, MachineKind, Maker
from factory_sim.engine.model import WORKING
from factory_sim.jobs import DOWN_OR_UP, job_of, machines_down, machines_of, open_orders
from factory_sim.live.plan import NewOrder, Shop, new_order
from factory_sim.models import (
    FactoryClock,
    MachineLogEntry,
    PlanRecord,
    Plant,
    PlantPlan,
    PlanTrigger,
    ProductionEvent,
)
from factory_sim.plant import read_plant
from factory_sim.routes import standing_of
from factory_sim.standing import Job, MachineName

MOVES = 20_000
"""After how many moves a search ends: the same order on every machine, whatever else it has to do."""
CALLS = {
    Kind.RELEASED: PlanTrigger.ARRIVAL,
    Kind.FAILED: PlanTrigger.SENT_BACK,
    Kind.SCRAPPED: PlanTrigger.SENT_BACK,
    **dict.fromkeys(COMMANDED, PlanTrigger.COMMAND),
}
"""What of all that happens to pieces calls for a new plan."""


def replan(*, plant_slug: str, now: datetime, moves: int = MOVES) -> PlanRecord | None:
    """Plan a plant anew if anything has happened that calls for it, and follow the plan if it is better.

    A plan that breaks a promise is followed only where a machine went down or came up: else it is refused. The record
    of a plan that is better, or None. Idempotent: one process at a time holds the row of the plan, the others return at
    once. The search holds nothing that a tick needs: an order stays one, whatever happens to its pieces meanwhile; what
    comes meanwhile calls for the next plan.
    """
    plant = Plant.objects.get(slug=plant_slug)
    definition = read_plant(plant.definition)
    if not definition.planned or definition.maker is not Maker.SIMULATION:
        return None
    # By itself: whoever inserts the same row would wait until it is committed.
    PlantPlan.objects.get_or_create(plant=plant)
    return _replan(plant, now, moves)


@transaction.atomic
def _replan(plant: Plant, now: datetime, moves: int) -> PlanRecord | None:
    row = PlantPlan.objects.select_for_update(skip_locked=True).filter(plant=plant).first()
    trigger = None if row is None else _look(row)
    shop = None if trigger is None else _shop(plant)
    if row is None or trigger is None or shop is None:
        return None
    row.save()
    may_break = trigger is PlanTrigger.MACHINE
    found = new_order(shop, moves=moves, may_break=may_break)
    if not found.is_better:
        return None
    is_followed = may_break or not found.broken
    if is_followed:
        _follow(plant, found)
    return PlanRecord.objects.create(
        plant=plant,
        at=now,
        minute=shop.minute,
        trigger=trigger,
        pieces=len(found.urgencies),
        cost_before=found.before.cost,
        cost_after=found.after.cost,
        late_before=found.before.late,
        late_after=found.after.late,
        worsened=found.worsened,
        followed=is_followed,
    )


def _look(row: PlantPlan) -> PlanTrigger | None:
    """What calls for a plan since the last look, which the row then has seen; None if nothing does."""
    events = ProductionEvent.objects.filter(order__plant=row.plant_id, kind__in=CALLS, pk__gt=row.last_event)
    event = events.order_by("-pk").first()
    machines = MachineLogEntry.objects.filter(plant=row.plant_id, kind__in=DOWN_OR_UP, pk__gt=row.last_of_machines)
    machine = machines.order_by("-pk").first()
    row.last_event = event.pk if event else row.last_event
    row.last_of_machines = machine.pk if machine else row.last_of_machines
    if machine:
        return PlanTrigger.MACHINE
    return CALLS[Kind(event.kind)] if event else None


def _shop(plant: Plant) -> Shop | None:
    """The plant at one moment; None if a tick came between two reads, and the next look is to try again."""
    clock = FactoryClock.objects.get(plant=plant)
    orders = list(open_orders(plant))
    jobs = tuple(map(job_of, orders))
    down, repaired = machines_down(plant), _repaired(plant, jobs, clock.horizon)
    if FactoryClock.objects.get(plant=plant).horizon != clock.horizon:
        return None
    definition = read_plant(plant.definition)
    calendar = definition.opening.calendar()
    return Shop(
        plant=definition,
        jobs=jobs,
        machines=machines_of(clock),
        minute=clock.horizon,
        due={order.external_ref: calendar.to_working(order.due_at) for order in orders if order.due_at},
        down=down,
        repaired=repaired,
    )


def _repaired(plant: Plant, jobs: Iterable[Job], minute: float) -> dict[MachineName, float]:
    """The minutes of repair, up to now, that the work which runs on a machine has had."""
    begun = {
        (each.station, each.machine): each.since
        for job in jobs
        for each in standing_of(job)
        if each.phase == WORKING and each.since is not None
    }
    log = MachineLogEntry.objects.filter(
        plant=plant, kind__in=DOWN_OR_UP, minute__gte=min(begun.values(), default=minute)
    )
    repaired: dict[MachineName, float] = defaultdict(float)
    for each in log:
        name = each.station, each.machine
        if each.minute >= begun.get(name, math.inf):
            repaired[name] += minute - each.minute if each.kind == MachineKind.DOWN else each.minute - minute
    return repaired


def _follow(plant: Plant, found: NewOrder) -> None:
    """Let the queues follow the order from the log's end on: nothing that has happened changes."""
    clock = FactoryClock.objects.select_for_update().get(plant=plant)
    orders = list(open_orders(plant).filter(external_ref__in=found.urgencies))
    for order in orders:
        order.urgency = found.urgencies[order.external_ref]
    open_orders(plant).bulk_update(orders, ["urgency"])
    # Whatever is derived from the queue is out of date.
    clock.revision += 1
    clock.save(update_fields=["revision"])
