"""What the tick takes from the stores: an operation that starts uses up its materials, from numbered lots."""

from collections import Counter
from collections.abc import Mapping, Sequence

from factory_sim.contracts import Kind, WorkSpec
from factory_sim.lots import Lot, Shelf
from factory_sim.models import MaterialLot, MaterialUse, Plant, ProductionOrder
from factory_sim.plant import PlantDefinition
from factory_sim.standing import Event

Takings = list[tuple[Event, Lot, float]]
Name = tuple[str, int]


def take_materials(
    plant: Plant, definition: PlantDefinition, orders: Mapping[str, ProductionOrder], events: Sequence[Event]
) -> None:
    """Write down what every started operation used up.

    Whoever calls holds the plant's clock, and the orders are as they were before these events.
    """
    starts = [event for event in events if event.kind is Kind.STARTED]
    # A piece that was scrapped begins anew: what it takes then is no rework.
    times_started = {key: Counter(order.visits) - Counter(order.remade) for key, order in orders.items()}
    specs = {key: WorkSpec.from_json(orders[key].work_spec) for key in {event.key for event in starts}}
    known = {(row.material, row.number): row for row in _open_lots(plant)}
    shelf = Shelf([_lot_of(row) for row in known.values()], definition.lot_sizes())
    takings: Takings = []
    for event in events:
        if event.kind is Kind.SCRAPPED:
            times_started[event.key].clear()
        if event.kind is not Kind.STARTED:
            continue
        is_rework = times_started[event.key][event.operation] > 0
        times_started[event.key][event.operation] += 1
        for material in specs[event.key].used_in(event.operation, is_rework=is_rework):
            takings += [(event, lot, quantity) for lot, quantity in shelf.take(material)]
    rows = _saved_lots(plant, known, takings, definition)
    MaterialUse.objects.bulk_create(
        MaterialUse(order=orders[event.key], seq=event.seq, lot=rows[_name(lot)], quantity=quantity)
        for event, lot, quantity in takings
    )


def _open_lots(plant: Plant) -> list[MaterialLot]:
    """The newest lot of every material."""
    newest = MaterialLot.objects.filter(plant=plant).order_by("material", "unit", "-number")
    return list(newest.distinct("material", "unit"))


def _lot_of(row: MaterialLot) -> Lot:
    return Lot(row.material, row.unit, row.number, row.size, row.used)


def _name(lot: Lot) -> Name:
    return lot.material, lot.number


def _saved_lots(
    plant: Plant, known: Mapping[Name, MaterialLot], takings: Takings, definition: PlantDefinition
) -> dict[Name, MaterialLot]:
    """The rows of all lots that were taken from: the new ones are made, the others say how much is used."""
    calendar = definition.opening.calendar()
    rows: dict[Name, MaterialLot] = {}
    for event, lot, _ in takings:
        name = _name(lot)
        if name not in rows:
            opened_at = calendar.to_clock(event.minute, opening=True)
            fresh = MaterialLot(plant=plant, material=lot.material, unit=lot.unit, number=lot.number, size=lot.size)
            rows[name] = known.get(name) or fresh
            rows[name].opened_at = rows[name].opened_at or opened_at
        rows[name].used = lot.used
    MaterialLot.objects.bulk_update([row for row in rows.values() if row.pk], ["used"])
    MaterialLot.objects.bulk_create(row for row in rows.values() if not row.pk)
    return rows
