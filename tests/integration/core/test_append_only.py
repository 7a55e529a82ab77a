"""Rows that are never changed or removed: the database itself refuses, whoever asks."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from configurator.compile import work_spec
from configurator.selectors import definition_of
from editions.models import Edition
from factory_sim.models import ProductionEvent
from factory_sim.services import produce
from tests import samples

pytestmark = pytest.mark.django_db

TABLES = {
    "configurator_productversion": "number = number + 1",
    "orders_orderevent": "reason = 'it was not me'",
    "factory_sim_productionevent": "minute = minute - 60",
}


@pytest.fixture
def history(edition: Edition, now: datetime) -> None:
    """At least one row in each of the tables."""
    order = samples.order_in_review(edition, now=now)
    spec = work_spec(definition_of(edition.version), order.configuration)
    made = produce(plant_slug="mangwon", external_ref=order.reference, spec=spec, now=now)
    ProductionEvent.objects.create(order=made, seq=1, kind="released", minute=made.released_at, at=now)


def run(statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses(history: None, table: str, verb: str) -> None:
    statement = f"DELETE FROM {table}" if verb == "delete" else f"UPDATE {table} SET {TABLES[table]}"

    refused = pytest.raises(IntegrityError, match=f"rows of {table} are never changed or removed")
    with samples.nothing_written(), refused:
        run(statement)


@pytest.mark.parametrize("table", TABLES)
def test_control_without_its_trigger_the_table_would_take_the_change(history: None, table: str) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")

    assert run(f"UPDATE {table} SET {TABLES[table]}") >= 1
