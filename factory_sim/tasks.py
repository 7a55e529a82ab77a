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


@worker_init.connect
def _compile_the_engine(**_: Any) -> None:
    """Before the first child is forked: children that come later have it at once."""
    warm_up()
