"""What is counted of holds and sales: what was committed, and every refusal by its reason."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, transaction
from django.test import Client
from prometheus_client import REGISTRY
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from dure import metrics_page
from editions.services import AllHeld, sell_piece
from orders.services.place import Buyer, place_order
from tests import samples

pytestmark = pytest.mark.django_db


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def grown(name: str, **labels: str) -> Callable[[], float]:
    """By how much a sample has grown since."""
    before = sample(name, **labels)
    return lambda: sample(name, **labels) - before


def test_holds_orders_and_sales_are_counted_once_they_are_committed(
    now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    edition = samples.open_edition(now=now)
    counts = [grown("dure_done_total", what=what) for what in ("hold", "order", "sale")]

    with django_capture_on_commit_callbacks(execute=True):
        hold = samples.held(edition, now=now)
        place_order(hold_token=hold.token, buyer=Buyer("mina@example.com", "ko", accepts_no_return=True), now=now)
        sell_piece(hold=hold, now=now)
        assert [count() for count in counts] == [0, 0, 0]
    assert [count() for count in counts] == [1, 1, 1]


def test_what_is_rolled_back_is_not_counted(
    now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    edition = samples.open_edition(now=now)
    holds = grown("dure_done_total", what="hold")

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        samples.held(edition, now=now)
        transaction.set_rollback(True)

    assert holds() == 0


def test_a_refusal_is_counted_by_its_reason(now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    refused = grown("dure_refused_total", what="hold", code="all_held")
    expired = grown("dure_refused_total", what="order", code="hold_expired")
    hold = samples.held(edition, now=now)

    with pytest.raises(AllHeld):
        samples.held(edition, now=now)
    place = {"hold_token": hold.token, "buyer": Buyer("mina@example.com", "ko", accepts_no_return=True)}
    with pytest.raises(Exception, match="ten minutes are over"):
        place_order(**place, now=now + timedelta(minutes=11))  # type: ignore[arg-type]

    assert (refused(), expired()) == (1, 1)


def test_the_page_says_how_the_tables_stand(client: Client, now: datetime, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a-long-token"
    edition = samples.open_edition(now=now)
    sell_piece(hold=samples.held(edition, now=now), now=now)
    samples.held(edition, now=now)

    said = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).content.decode().splitlines()

    assert 'dure_pieces{edition="first-firing",state="available"} 8.0' in said
    assert 'dure_pieces{edition="first-firing",state="held"} 1.0' in said
    assert 'dure_pieces{edition="first-firing",state="sold"} 1.0' in said
    assert 'dure_orders_placed{edition="first-firing"} 1.0' in said


def test_without_the_database_the_page_says_so_and_keeps_counting(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_TOKEN = "a-long-token"

    def gone() -> dict[str, object]:
        raise OperationalError("the database has gone")

    monkeypatch.setattr(metrics_page, "_open_standings", gone)
    said = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).content.decode()
    assert "dure_database_answers 0.0" in said
    assert "dure_pieces" not in said
    assert "# TYPE dure_done_total counter" in said
