"""What sensors of the simulation read: numbers keyed by piece, operation and event, and true to the verdict. Pure.

The verdict is drawn first, as ever. Then every reading lies within its limits, but for that of a sensor which detects
the fault that was found: it shows why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from factory_sim import draws
from factory_sim.contracts import Kind, Measurement, WorkSpec
from factory_sim.plant import PlantDefinition, Sensor
from factory_sim.standing import Event

INSIDE = 0.9
"""Of half the way from the middle to a limit, at most."""
SPREAD = 2.5
"""Standard deviations from the middle to there."""
NEAREST, FARTHEST = 0.1, 0.6
"""How far beyond its limit a fault shows, in widths."""

Taken = tuple[Event, Sensor, Measurement]


def readings(
    definition: PlantDefinition, specs: Mapping[str, WorkSpec], seeds: Mapping[str, int], events: Sequence[Event]
) -> list[Taken]:
    """What was read in every operation that ended among the events of some pieces, by their keys."""
    sensors = {station.id: station.sensors for station in definition.stations if station.sensors}
    faults = {(event.key, event.seq): event.fault for event in events if event.fault}
    ended = (event for event in events if event.kind is Kind.FINISHED and event.station in sensors)
    return [
        (event, sensor, _reading(sensor, seeds[event.key], event, faults.get((event.key, event.seq + 1), "")))
        for event in ended
        for sensor in sensors[event.station]
        if _measures(sensor, specs[event.key])
    ]


def _measures(sensor: Sensor, spec: WorkSpec) -> bool:
    """Whether there is anything to measure on a piece: no foil where no name was pressed."""
    is_made = sensor.only_after is None or any(each.id == sensor.only_after for each in spec.operations)
    return is_made and (not sensor.of_colour or bool(spec.colour))


def _reading(sensor: Sensor, seed: int, event: Event, fault: str) -> Measurement:
    u = draws.uniform(seed, event.operation, event.seq, f"reading {sensor.id}")
    value = round(_beyond(sensor, u) if fault in sensor.detects else _within(sensor, u), _decimals(sensor))
    points = tuple((share, round(level * value, _decimals(sensor))) for share, level in sensor.curve)
    return Measurement(sensor.id, value, sensor.unit, points)


def _within(sensor: Sensor, u: float) -> float:
    middle, half = (sensor.low + sensor.high) / 2, (sensor.high - sensor.low) / 2
    z = draws.STANDARD_NORMAL.inv_cdf(u) / SPREAD
    return middle + half * INSIDE * min(max(z, -1.0), 1.0)


def _beyond(sensor: Sensor, u: float) -> float:
    """Too high; what may be read below its lower limit is so in one of two cases."""
    width = sensor.high - sensor.low
    away = width * (NEAREST + (FARTHEST - NEAREST) * (2 * u % 1))
    return sensor.low - away if u < 0.5 and sensor.low > 0 else sensor.high + away


def _decimals(sensor: Sensor) -> int:
    """A hundredth of the width is seen."""
    return max(0, 2 - math.floor(math.log10(sensor.high - sensor.low)))


def is_within(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value keeps its limits, as far as there are any."""
    return (low is None or value >= low) and (high is None or value <= high)


def curve_points(points: Iterable[Sequence[float]], width: float, height: float) -> str:
    """A course as the points of an SVG polyline in a box of so many pixels; empty without one."""
    found = [(float(share), float(value)) for share, value in points]
    top = max((value for _, value in found), default=0.0)
    if top <= 0:
        return ""
    return " ".join(f"{share * width:.1f},{height - max(value, 0.0) / top * height:.1f}" for share, value in found)
