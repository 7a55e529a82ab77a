"""Genealogy both ways: what went into a piece, and which pieces a lot went into. And what was measured meanwhile."""

from factory_sim.contracts import Measured, Text, Use, WorkSpec
from factory_sim.jobs import operations_ever
from factory_sim.models import MaterialLot, MaterialUse, ProductionEvent, ProductionOrder
from factory_sim.plant import read_plant
from factory_sim.sensors import curve_points, is_within

CURVE = (120.0, 32.0)
"""The box in which a course is drawn, in pixels."""


def uses_of(*, external_ref: str) -> tuple[Use, ...]:
    """Every lot that something of went into a piece, in the order in which it was taken; none for an unknown piece."""
    order = ProductionOrder.objects.select_related("plant").filter(external_ref=external_ref).first()
    if order is None:
        return ()
    spec, definition = WorkSpec.from_json(order.work_spec), read_plant(order.plant.definition)
    materials = {each.id: each.name for each in spec.materials}
    operations = {operation: each.name for operation, each in operations_ever(order).items()}
    rows = list(order.uses.select_related("lot").order_by("seq", "pk"))
    events = {event.seq: event for event in order.events.filter(seq__in={row.seq for row in rows})}

    def use(row: MaterialUse, event: ProductionEvent) -> Use:
        station: Text = definition.station(event.station).name.model_dump()
        return Use(
            material=row.lot.material,
            material_name=materials[row.lot.material],
            lot=row.lot.code,
            quantity=row.quantity,
            unit=row.lot.unit,
            operation=event.operation,
            operation_name=operations[event.operation],
            station_name=station,
            machine=event.machine,
            at=event.at,
        )

    return tuple(use(row, events[row.seq]) for row in rows)


def measured(*, external_ref: str) -> tuple[Measured, ...]:
    """Everything that was measured while a piece was made, in order; nothing for an unknown piece."""
    order = ProductionOrder.objects.filter(external_ref=external_ref).first()
    if order is None:
        return ()
    rows = list(order.readings.order_by("seq", "pk"))
    names = {each.id: each.name for each in WorkSpec.from_json(order.work_spec).operations}
    events = {event.seq: event for event in order.events.filter(seq__in={row.seq for row in rows})}
    return tuple(
        Measured(
            name=row.name,
            unit=row.unit,
            value=row.value,
            low=row.low,
            high=row.high,
            is_good=is_within(row.value, row.low, row.high),
            colour=row.colour,
            curve=curve_points(row.points, *CURVE),
            operation_name=names.get(events[row.seq].operation, {}),
            at=events[row.seq].at,
        )
        for row in rows
    )


def pieces_of(lot: MaterialLot) -> list[str]:
    """The references of all pieces that something of a lot went into, each once, in the order of their production."""
    rows = MaterialUse.objects.filter(lot=lot).order_by("order_id").distinct()
    return [ref for _, ref in rows.values_list("order_id", "order__external_ref")]
