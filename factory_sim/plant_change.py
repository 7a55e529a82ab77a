"""What becomes of a plant, its clock and its machines when its definition changes."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.problems import Problem
from factory_sim.contracts import MachineKind, Maker
from factory_sim.jobs import machines_down, machines_of, open_orders, rows_of
from factory_sim.live.breakdowns import moved
from factory_sim.models import FactoryClock, MachineLogEntry, Plant
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.standing import UNPLANNED


class PlantInUse(Problem):
    """A changed definition would hurt the pieces or the products of a plant; it keeps the one that it has."""

    code = "plant_in_use"
    status = 409


def check_plant(*, definition: PlantDefinition) -> None:
    """Raise PlantInUse where `services.load_plant` would; nothing where there is no such plant yet."""
    plant = Plant.objects.filter(slug=definition.slug).first()
    if plant is not None:
        _refuse_what_hurts(plant, read_plant(plant.definition), definition)


def change_plant(definition: PlantDefinition, now: datetime) -> Plant:
    """Give a plant another definition; its clock is locked. Raises PlantInUse."""
    clock = FactoryClock.objects.select_for_update().select_related("plant").get(plant__slug=definition.slug)
    old = read_plant(clock.plant.definition)
    if definition == old:
        return clock.plant
    _refuse_what_hurts(clock.plant, old, definition)
    clock.plant.definition = definition.model_dump(mode="json")
    clock.plant.save(update_fields=["definition"])
    if definition.opening != old.opening:
        _count_anew(clock, old, definition)
    if old.planned and not definition.planned:
        open_orders(clock.plant).update(urgency=UNPLANNED)
    if definition.maker is Maker.REPORTS and old.maker is not Maker.REPORTS:
        _repair_all(clock, definition)
        show_real_time(clock, definition, now)
    clock.revision += 1
    clock.save()
    return clock.plant


def show_real_time(clock: FactoryClock, definition: PlantDefinition, now: datetime) -> None:
    """From now on the clock shows what every clock shows: people work by it. The caller saves it."""
    clock.real_anchor = clock.factory_anchor = now
    clock.speed, clock.paused = 1.0, False
    clock.horizon = definition.opening.calendar().to_working(now)


def _count_anew(clock: FactoryClock, old: PlantDefinition, new: PlantDefinition) -> None:
    """Working minutes are counted in opening hours: the log ends at the same moment, but at another minute."""
    before = clock.horizon
    clock.horizon = new.opening.calendar().to_working(old.opening.calendar().to_clock(before))
    machines = {name: moved(each, clock.horizon - before) for name, each in machines_of(clock).items()}
    clock.machines = rows_of(machines)


def _repair_all(clock: FactoryClock, definition: PlantDefinition) -> None:
    """Breakdowns are the simulation's: nobody would ever report that such a machine is up again."""
    at = definition.opening.calendar().to_clock(clock.horizon)
    MachineLogEntry.objects.bulk_create(
        MachineLogEntry(
            plant=clock.plant, station=station, machine=number, kind=MachineKind.UP, minute=clock.horizon, at=at
        )
        for station, number in sorted(machines_down(clock.plant))
    )
    clock.machines = []


def _refuse_what_hurts(plant: Plant, old: PlantDefinition, new: PlantDefinition) -> None:
    lost = old.machines().keys() - new.machines().keys()
    if lost:
        raise PlantInUse(
            _("The plant %(plant)s stays as it was: products and finished pieces name its stations (%(stations)s).")
            % {"plant": plant.slug, "stations": ", ".join(sorted(lost))}
        )
    count = open_orders(plant).count()
    if count and not new.only_adds_to(old):
        raise PlantInUse(
            ngettext(
                "The plant %(plant)s stays as it was: %(count)d piece is being made, "
                "and until it is done only stations can be added.",
                "The plant %(plant)s stays as it was: %(count)d pieces are being made, "
                "and until they are done only stations can be added.",
                count,
            )
            % {"plant": plant.slug, "count": count}
        )
