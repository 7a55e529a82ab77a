"""A placed order's design is changed: what is kept, what it costs, what it takes, and when it is refused."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from configurator.validation import ForbiddenCombination, TextNotAccepted
from core.problems import Problem
from editions.models import Component, ComponentUnit, Edition, PieceState
from editions.stock_service import ComponentSoldOut
from factory_sim.models import GivenPromise
from orders.ledger_audit import audit_ledger
from orders.models import Order, OrderRevision, OrderStatus
from orders.services.change import (
    ChangedMeanwhile,
    NothingChanged,
    OrderOver,
    PriceDiffers,
    change_design,
    propose_change,
)
from orders.services.place import ConsentMissing
from orders.services.review import reject_order
from orders.work_ahead import waiting_mark
from tests import samples
from tests.conftest import MONDAY
from tests.integration.orders.changing import agreed, change, ordered, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """The workshop is open."""
    return MONDAY


@pytest.fixture
def order(edition: Edition, now: datetime) -> Order:
    return ordered(edition, now)


def test_a_change_keeps_price_and_ledger_and_every_version(order: Order, now: datetime, edition: Edition) -> None:
    before, charged = order.configuration_json, order.breakdown
    revision = change(order, now, glaze="porcelain", engraving="민아")
    order.refresh_from_db()

    assert order.configuration.choices["glaze"] == "porcelain"
    assert (order.configuration.engraving, order.fingerprint) == ("민아", order.configuration.fingerprint)
    assert order.choices_key == order.configuration.choices_key
    assert (revision.number, revision.status, revision.at) == (1, OrderStatus.IN_REVIEW, now)
    assert (revision.before, revision.after) == (before, order.configuration_json)
    assert revision.has_new_text
    assert order.breakdown == charged
    assert revision.breakdown["total"] == order.total == audit_ledger(edition.pk).net


def test_versions_are_numbered_and_never_change(order: Order, now: datetime) -> None:
    for glaze in ("porcelain", "celadon"):
        change(order, now, glaze=glaze)
        order.refresh_from_db()

    assert [each.number for each in OrderRevision.objects.order_by("pk")] == [1, 2]
    assert not OrderRevision.objects.filter(number=1)[0].has_new_text
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        OrderRevision.objects.update(number=7)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, NothingChanged),
        ({"lid": "walnut"}, PriceDiffers),
        ({"engraving": ""}, PriceDiffers),
        ({"engraving": "Dick & Jane"}, TextNotAccepted),
        ({"stitch": "gold", "metal": "steel"}, ForbiddenCombination),
    ],
)
def test_what_cannot_be_says_why_and_nothing_changes(
    order: Order, now: datetime, changed: dict[str, str], problem: type[Problem]
) -> None:
    with samples.nothing_written(), pytest.raises(problem):
        change(order, now, **changed)


@pytest.mark.parametrize(
    ("changed", "sentence", "difference"),
    [({"lid": "walnut"}, "₩6,000 more", 6_000), ({"engraving": ""}, "less", -5_000)],
)
def test_another_price_is_said_to_the_won(
    order: Order, now: datetime, changed: dict[str, str], sentence: str, difference: int
) -> None:
    with pytest.raises(PriceDiffers, match=sentence) as refused:
        propose_change(order, wish(order, **changed), now)

    assert refused.value.extra["difference"] == difference


def test_the_price_is_that_of_its_own_order_however_many_came_since(edition: Edition, now: datetime) -> None:
    order = ordered(edition, now)
    for _ in range(4):
        ordered(edition, now)
    assert samples.current(edition).orders_placed > 3, "control: the next order pays the next step"

    assert propose_change(order, wish(order, glaze="porcelain"), now).price.total == order.total


def test_two_browsers_do_not_overwrite_each_other(order: Order, now: datetime) -> None:
    seen = agreed(order)
    change_design(order_id=order.pk, data=wish(order, glaze="porcelain"), consent=seen, now=now)
    with samples.nothing_written(), pytest.raises(ChangedMeanwhile):
        change_design(order_id=order.pk, data=wish(order, sleeve="ink"), consent=seen, now=now)


def test_a_later_date_is_shown_before_it_is_taken(edition: Edition, now: datetime) -> None:
    # Gold stitching takes longer, and costs the same as a natural sleeve and a smoked lid.
    cheap = {"sleeve": "natural", "lid-finish": "smoked"}
    order = ordered(edition, now, stitch="gold")
    proposal = propose_change(order, wish(order, stitch="ivory", **cheap), now)
    assert proposal.promise.safe_at < order.safe_at, "less work"

    other = ordered(edition, now, **cheap)
    longer = wish(other, stitch="gold", sleeve="chestnut", **{"lid-finish": "clear"})
    promised = propose_change(other, longer, now).promise
    assert promised.safe_at > other.safe_at
    stale = agreed(other, safe_at=promised.safe_at - timedelta(days=1))
    with samples.nothing_written(), pytest.raises(ChangedMeanwhile, match="later one"):
        change_design(order_id=other.pk, data=longer, consent=stale, now=now)

    change_design(order_id=other.pk, data=longer, consent=agreed(other, safe_at=promised.safe_at), now=now)
    other.refresh_from_db()
    assert other.safe_at == promised.safe_at == GivenPromise.objects.get(external_ref=other.reference).safe_at


def test_equal_work_keeps_its_date(order: Order, now: datetime) -> None:
    assert propose_change(order, wish(order, clay="grey"), now).promise.safe_at == order.safe_at


def test_who_waits_is_counted_anew(order: Order, now: datetime) -> None:
    before = waiting_mark()
    change(order, now, glaze="porcelain")
    assert waiting_mark() != before


def test_a_piece_that_becomes_personal_needs_consent(tmp_path: Path, edition: Edition, now: datetime) -> None:
    edits = {"price = 5000\n\n[artwork]": "price = 0\n\n[artwork]"}
    revised = samples.revised_edition(tmp_path, edits, now=now)
    order = ordered(revised, now, "")
    data = wish(order, engraving="민아")
    with samples.nothing_written(), pytest.raises(ConsentMissing):
        change_design(order_id=order.pk, data=data, consent=agreed(order), now=now)

    change_design(order_id=order.pk, data=data, consent=agreed(order, accepts_no_return=True), now=now)
    order.refresh_from_db()
    assert (order.configuration.is_personal, order.personal_accepted_at) == (True, now)


@pytest.mark.parametrize("end", ["unpaid", "declined"])
def test_an_order_that_is_over_or_not_paid_is_not_changed(edition: Edition, now: datetime, end: str) -> None:
    if end == "declined":
        order = samples.order_in_review(edition, now=now)
        reject_order(order_id=order.pk, actor=samples.superuser(), now=now, reason="no")
        order.refresh_from_db()
    else:
        order = samples.unpaid_order(edition, now=now)
    with samples.nothing_written(), pytest.raises(OrderOver):
        change(order, now, glaze="porcelain")


# --- Scarce components ------------------------------------------------------------------------------------


@pytest.fixture
def scarce(tmp_path: Path, now: datetime) -> Edition:
    return samples.scarce_edition(tmp_path, now=now, cobalt=2)


def cobalt_sold() -> int:
    return ComponentUnit.objects.filter(component__slug="cobalt", state=PieceState.SOLD).count()


def test_units_are_swapped_with_the_design(scarce: Edition, now: datetime) -> None:
    order = ordered(scarce, now, glaze="indigo")
    assert cobalt_sold() == 1

    charged = order.breakdown
    black = change(order, now, glaze="iron-black")
    assert cobalt_sold() == 0
    order.refresh_from_db()
    assert order.breakdown == charged
    assert {"kind": "option", "key": "glaze/iron-black", "amount": 5_000} in black.breakdown["lines"]

    order.refresh_from_db()
    change(order, now, glaze="indigo")
    assert cobalt_sold() == 1
    # The unit that came back was ordered before: the counter that makes prices neither falls nor counts it twice.
    assert Component.objects.get(slug="cobalt").units_ordered == 1
    order.refresh_from_db()
    reject_order(order_id=order.pk, actor=samples.superuser(), now=now, reason="no")
    assert cobalt_sold() == 0, "what was taken by the change comes back too"


def test_a_used_up_component_is_refused_and_the_old_one_stays(scarce: Edition, now: datetime) -> None:
    for _ in range(2):
        ordered(scarce, now, glaze="indigo")
    order = ordered(scarce, now, glaze="iron-black")
    with samples.nothing_written(), pytest.raises(ComponentSoldOut):
        change(order, now, glaze="indigo")
