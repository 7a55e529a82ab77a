"""What was sold before there was a ledger is entered when a database is brought up to date."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from accounts.models import User
from editions.models import Edition, Hold, LedgerEntry
from editions.pricing import PriceCard, Step
from orders.ledger_audit import audit_ledger
from orders.services.review import reject_order
from tests import samples

pytestmark = pytest.mark.django_db

EDITIONS = import_module("editions.migrations.0005_announced_before")
ORDERS = import_module("orders.migrations.0008_sold_before_the_ledger")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def before(now: datetime, reviewer: User) -> Edition:
    """An edition that has sold, given back and sold again, without a ledger, as it was before there was one."""
    card = PriceCard((Step(1, 58_000), Step(2, 64_000), Step(4, 72_000)))
    edition = samples.open_edition(now=now - timedelta(minutes=30), card=card)
    first = samples.order_in_review(edition, now=now - timedelta(minutes=9))
    samples.order_in_review(edition, now=now - timedelta(minutes=8))
    reject_order(order_id=first.pk, actor=reviewer, now=now - timedelta(minutes=7), reason="The name is a brand's.")
    for minutes in (6, 5):
        samples.order_in_review(edition, now=now - timedelta(minutes=minutes))
    samples.unpaid_order(edition, now=now)
    edition.refresh_from_db()
    return edition


def rows() -> list[dict[str, Any]]:
    return [dict(row) for row in LedgerEntry.objects.order_by("sequence").values()]


def forget() -> list[dict[str, Any]]:
    """Empty the ledger and the holds' counters; returns what stood in the ledger."""
    told = rows()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE editions_ledgerentry DISABLE TRIGGER editions_ledgerentry_append_only")
    run("DELETE FROM editions_ledgerentry")
    run("UPDATE editions_hold SET counters = '{}'")
    return told


def bring_up_to_date() -> None:
    with connection.schema_editor() as editor:
        EDITIONS.write_down(apps, editor)
        ORDERS.write_down(apps, editor)


def test_the_history_is_entered_as_it_would_have_been(before: Edition) -> None:
    told = forget()

    bring_up_to_date()

    found = rows()
    names = ("sequence", "kind", "at", "card", "orders_placed", "total", "piece", "takes_back", "breakdown", "terms")
    assert [[row[name] for name in names] for row in found] == [[row[name] for name in names] for row in told]
    assert [row["kind"] for row in found] == ["announced", "sale", "sale", "return", "sale", "sale"]
    # How many orders there were when a price was frozen was not written down; the fewest at which it applies were.
    assert [row["counters"] for row in found if row["kind"] == "sale"] == [{"orders_placed": n} for n in (0, 1, 1, 3)]
    assert audit_ledger(before.pk).entries == 6


def test_a_hold_of_before_can_be_paid_after(before: Edition, now: datetime) -> None:
    forget()

    bring_up_to_date()

    assert list(Hold.objects.order_by("-pk").values_list("counters", flat=True))[:1] == [{"orders_placed": 3}]
    samples.order_in_review(before, now=now)
    assert audit_ledger(before.pk).orders == 5


def test_a_ledger_that_has_sales_is_left_alone(before: Edition) -> None:
    with samples.nothing_written(), connection.schema_editor() as editor:
        ORDERS.write_down(apps, editor)
