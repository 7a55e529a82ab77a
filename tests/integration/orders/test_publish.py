"""The published queue: it says what would be computed, counts everybody, and nobody gets a place twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from configurator.selectors import definition_of
from editions.models import Edition
from factory_sim import promise, publication
from factory_sim.models import QueuePublication
from factory_sim.services import load_plant, pause_clock
from orders import tasks, work_ahead
from orders.models import Order, OrderStatus
from orders.selectors import outlook, promise_before_settling, promise_of, queue_for
from orders.services.produce import start_production
from orders.services.publish import publish_queues
from orders.services.quote import make_quote
from tests import samples

pytestmark = pytest.mark.django_db

Log = Callable[[], list[dict[str, Any]]]
ROUGHLY = timedelta(minutes=20)
"""Of the day to a date behind some orders."""


@pytest.fixture
def edition(db: None, now: datetime) -> Edition:
    """An edition in whose plant no time passes: only the queue decides when a piece is ready."""
    edition = samples.open_edition(now=now, size=20)
    pause_clock(plant_slug="mangwon", now=now)
    return edition


def likely(edition: Edition, now: datetime) -> datetime:
    """When a piece in the preset's materials would be ready."""
    return make_quote(edition=edition, data=samples.design(edition), now=now).offer.likely_at


def place(edition: Edition, now: datetime, count: int) -> list[Order]:
    return [samples.order_in_review(edition, now=now + timedelta(milliseconds=each)) for each in range(count)]


def never(*_args: Any, **_kwargs: Any) -> NoReturn:
    raise AssertionError("a request computed the queue")


def published_at() -> datetime | None:
    return QueuePublication.objects.get().published_at


# --- The same promise, without computing it -----------------------------------------------------------


def test_what_is_published_promises_much_what_would_be_computed(edition: Edition, now: datetime) -> None:
    place(edition, now, 6)
    later = now + timedelta(seconds=5)
    computed = make_quote(edition=edition, data=samples.design(edition), now=later).offer

    assert publish_queues(now=later) == 1
    published = make_quote(edition=edition, data=samples.design(edition), now=later).offer

    # What is published comes from the engine, a request has only the recursion: tests/unit/factory_sim/live/.
    assert abs(published.likely_at - computed.likely_at) < ROUGHLY
    assert abs(published.safe_at - computed.safe_at) < ROUGHLY
    assert published.likely_at != computed.likely_at, "control: it is another calculation"


