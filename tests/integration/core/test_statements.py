"""Statements that are written once: they answer as the queryset does, for whatever values."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext

from core.models import OutboxMessage
from core.statements import NotInStatement, Rows, Statement
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db

HOURS = (1, 2, 3, 4)


def due(topic: str, before: datetime, most: int) -> Rows:
    """Messages of a topic by their attempts, that were due before a time and have been tried so often at most."""
    found = OutboxMessage.objects.filter(Q(topic=topic, due_at__lt=before), attempts__lte=most)
    return found.order_by("pk").values_list("pk", "topic", "due_at", "attempts")


@pytest.fixture
def messages(db: None) -> None:
    OutboxMessage.objects.bulk_create(
        OutboxMessage(topic=topic, payload={}, created_at=MONDAY, due_at=MONDAY + timedelta(hours=hour), attempts=hour)
        for topic in ("one", "other")
        for hour in HOURS
    )


@pytest.mark.usefixtures("messages")
def test_it_answers_as_the_queryset_for_all_values_and_is_written_once() -> None:
    written: list[str] = []

    def write(topic: str, before: datetime, most: int) -> Rows:
        written.append(topic)
        return due(topic, before, most)

    statement = Statement(write, topic=str, before=datetime, most=int)
    cases = [
        (topic, MONDAY + timedelta(hours=hour), most) for topic in ("one", "no") for hour in HOURS for most in HOURS
    ]

    found = [statement(topic=topic, before=before, most=most) for topic, before, most in cases]

    assert found == [list(due(*case)) for case in cases]
    assert len({len(rows) for rows in found}) > 2, "control: values make a difference"
    assert len(written) == 1


def test_a_value_that_is_changed_before_it_is_handed_on_is_refused() -> None:
    statement = Statement(lambda before: due("one", before + timedelta(hours=1), 3), before=datetime)

    with pytest.raises(NotInStatement, match="before"):
        statement(before=MONDAY)


def test_it_is_one_statement_for_the_database() -> None:
    def named(name: str) -> Rows:
        return Group.objects.filter(name=name).values("name").annotate(count=Count("pk")).values_list("count")

    statement = Statement(named, name=str)
    Group.objects.create(name="reviewers")

    with CaptureQueriesContext(connection) as asked:
        assert [statement(name=name) for name in ("reviewers", "stands for value 0")] == [[(1,)], []]

    assert len(asked) == 2
