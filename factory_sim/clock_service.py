"""Staff set a plant's clock, and it is written down who did it and when."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from factory_sim.floor_models import Act, ClockAct
from factory_sim.models import FactoryClock
from factory_sim.plant import read_plant
from factory_sim.services import clock_to_set, pause_clock, run_clock
from factory_sim.time import factory_now


@transaction.atomic
def let_run(*, plant_slug: str, speed: float, actor: User, now: datetime) -> ClockAct:
    """Let the clock run at a speed; see `services.run_clock` for from when. All here raise ClockShowsRealTime."""
    clock = run_clock(plant_slug=plant_slug, speed=speed, now=now)
    return _written(clock, Act.RUN, actor, now, speed=speed)


@transaction.atomic
def pause(*, plant_slug: str, actor: User, now: datetime) -> ClockAct:
    """Stop the clock where it stands."""
    return _written(pause_clock(plant_slug=plant_slug, now=now), Act.PAUSE, actor, now)


@transaction.atomic
def jump(*, plant_slug: str, minutes: float, actor: User, now: datetime) -> ClockAct:
    """Put the clock forward by so many working minutes; the next tick lets everything in between happen."""
    clock = clock_to_set(plant_slug)
    calendar = read_plant(clock.plant.definition).opening.calendar()
    clock.factory_anchor = calendar.to_clock(calendar.to_working(factory_now(clock, now)) + minutes)
    clock.real_anchor = now
    clock.save(update_fields=["real_anchor", "factory_anchor"])
    return _written(clock, Act.JUMP, actor, now, minutes=minutes)


def _written(clock: FactoryClock, act: Act, actor: User, now: datetime, **amounts: float) -> ClockAct:
    shown = factory_now(clock, now)
    return ClockAct.objects.create(plant_id=clock.plant_id, act=act, actor=actor, at=now, shown=shown, **amounts)
