"""A plant that reports, and reports to give to it."""

from datetime import datetime
from typing import Any

from factory_sim.contracts import Fault, JobResponse, Kind, MaterialSpec, WorkSpec
from factory_sim.models import FactoryClock, Plant, ProductionOrder, WorkReport
from factory_sim.report_service import report
from factory_sim.services import load_plant, produce
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SPEED, at, step

REF = "001-ABCDE"
CRACK = Fault("crack", 0.1, "form", {"ko": "금이 갔습니다.", "en": "It is cracked."})
CLAY = MaterialSpec("clay", {"ko": "흙", "en": "Clay"}, 9_000, "g")
FOIL = MaterialSpec("foil", {"ko": "박", "en": "Foil"}, 12, "cm²", operation="press")
WORK = WorkSpec(
    title={"ko": "잔", "en": "a cup"},
    operations=(
        step("form", "forming", 30, instruction={"ko": "빚으세요.", "en": "Form it."}),
        step("press", "foil", 10),
        step("look", "inspection", 5, faults=(CRACK,)),
    ),
    materials=(CLAY, FOIL),
)
ROUND = (
    *((Kind.STARTED, "form"), (Kind.FINISHED, "form")),
    *((Kind.STARTED, "press"), (Kind.FINISHED, "press")),
    *((Kind.STARTED, "look"), (Kind.PASSED, "look")),
)
"""What is reported of a piece that goes through without a fault."""


def reporting_plant(*, speed: float = SPEED, now: datetime = MONDAY, **changes: Any) -> Plant:
    """The demo's plant, made by people: open, empty, its clock running since Monday, 09:00.

    Nobody could set its speed; here a second is a minute, as for simulated plants.
    """
    loaded = load_plant(data={**samples.toml("plants/mangwon.toml"), "maker": "reports", **changes}, now=now)
    FactoryClock.objects.filter(plant=loaded).update(speed=speed)
    return loaded


def ordered(*refs: str, work: WorkSpec = WORK) -> list[ProductionOrder]:
    return [produce(plant_slug=PLANT, external_ref=ref, spec=work, now=at(0)) for ref in refs or (REF,)]


def tell(
    kind: Kind, operation: str = "", *, ref: str = REF, minute: float = 1, key: str = "", **more: Any
) -> WorkReport:
    """One report, `minute` working minutes after 09:00."""
    said = JobResponse(ref, kind, operation, **more)
    return report(plant_slug=PLANT, said=said, key=key or f"{ref} {kind} {operation} {minute}", now=at(minute))


def tell_round(ref: str = REF) -> None:
    for minute, (kind, operation) in enumerate(ROUND, 1):
        tell(kind, operation, ref=ref, minute=minute)
