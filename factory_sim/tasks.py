"""The tick that moves every plant on."""

from typing import Any

from celery import shared_task
from celery.signals import worker_init

from core import outbox
from core.availability import UNAVAILABLE
from core.clock import now
from factory_sim.contracts import JOB_ORDER_TOPIC
from factory_sim.engine.warm import warm_up
from factory_sim.models import Plant
from factory_sim.outgoing import send_job_order
from factory_sim.services import tick as tick_plant


@outbox.handler(JOB_ORDER_TOPIC)
def tell_plant(*, order_id: int, message: str, **_: Any) -> None:
    """Send an order to the plant outside that makes it."""
    send_job_order(order_id=order_id, message=message, now=now())


@shared_task(name="factory_sim.tick", throws=UNAVAILABLE, expires=2, soft_time_limit=20, time_limit=30)
def tick(**_: Any) -> None:
    """Append what is due in every plant to its event log."""
    for slug in Plant.objects.order_by("pk").values_list("slug", flat=True):
        tick_plant(plant_slug=slug, now=now())


@shared_task(name="factory_sim.replan", throws=UNAVAILABLE, expires=2, soft_time_limit=20, time_limit=30)
def replan(**_: Any) -> None:
    """Look at every plant in a task of its own: what goes wrong in one keeps no other from its plan."""
    for slug in Plant.objects.order_by("pk").values_list("slug", flat=True):
        replan_plant.apply_async(kwargs={"plant_slug": slug}, expires=2)


@shared_task(name="factory_sim.replan_plant", throws=UNAVAILABLE, expires=2, soft_time_limit=20, time_limit=30)
def replan_plant(*, plant_slug: str, **_: Any) -> None:
    """Plan a plant anew if something has happened in it that calls for it."""
    from factory_sim import plan_service  # noqa: PLC0415 (numba is for workers)

    plan_service.replan(plant_slug=plant_slug, now=now())


@worker_init.connect
def _compile_the_engine(**_: Any) -> None:
    """Before the first child is forked: children that come later have it at once."""
    from factory_sim.planning.warm import warm_up as warm_up_the_planner  # noqa: PLC0415 (numba is for workers)

    warm_up()
    warm_up_the_planner()
