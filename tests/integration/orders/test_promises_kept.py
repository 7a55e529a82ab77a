"""Every promise is compared with what happened; the next ones learn from it, and everybody may see it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from editions.models import Edition
from factory_sim.models import FactoryClock, GivenPromise, Plant, QueuePublication
from factory_sim.selectors import factory_time, promise_record
from factory_sim.services import pause_clock, tick
from orders.models import Order, OrderStatus
from orders.promises_page import height, interval
from orders.services.produce import finish_production, start_production
from orders.services.publish import publish_queues
from orders.services.quote import make_quote
from orders.services.review import reject_order
from tests import samples

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def edition(db: None, now: datetime) -> Edition:
    """An edition in whose plant no time passes."""
    edition = samples.open_edition(now=now)
    pause_clock(plant_slug="mangwon", now=now)
    return edition


def promises_of_before(now: datetime, *, kept: int, broken: int, open_though_due: int = 0) -> None:
    """Promises that came due last week, a working day after the order: ready in half of that time, or in twice."""
    start = factory_time(plant_slug="mangwon", now=now).at - timedelta(days=14)
    delays = [timedelta(hours=12)] * kept + [timedelta(days=2)] * broken + [None] * open_though_due
    GivenPromise.objects.bulk_create(
        GivenPromise(
            plant=Plant.objects.get(slug="mangwon"),
            external_ref=f"before-{number}",
            given_at=start + timedelta(minutes=number),
            likely_at=start + timedelta(minutes=number, hours=20),
            safe_at=start + timedelta(minutes=number, days=1),
            likely_stretch=1,
            safe_stretch=1,
            ready_at=None if delay is None else start + timedelta(minutes=number) + delay,
        )
        for number, delay in enumerate(delays)
    )


def safe_at(edition: Edition, now: datetime) -> datetime:
    return make_quote(edition=edition, data=samples.design(edition), now=now).offer.safe_at


# --- What is remembered -------------------------------------------------------------------------------


def test_the_promise_of_an_order_is_remembered_with_it(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)

    given = GivenPromise.objects.get()
    assert (given.external_ref, given.likely_at, given.safe_at) == (order.reference, order.likely_at, order.safe_at)
    assert given.given_at == factory_time(plant_slug="mangwon", now=now).at
    assert given.ready_at is None


def test_it_is_forgotten_when_the_order_is_declined(edition: Edition, now: datetime, reviewer: User) -> None:
    kept, declined = (samples.order_in_review(edition, now=now) for _ in range(2))

    reject_order(order_id=declined.pk, actor=reviewer, now=now, reason="It cannot be made.")

    assert list(GivenPromise.objects.values_list("external_ref", flat=True)) == [kept.reference]


def test_it_is_compared_with_the_moment_at_which_the_piece_was_ready(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now)
    Order.objects.update(status=OrderStatus.APPROVED)
    start_production(order_id=order.pk, now=now)
    FactoryClock.objects.update(paused=False, real_anchor=now)
    tick(plant_slug="mangwon", now=now + timedelta(days=21))
    for _ in range(2):
        finish_production(external_ref=order.reference, now=now + timedelta(days=21))

    completed = Plant.objects.get(slug="mangwon").orders.get().events.get(kind="completed")
    assert GivenPromise.objects.get().ready_at == completed.at


# --- What is learned ----------------------------------------------------------------------------------


def test_broken_promises_make_the_next_ones_later(edition: Edition, now: datetime) -> None:
    publish_queues(now=now)
    before = safe_at(edition, now)
    promises_of_before(now, kept=30, broken=30)

    publish_queues(now=now + timedelta(seconds=20))

    row = QueuePublication.objects.get()
    assert (row.learned_from, row.safe_stretch) == (60, 2.0)
    assert safe_at(edition, now) > before
    assert GivenPromise.objects.count() == 60, "a quote is not a promise"
    order = samples.order_in_review(edition, now=now)
    assert GivenPromise.objects.get(external_ref=order.reference).safe_stretch == 2.0


def test_promises_that_were_too_careful_make_the_next_ones_sooner(edition: Edition, now: datetime) -> None:
    publish_queues(now=now)
    before = safe_at(edition, now)
    promises_of_before(now, kept=60, broken=0)

    publish_queues(now=now + timedelta(seconds=20))

    assert QueuePublication.objects.get().safe_stretch == 0.75
    assert safe_at(edition, now) < before


def test_what_was_learned_holds_when_the_queue_is_computed(edition: Edition, now: datetime) -> None:
    promises_of_before(now, kept=30, broken=30)
    publish_queues(now=now)
    published = safe_at(edition, now)

    QueuePublication.objects.update(published_at=now - HOUR)

    assert abs(safe_at(edition, now) - published) < timedelta(seconds=2)


def test_promises_that_are_not_due_teach_nothing_yet(edition: Edition, now: datetime) -> None:
    promises_of_before(now, kept=30, broken=30)
    GivenPromise.objects.update(safe_at=factory_time(plant_slug="mangwon", now=now).at + HOUR)

    publish_queues(now=now)

    assert QueuePublication.objects.get().learned_from == 0


# --- What everybody sees ------------------------------------------------------------------------------


def test_a_record_counts_what_is_due_fifty_at_a_time(edition: Edition, now: datetime) -> None:
    promises_of_before(now, kept=100, broken=10, open_though_due=10)

    found = [(batch.of, batch.safe) for batch in promise_record(plant_slug="mangwon", now=now).batches]

    assert found == [(50, 50), (50, 50), (20, 0)], "who is due and not ready has had no promise kept"


@pytest.mark.parametrize(
    ("language", "too_few"),
    [("en", "Too few finished pieces yet: 19 promises have come due."), ("ko", "<h2>망원 공방")],
)
def test_of_few_promises_no_share_is_told(
    edition: Edition, client: Client, now: datetime, language: str, too_few: str
) -> None:
    promises_of_before(now, kept=19, broken=0)

    page = client.get(f"/{language}/promises/").content.decode()

    assert too_few in page
    assert "<svg viewBox" not in page
    assert re.findall(r"<d[dt]>", page) == []


def test_the_page_says_how_many_were_kept(edition: Edition, client: Client, now: datetime) -> None:
    promises_of_before(now, kept=99, broken=11)

    page = client.get("/en/promises/").content.decode()

    assert "The last 110 promises that came due." in page
    assert re.findall(r"<dd>(\d+%)</dd>", page) == ["90%", "90%"]
    rows = re.findall(r"<tr><td>[^<]+</td><td>(\d+)</td><td>(\d+%)</td><td>(\d+%)</td></tr>", page)
    # The last ten are too few for a share of their own.
    assert rows == [("50", "100%", "100%"), ("60", "82%", "82%")]
    assert page.count('<g class="safe"><line') == 2
    assert "style=" not in page


def test_before_any_plant_there_is_a_page(db: None, client: Client) -> None:
    assert "There is no workshop yet." in client.get("/en/promises/").content.decode()


def test_it_is_linked_where_dates_are_said(edition: Edition, client: Client, now: datetime) -> None:
    hold = samples.held(edition, now=now)

    for address in ("/en/", "/en/editions/first-firing/studio/", f"/en/holds/{hold.token}/"):
        assert 'href="/en/promises/"' in client.get(address).content.decode(), address


def test_it_is_limited(edition: Edition, client: Client, allow: Any) -> None:
    allow("promises", "2/min")

    assert [client.get("/en/promises/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("kept", "of", "low", "high"), [(9, 10, 0.5958, 0.9821), (0, 10, 0.0, 0.2775), (50, 100, 0.4038, 0.5962)]
)
def test_wilsons_interval(kept: int, of: int, low: float, high: float) -> None:
    assert interval(kept, of) == pytest.approx((low, high), abs=5e-5)


def test_the_goals_are_drawn_where_the_marks_would_be() -> None:
    assert [height(share) for share in (1, 0.9, 0.5, 0)] == [10, 27, 95, 180]
