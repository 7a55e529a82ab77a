"""What sensors read is kept with the piece, in the transaction of the events that it belongs to."""

from collections.abc import Iterable, Mapping, Sequence

from factory_sim.contracts import JobResponse, Kind, Measurement, WorkSpec
from factory_sim.models import ProductionOrder, Reading
from factory_sim.plant import PlantDefinition, Sensor
from factory_sim.sensors import readings
from factory_sim.standing import Event


def keep_simulated_readings(
    definition: PlantDefinition, orders: Mapping[str, ProductionOrder], events: Sequence[Event]
) -> None:
    """Write down what was read in every operation that has ended. Whoever calls holds the plant's clock."""
    measuring = {station.id for station in definition.stations if station.sensors}
    keys = {event.key for event in events if event.kind is Kind.FINISHED and event.station in measuring}
    specs = {key: WorkSpec.from_json(orders[key].work_spec) for key in keys}
    seeds = {key: orders[key].seed for key in keys}
    _keep(
        _row(orders[event.key], event.seq, measurement, sensor, specs[event.key].colour)
        for event, sensor, measurement in readings(definition, specs, seeds, events)
    )


def keep_reported_readings(
    definition: PlantDefinition, order: ProductionOrder, said: JobResponse, events: Sequence[Event]
) -> None:
    """Write down what a report says was read, with the operation that ended; the limits are the plant's."""
    event = next((each for each in events if each.kind is Kind.FINISHED), None)
    if event is None or not said.readings:
        return
    sensors = {each.id: each for each in definition.station(event.station).sensors}
    colour = WorkSpec.from_json(order.work_spec).colour
    _keep(_row(order, event.seq, each, sensors.get(each.sensor), colour) for each in said.readings)


def _keep(rows: Iterable[Reading]) -> None:
    Reading.objects.bulk_create(rows, ignore_conflicts=True)


def _row(order: ProductionOrder, seq: int, measurement: Measurement, sensor: Sensor | None, colour: str) -> Reading:
    """A sensor that the plant's definition does not name has no limits, and its id is its name."""
    return Reading(
        order=order,
        seq=seq,
        sensor=measurement.sensor,
        name=sensor.name.model_dump() if sensor else {"ko": measurement.sensor, "en": measurement.sensor},
        unit=sensor.unit if sensor else measurement.unit,
        value=measurement.value,
        low=sensor.low if sensor else None,
        high=sensor.high if sensor else None,
        points=measurement.points,
        colour=colour if sensor and sensor.of_colour else "",
    )
