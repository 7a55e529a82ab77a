"""The limits of sensors and the courses of what they read."""

from typing import Any

import pytest
from pydantic import ValidationError

from factory_sim.contracts import Kind, WorkSpec
from factory_sim.plant import PlantDefinition, Sensor
from factory_sim.sensors import curve_points, is_within, readings
from factory_sim.standing import Event
from tests.unit.factory_sim.live.rich_plants import plant_of

NAME = {"ko": "값", "en": "Value"}
SPEC = WorkSpec(NAME, ())


def plant(**sensor: Any) -> PlantDefinition:
    return plant_of([{"id": "bench", "sensors": [{"id": "it", "name": NAME, "low": 0, "high": 2, **sensor}]}])


def values(definition: PlantDefinition, fault: str = "") -> list[float]:
    """What a thousand pieces read."""
    events = []
    for number in range(1000):
        events.append(Event(str(number), 1, Kind.FINISHED, 0.0, "look", "bench"))
        if fault:
            events.append(Event(str(number), 2, Kind.FAILED, 0.0, "look", "bench", 0, fault))
    keys = {event.key for event in events}
    found = readings(definition, dict.fromkeys(keys, SPEC), {key: int(key) for key in keys}, events)
    return [measurement.value for _, _, measurement in found]


@pytest.mark.parametrize(("low", "high"), [(0, 2), (1225, 1255), (1.1, 1.5), (-5, 5), (0, 0.003)])
def test_a_good_reading_lies_within_its_limits_and_a_bad_one_clearly_does_not(low: float, high: float) -> None:
    definition = plant(low=low, high=high, detects=["crack"])
    good, bad = values(definition), values(definition, "crack")

    assert all(low < each < high for each in good)
    assert not any(is_within(each, low, high) for each in bad)
    assert len(set(good)) > 20
    assert sum(good) / 1000 == pytest.approx((low + high) / 2, abs=(high - low) / 20)
    assert any(each < low for each in bad) == (low > 0), "what cannot be below zero never is"
    assert all(low < each < high for each in values(definition, "scratch")), "control: a fault that it does not see"


@pytest.mark.parametrize(
    "sensor",
    [{"low": 2}, {"low": 3}, {"curve": [[0.5, 1], [0.5, 0.2]]}, {"curve": [[0, 1.2]]}, {"high": float("inf")}],
)
def test_a_sensor_that_makes_no_sense_is_refused(sensor: dict[str, Any]) -> None:
    plant()
    with pytest.raises(ValidationError):
        plant(**sensor)


def test_two_sensors_of_a_station_have_different_ids() -> None:
    one = {"id": "it", "name": NAME, "low": 0, "high": 1}
    with pytest.raises(ValidationError, match="two sensors"):
        plant_of([{"id": "bench", "sensors": [one, one]}])
    plant_of([{"id": "bench", "sensors": [one, {**one, "id": "other"}]}])


def test_a_course_is_drawn_to_its_highest() -> None:
    assert curve_points([(0, 0), (0.5, 1240), (1, 620)], 120, 32) == "0.0,32.0 60.0,0.0 120.0,16.0"
    assert curve_points([], 120, 32) == curve_points([(0, 0), (1, 0)], 120, 32) == ""
    assert Sensor(id="it", name=NAME, low=0, high=1).curve == ()
