"""A placed order's design is changed: what is kept, what it costs, what it takes, and when it is too late."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from payments import PaymentStatus

from configurator.configuration import Configuration
from configurator.validation import ForbiddenCombination, TextNotAccepted
from core.problems import Problem
from editions.models import Component, ComponentUnit, Edition, PieceState
from editions.stock_service import ComponentSoldOut
from factory_sim.commands import TooLate
from factory_sim.models import GivenPromise, ProductionEvent, ProductionOrder, WorkChange
from factory_sim.services import tick
from orders.ledger_audit import audit_ledger
from orders.models import Order, OrderRevision, OrderStatus
from orders.services.change import (
    ChangedMeanwhile,
    Consent,
    NothingChanged,
    OrderOver,
    PriceDiffers,
    change_design,
    propose_change,
)
from orders.services.pay import capture_payment, settle_payment
from orders.services.place import Buyer, ConsentMissing, place_order
from orders.services.produce import start_production
from orders.services.review import approve_order, reject_order
from orders.work_ahead import waiting_mark
from tests import samples
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db

PLANT = "mangwon"
SEED = 1
"""Of the draws for a piece that would else have its own for its random reference."""


@pytest.fixture
def now() -> datetime:
    """The workshop is open."""
    return MONDAY


def ordered(edition: Edition, now: datetime, engraving: str = "지우", **choices: Any) -> Order:
    hold = samples.held(edition, now=now, engraving=engraving, **choices)
    buyer = Buyer(email="mina@example.com", language="ko", accepts_no_return=True)
    order = place_order(hold_token=hold.token, buyer=buyer, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)
    return settle_payment(order_id=order.pk, now=now)


def in_production(order: Order, now: datetime) -> Order:
    approve_order(order_id=order.pk, actor=samples.superuser(), now=now)
    capture_payment(order_id=order.pk)
    start_production(order_id=order.pk, now=now)
    order.refresh_from_db()
    return order


@pytest.fixture
def order(edition: Edition, now: datetime) -> Order:
    return ordered(edition, now)


def wish(order: Order, **changed: str) -> dict[str, Any]:
    """The order's design with other choices or another text."""
    text = changed.pop("engraving", order.configuration.engraving)
    return {"choices": {**order.configuration.choices, **changed}, "engraving": text, "font": order.configuration.font}


def agreed(order: Order, **more: Any) -> Consent:
    return Consent(**{"seen": order.fingerprint, "safe_at": order.safe_at + timedelta(days=30), **more})


def change(order: Order, now: datetime, **changed: str) -> OrderRevision:
    return change_design(order_id=order.pk, data=wish(order, **changed), consent=agreed(order), now=now)


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


# --- In the plant -----------------------------------------------------------------------------------------


def test_production_begins_with_the_newest_design(order: Order, now: datetime) -> None:
    change(order, now, glaze="porcelain")
    in_production(order, now)

    glaze = next(row for row in ProductionOrder.objects.get().work_spec["operations"] if row["id"] == "glaze")
    assert glaze["family"] == "pale"
    assert not WorkChange.objects.exists()


def test_a_piece_in_the_plant_is_changed_there_too(edition: Edition, now: datetime) -> None:
    order = in_production(ordered(edition, now, glaze="iron-black"), now)
    tick(plant_slug=PLANT, now=now + timedelta(minutes=5))
    change(order, now + timedelta(minutes=5), glaze="indigo")
    job = ProductionOrder.objects.get()

    fire = next(row for row in job.work_spec["operations"] if row["id"] == "fire")
    assert fire["minutes"] == 170
    order.refresh_from_db()
    assert job.due_at == order.safe_at
    assert list(ProductionEvent.objects.values_list("kind", flat=True))[-1] == "changed"


@pytest.mark.parametrize(
    ("changed", "minutes", "is_late"),
    [
        ({"clay": "grey"}, 0, False),
        ({"clay": "grey"}, 5, True),
        ({"glaze": "porcelain"}, 5, False),
        ({"glaze": "porcelain"}, 120, True),
        ({"engraving": "민아"}, 20, False),
        ({"engraving": "민아"}, 240, True),
        ({"sleeve": "ink"}, 5, False),
        ({"sleeve": "ink"}, 120, True),
        ({"gasket": "moss"}, 120, False),
    ],
)
def test_each_part_is_fixed_when_its_own_operation_begins(
    order: Order, now: datetime, changed: dict[str, str], minutes: float, is_late: bool
) -> None:
    in_production(order, now)
    ProductionOrder.objects.update(seed=SEED)
    moment = now + timedelta(minutes=minutes)
    tick(plant_slug=PLANT, now=moment)
    if is_late:
        with samples.nothing_written(), pytest.raises(TooLate):
            change(order, moment, **changed)
    else:
        assert change(order, moment, **changed).status == OrderStatus.IN_PRODUCTION


def test_what_the_work_does_not_show_is_fixed_all_the_same(order: Order, now: datetime) -> None:
    """Clay of another colour is the same work: only the definition says that forming consumes it."""
    in_production(order, now)
    tick(plant_slug=PLANT, now=now + timedelta(minutes=5))
    begun = ProductionEvent.objects.filter(kind="started")
    assert list(begun.values_list("operation", flat=True)) == ["form"]
    with pytest.raises(TooLate, match="begun"):
        change(order, now + timedelta(minutes=5), clay="grey")
    assert Configuration.from_json(order.configuration_json).choices["clay"] == "buff"