def test_a_request_computes_nothing_and_outlives_the_cache(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(edition, now, 3)
    publish_queues(now=now)
    monkeypatch.setattr(promise, "behind", never)
    cache.clear()
    publication._kept.clear()

    assert likely(edition, now)
    QueuePublication.objects.all().delete()
    with pytest.raises(AssertionError, match="a request computed"):
        likely(edition, now)


def test_it_is_read_from_the_database_once(edition: Edition, now: datetime) -> None:
    publish_queues(now=now)
    definition_of(edition.version)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            queue_for(edition.version, now)
        counts.append(len(captured))

    assert counts == [3, 2], "clock and publication, its content, and who ordered since"


def test_everybody_who_waits_is_counted(edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_ahead, "MOST_WAITING", 3)
    place(edition, now, 12)
    later = now + timedelta(seconds=5)
    hopeful = likely(edition, later)

    publish_queues(now=later)

    assert likely(edition, later) > hopeful, "control: computed here, nine of them are not counted"


def test_no_statement_reads_those_that_are_published(edition: Edition, now: datetime) -> None:
    place(edition, now, 5)
    publish_queues(now=now + timedelta(seconds=5))

    with CaptureQueriesContext(connection) as captured:
        queue_for(edition.version, now + timedelta(seconds=5))

    (asked,) = [each["sql"] for each in captured.captured_queries if 'FROM "orders_order"' in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchall() == []
    assert Order.objects.filter(work_ahead.WAITING).count() == 5, "control: they are there"


# --- Who orders after it ------------------------------------------------------------------------------


def test_two_who_order_after_it_do_not_get_the_same_place(edition: Edition, now: datetime) -> None:
    publish_queues(now=now)

    promised = [order.likely_at for order in place(edition, now + timedelta(seconds=1), 9)]

    assert promised == sorted(promised)
    assert promised[0] < promised[-1]


def test_control_without_those_that_came_since_they_would(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_queues(now=now)
    QueuePublication.objects.update(counted_until=now + timedelta(hours=1))

    assert len({order.likely_at for order in place(edition, now + timedelta(seconds=1), 9)}) == 1


def test_an_order_is_counted_once_when_it_was_seen_although_it_is_young(edition: Edition, now: datetime) -> None:
    place(edition, now, 9)
    publish_queues(now=now + timedelta(milliseconds=100))
    young = likely(edition, now + timedelta(milliseconds=100))

    QueuePublication.objects.update(counted_until=now + timedelta(seconds=1))

    assert likely(edition, now + timedelta(milliseconds=100)) == young


def test_the_next_publication_takes_over_without_a_jump(edition: Edition, now: datetime) -> None:
    publish_queues(now=now)
    place(edition, now + timedelta(seconds=1), 9)
    before = likely(edition, now + timedelta(seconds=2))

    assert publish_queues(now=now + timedelta(seconds=2)) == 1

    assert abs(likely(edition, now + timedelta(seconds=2)) - before) < ROUGHLY


def test_too_many_since_are_computed_instead(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch, log_lines: Log
) -> None:
    publish_queues(now=now)
    place(edition, now + timedelta(seconds=1), 4)
    monkeypatch.setattr(work_ahead, "MOST_SINCE", 3)

    likely(edition, now + timedelta(seconds=2))

    assert log_lines()[-1]["why"] == "over 3 orders were placed since"


def test_another_plants_orders_do_not_hide_ours(
    edition: Edition, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_lines: Log
) -> None:
    load_plant(data={**samples.toml("plants/mangwon.toml"), "slug": "seongsu"}, now=now)
    publish_queues(now=now)
    asked_at = now + timedelta(seconds=2)
    ours = place(edition, now + timedelta(seconds=1), 4)
    alone = promise_of(edition.version, ours[0].configuration, asked_at)
    elsewhere = samples.revised_edition(tmp_path, {'plant = "mangwon"': 'plant = "seongsu"'}, now=now)
    place(elsewhere, now, 3)
    monkeypatch.setattr(work_ahead, "MOST_SINCE", 4)

    assert promise_of(edition.version, ours[0].configuration, asked_at) == alone
    QueuePublication.objects.all().delete()
    monkeypatch.setattr(work_ahead, "MOST_WAITING", 4)
    computed = promise_of(edition.version, ours[0].configuration, asked_at)
    assert (computed.likely_at, computed.safe_at) == (alone.likely_at, alone.safe_at), "theirs were placed before ours"
    assert [line["event"] for line in log_lines()].count("queue_not_published") == 1, "control: it was computed"


def test_orders_that_are_published_do_not_count_against_the_limit(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch, log_lines: Log
) -> None:
    ours = place(edition, now, 6)
    publish_queues(now=now)
    monkeypatch.setattr(work_ahead, "MOST_SINCE", 4)

    promise_of(edition.version, ours[0].configuration, now + timedelta(seconds=1))

    assert [line["why"] for line in log_lines() if line.get("why", "").startswith("over")] == []


def test_those_being_settled_come_before_behind_what_is_published(edition: Edition, now: datetime) -> None:
    publish_queues(now=now)
    orders = [samples.unpaid_order(edition, now=now) for _ in range(8)]
    for order in orders:
        order.payments.get().change_status("preauth")

    promised = [promise_before_settling(order, now).likely_at for order in orders]

    assert promised == sorted(promised)
    assert promised[0] < promised[-1]


# --- A placed order's own place -----------------------------------------------------------------------


def test_a_placed_order_sees_its_place(edition: Edition, now: datetime) -> None:
    orders = place(edition, now, 9)
    publish_queues(now=now)
    since = samples.order_in_review(edition, now=now + timedelta(seconds=1))

    looks = [outlook(order, now) for order in [*orders, since]]
    seen = [each.likely_at for each in looks if each]

    assert len(seen) == 10
    assert seen[0] < seen[-2]
    assert abs(seen[0] - orders[0].likely_at) < timedelta(hours=1), "about what was promised"
    assert seen[-1] >= seen[-3], "and one that came since stands behind"


def test_a_piece_that_went_into_the_plant_is_not_in_front_twice(
    edition: Edition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when it moves between the two reads: it is read as waiting, and then among the pieces being made."""
    orders = place(edition, now, 9)
    waiting = work_ahead.all_waiting(now)["mangwon"]
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(status=OrderStatus.APPROVED)
    for order in orders:
        start_production(order_id=order.pk, now=now)
    publish_queues(now=now)
    once = likely(edition, now)

    QueuePublication.objects.update(seen="")
    monkeypatch.setattr("orders.services.publish.all_waiting", lambda _now: {"mangwon": waiting})
    assert publish_queues(now=now) == 1

    assert likely(edition, now) == once


# --- When it is written -------------------------------------------------------------------------------


def test_it_is_published_when_something_has_changed_and_else_every_twenty_seconds(
    edition: Edition, now: datetime
) -> None:
    assert publish_queues(now=now) == 1
    assert publish_queues(now=now + timedelta(seconds=1)) == 0
    samples.order_in_review(edition, now=now)
    assert publish_queues(now=now + timedelta(seconds=2)) == 1, "an order"
    order = Order.objects.get()
    Order.objects.update(status=OrderStatus.APPROVED)
    start_production(order_id=order.pk, now=now)
    assert publish_queues(now=now + timedelta(seconds=3)) == 1, "the plant"
    assert publish_queues(now=now + timedelta(seconds=22)) == 0
    assert publish_queues(now=now + timedelta(seconds=23)) == 1, "what is at work goes on"


def test_the_worker_does_it_for_every_plant(edition: Edition, now: datetime) -> None:
    load_plant(data={**samples.toml("plants/mangwon.toml"), "slug": "seongsu"}, now=now)

    tasks.publish_queues()

    assert QueuePublication.objects.exclude(seen="").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_publish_at_once(edition: Edition, now: datetime) -> None:
    publish_queues(now=now)
    QueuePublication.objects.update(seen="")

    def elsewhere() -> int:
        try:
            return publish_queues(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        QueuePublication.objects.select_for_update().get()
        assert other.submit(elsewhere).result(20) == 0, "it did not wait either"

    assert publish_queues(now=now) == 1, "control"


# --- When it cannot be used ---------------------------------------------------------------------------


def test_before_the_first_one_a_request_computes_and_says_so(edition: Edition, now: datetime, log_lines: Log) -> None:
    assert likely(edition, now)

    (line,) = [each for each in log_lines() if each["event"] == "queue_not_published"]
    assert (line["plant"], line["why"]) == ("mangwon", "nothing is published yet")


def test_one_that_is_too_old_is_not_used_and_its_age_is_said(edition: Edition, now: datetime, log_lines: Log) -> None:
    publish_queues(now=now)
    likely(edition, now + timedelta(seconds=60))
    assert not [each for each in log_lines() if each["event"] == "queue_not_published"], "control: it is not yet"

    assert likely(edition, now + timedelta(seconds=75))

    (line,) = [each for each in log_lines() if each["event"] == "queue_not_published"]
    assert line["why"] == "it is 75 seconds old"


def test_one_for_other_opening_hours_is_not_used(edition: Edition, now: datetime, log_lines: Log) -> None:
    publish_queues(now=now)
    before = likely(edition, now)
    plant = samples.toml("plants/mangwon.toml")
    load_plant(data={**plant, "opening": {**plant["opening"], "closes": "15:00"}}, now=now)

    after = likely(edition, now)

    assert [each["why"] for each in log_lines() if each["event"] == "queue_not_published"] == [
        "the plant has changed since"
    ]
    assert after > before
    publish_queues(now=now)
    assert likely(edition, now) == after


def test_promises_of_a_version_agree_with_the_quote(edition: Edition, now: datetime) -> None:
    publish_queues(now=now)
    offer = make_quote(edition=edition, data=samples.design(edition), now=now).offer

    found = promise_of(edition.version, offer.configuration, now)

    assert (found.likely_at, found.safe_at) == (offer.likely_at, offer.safe_at)
