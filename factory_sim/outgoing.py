"""Job orders to a plant outside. Every message says how its order stands when it is sent, not what has changed: it may
be sent twice or late, and messages may overtake each other. A plant keeps the one with the highest version.
"""

import json
from datetime import datetime
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import connection

from core import outbox
from factory_sim.b2mml import job_order
from factory_sim.contracts import JOB_ORDER_TOPIC, Maker, WorkSpec
from factory_sim.jobs import open_orders
from factory_sim.models import Plant, PlantConnection, ProductionOrder
from factory_sim.plant import read_plant
from factory_sim.plant_post import post_signed
from factory_sim.standing import FIRST
from factory_sim.webhooks import read_secrets

log = structlog.get_logger("factory")


class NoSecret(Exception):
    """The settings have no secret for a plant: nothing goes to it unsigned."""


def announce(order: ProductionOrder) -> None:
    """Tell the plant, after the commit, of an order that is new or has changed; nothing where nobody is to be told."""
    plant = order.plant
    told = plant.definition.get("maker") == Maker.REPORTS and PlantConnection.objects.filter(plant=plant).exists()
    if told:
        outbox.enqueue(JOB_ORDER_TOPIC, plant=plant.slug, order_id=order.pk, message=str(uuid4()))


def announce_all(plant: Plant) -> None:
    """Tell a plant that was connected, after the commit, of everything that it is to make."""
    for order in open_orders(plant).select_related("plant"):
        announce(order)


def send_job_order(*, order_id: int, message: str, now: datetime) -> None:
    """Send an order as it stands, one at a time to each plant: a slow one holds up one worker and no more.

    Raises NoSecret, outbox.NotNow, and what `post_signed` raises; the outbox then tries again.

    A plant that is not connected any more, or makes nothing by itself any more, is told nothing.
    """
    order = ProductionOrder.objects.select_related("plant__connection").get(pk=order_id)
    definition = read_plant(order.plant.definition)
    told = PlantConnection.objects.filter(plant=order.plant).first()
    if told is None or definition.maker is not Maker.REPORTS:
        return
    secrets = secrets_of(order.plant.slug)
    if not secrets:
        raise NoSecret(order.plant.slug)
    if not _is_alone(order.plant):
        raise outbox.NotNow
    post_signed(
        address=told.address,
        secret=secrets[0],
        message_id=message,
        timestamp=int(now.timestamp()),
        body=json.dumps(message_of(order), ensure_ascii=False).encode(),
    )
    log.info("job_order_sent", plant=order.plant.slug, ref=order.external_ref, status=order.status)


def _is_alone(plant: Plant) -> bool:
    """Whether nobody else sends to the plant until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", [JOB_ORDER_TOPIC, plant.pk])
        return bool(cursor.fetchone()[0])


def message_of(order: ProductionOrder) -> dict[str, object]:
    """What is sent of an order."""
    scheme = "https" if settings.HTTPS else "http"
    return job_order(
        WorkSpec.from_json(order.work_spec),
        ref=order.external_ref,
        state=order.status,
        version=order.next_seq - 1,
        priority=FIRST if order.is_first else None,
        due_at=order.due_at,
        site=f"{scheme}://{settings.SITE_HOST}",
    )


def secrets_of(plant_slug: str) -> tuple[bytes, ...]:
    """The secrets of a plant, the one to sign with first; none where the settings name none. Raises UnusableSecret."""
    return read_secrets(settings.PLANT_SECRETS.get(plant_slug, ""))
