"""What sensors read: keyed like everything that is drawn, true to the verdict, kept with the piece, and shown."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from factory_sim.contracts import Fault, JobResponse, Kind, Measurement, Particular, WorkSpec
from factory_sim.genealogy import measured
from factory_sim.models import Plant, ProductionEvent, ProductionOrder, Reading
from factory_sim.plant import read_plant
from factory_sim.report_service import UnusableReport, report
from factory_sim.sensors import is_within, readings
from factory_sim.services import produce, tick
from factory_sim.standing import Event
from tests import samples
from tests.integration.factory_sim.reporting import REF, ordered, reporting_plant, tell
from tests.integration.factory_sim.work import PLANT, at, spec, step

pytestmark = pytest.mark.django_db

TEXT = {"ko": "결함", "en": "a fault"}
DETECTED = {"pinhole": "surface", "loose-stitch": "stitch", "crack": "ring", "faint-foil": "foil"}
FAULTY = spec(
    step("form", "forming", 3, 0.3),
    step("fire", "kiln", 20, 0.1),
    step("press", "foil", 2),
    step(
        *("look", "inspection", 2, 0.2),
        faults=(
            *(Fault(name, 0.12, "fire", TEXT) for name in ("pinhole", "loose-stitch", "faint-foil", "unseen")),
            Fault("crack", 0.1, "form", TEXT, scrap=True),
        ),
        most_reworks=4,
    ),
)
COLOURED = replace(FAULTY, particulars=(Particular("glaze", TEXT, TEXT, "#a8c3b2"),))
LONG = 100_000
PIECES = 40


def made(count: int = PIECES, work: WorkSpec = COLOURED, ticks: Sequence[float] = (LONG,)) -> None:
    for number in range(1, count + 1):
        produce(plant_slug=PLANT, external_ref=f"{number:03}-MEASU", spec=work, now=at(0))
    for minute in ticks:
        tick(plant_slug=PLANT, now=at(minute))


def rows() -> list[tuple[Any, ...]]:
    columns = ("order__external_ref", "seq", "sensor", "value", "points", "colour")
    return list(Reading.objects.order_by("order__external_ref", "seq", "sensor").values_list(*columns))


def bad(order: ProductionOrder, seq: int) -> list[str]:
    """The sensors that read something out of their limits at an event."""
    found = Reading.objects.filter(order=order, seq=seq)
    return [each.sensor for each in found if not is_within(each.value, each.low, each.high)]


def test_what_failed_a_piece_shows_in_the_sensor_that_detects_it(plant: Plant) -> None:
    """In every look at forty pieces, of which many fail."""
    made()
    verdicts = ProductionEvent.objects.filter(kind__in=[Kind.PASSED, Kind.FAILED, Kind.SCRAPPED])
    seen = {each.fault for each in verdicts}
    for each in verdicts.select_related("order"):
        expected = [DETECTED[each.fault]] if each.fault in DETECTED else []
        assert bad(each.order, each.seq - 1) == expected, each.fault

    assert seen == {"", "unseen", *DETECTED}, "control: every fault was found, and many looks found none"


def test_control_without_what_detects_them_all_readings_are_good(plant: Plant) -> None:
    made()
    definition = read_plant(plant.definition)
    blind = definition.model_copy(
        update={
            "stations": tuple(
                station.model_copy(
                    update={"sensors": tuple(each.model_copy(update={"detects": ()}) for each in station.sensors)}
                )
                for station in definition.stations
            )
        }
    )
    orders = {each.external_ref: each for each in ProductionOrder.objects.all()}
    events = [
        Event(each.order.external_ref, each.seq, Kind(each.kind), 0.0, each.operation, each.station, 0, each.fault)
        for each in ProductionEvent.objects.select_related("order")
    ]
    seeds = {key: order.seed for key, order in orders.items()}
    found = readings(blind, dict.fromkeys(orders, COLOURED), seeds, events)

    assert len(found) == Reading.objects.count()
    assert all(is_within(each.value, sensor.low, sensor.high) for _, sensor, each in found)


def test_ticks_may_fall_anywhere(plant: Plant) -> None:
    found = []
    for ticks in ([LONG], [1, 3, 5, 22, 23, 25.5, 40, 300, LONG]):
        with transaction.atomic():
            made(5, ticks=ticks)
            found.append(rows())
            transaction.set_rollback(True)

    assert found[0] == found[1]
    assert len({row[3] for row in found[0]}) > len(found[0]) / 2, "control: they differ from each other"


def test_a_firing_has_its_course(plant: Plant) -> None:
    made(1)
    reading = Reading.objects.filter(sensor="temperature").earliest("seq")
    shares, values = zip(*reading.points, strict=True)

    assert (shares[0], shares[-1], max(values)) == (0, 1, reading.value)
    assert 1225 <= reading.value <= 1255


def test_a_camera_compares_with_the_ordered_colour_where_there_is_one(plant: Plant) -> None:
    made(1)
    assert set(Reading.objects.filter(sensor="colour").values_list("colour", "high")) == {("#a8c3b2", 2.0)}
    produce(plant_slug=PLANT, external_ref="050-PLAIN", spec=FAULTY, now=at(LONG))
    tick(plant_slug=PLANT, now=at(2 * LONG))
    assert not Reading.objects.filter(order__external_ref="050-PLAIN", sensor="colour").exists()


def test_no_foil_is_measured_where_no_name_was_pressed(plant: Plant) -> None:
    made(1, replace(COLOURED, operations=tuple(each for each in FAULTY.operations if each.id != "press")))

    assert not Reading.objects.filter(sensor__in=["foil", "heat"]).exists()
    assert Reading.objects.filter(sensor="stitch").exists(), "control"


def at_the_kiln() -> None:
    """A piece that reports have brought into the fire."""
    reporting_plant()
    ordered(work=COLOURED)
    tell(Kind.STARTED, "form")
    tell(Kind.FINISHED, "form", minute=2, readings=(Measurement("humidity", 41.5, "%"),))
    tell(Kind.STARTED, "fire", minute=3)


def test_a_report_may_carry_what_was_read(db: None) -> None:
    at_the_kiln()
    said = JobResponse(REF, Kind.FINISHED, "fire", readings=(Measurement("temperature", 1290.0),))
    for _ in range(2):
        report(plant_slug=PLANT, said=said, key="hot", now=at(4))
    humidity, heat = measured(external_ref=REF)

    assert (humidity.name["en"], humidity.unit, humidity.low, humidity.is_good) == ("humidity", "%", None, True)
    assert (heat.name["en"], heat.unit, heat.high, heat.is_good) == ("Highest temperature", "°C", 1255, False)
    assert heat.operation_name["en"] == "the fire"


@pytest.mark.parametrize(
    ("kind", "read", "why"),
    [
        (Kind.FINISHED, [Measurement("temperature", 1290.0, "°F")], "reads in °C"),
        (Kind.FINISHED, [Measurement("temperature", 1240.0, "°C"), Measurement("temperature", 1250.0)], "twice"),
        (Kind.FINISHED, [Measurement("draught", 1.0), Measurement("draught", 2.0)], "twice"),
        (Kind.PAUSED, [Measurement("temperature", 1240.0, "°C")], "none did"),
    ],
)
def test_readings_that_cannot_be_kept_as_they_are_said_are_refused(
    db: None, kind: Kind, read: list[Measurement], why: str
) -> None:
    at_the_kiln()
    operation = "" if kind is Kind.PAUSED else "fire"
    with samples.nothing_written(), pytest.raises(UnusableReport, match=why) as refused:
        tell(kind, operation, minute=4, readings=tuple(read))
    tell(kind, operation, minute=5)

    assert refused.value.extra["field"] == "readings"
    assert Reading.objects.get().sensor == "humidity"


def test_what_was_read_belongs_to_what_ended(db: None) -> None:
    reporting_plant()
    ordered()
    with samples.nothing_written(), pytest.raises(UnusableReport, match="none did"):
        tell(Kind.STARTED, "form", readings=(Measurement("humidity", 41.5, "%"),))


def test_staff_see_what_was_measured_and_nobody_changes_it(plant: Plant, client: Client) -> None:
    made(3)
    client.force_login(samples.operator())
    order = ProductionOrder.objects.earliest("pk")
    page = client.get(f"/admin/factory_sim/productionorder/{order.pk}/change/").content.decode()

    assert "Readings of sensors" in page
    with pytest.raises(Exception, match="never changed or removed"):
        Reading.objects.update(value=0)


def test_nobody_knows_anything_of_an_unknown_piece(db: None) -> None:
    assert measured(external_ref="nobody") == ()
