"""Genealogy both ways: what went into a piece, and which pieces a lot went into."""

from factory_sim.contracts import Text, Use, WorkSpec
from factory_sim.jobs import operations_ever
from factory_sim.models import MaterialLot, MaterialUse, ProductionEvent, ProductionOrder
from factory_sim.plant import read_plant


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


def pieces_of(lot: MaterialLot) -> list[str]:
    """The references of all pieces that something of a lot went into, each once, in the order of their production."""
    rows = MaterialUse.objects.filter(lot=lot).order_by("order_id").distinct()
    return [ref for _, ref in rows.values_list("order_id", "order__external_ref")]
