"""The tick that moves every plant on."""

from typing import Any

from celery import shared_task
from celery.signals import worker_init

from core.availability import UNAVAILABLE
from core.clock import now
from factory_sim.engine.warm import warm_up
from factory_sim.models import Plant
from factory_sim.services import tick as tick_plant


@shared_task(name="factory_sim.tick", throws=UNAVAILABLE, expires=2, soft_time_limit=20, time_limit=30)
def tick(**_: Any) -> None:
    """Append what is due in every plant to its event log."""
    for slug in Plant.objects.order_by("pk").values_list("slug", flat=True):
        tick_plant(plant_slug=slug, now=now())


@shared_task(name="factory_sim.replan", throws=UNAVAILABLE, expires=5, soft_time_limit=20, time_limit=30)
def replan(**_: Any) -> None:
    """Plan the plants anew in which something has happened that calls for it."""
    from factory_sim.plan_service import replan as replan_plant  # noqa: PLC0415 (numba is for workers)

    for slug in Plant.objects.order_by("pk").values_list("slug", flat=True):
        replan_plant(plant_slug=slug, now=now())


@worker_init.connect
def _compile_the_engine(**_: Any) -> None:
    """Before the first child is forked: children that come later have it at once."""
    from factory_sim.planning.warm import warm_up as warm_up_the_planner  # noqa: PLC0415 (numba is for workers)

    warm_up()
    warm_up_the_planner()
