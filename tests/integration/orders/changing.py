"""Placed orders whose design is changed, for tests."""

from datetime import datetime, timedelta
from typing import Any

from payments import PaymentStatus

from editions.models import Edition
from orders.models import Order, OrderRevision
from orders.services.change import Consent, change_design
from orders.services.pay import capture_payment, settle_payment
from orders.services.place import Buyer, place_order
from orders.services.produce import start_production
from orders.services.review import approve_order
from tests import samples


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


def wish(order: Order, **changed: str) -> dict[str, Any]:
    """The order's design with other choices or another text."""
    text = changed.pop("engraving", order.configuration.engraving)
    return {"choices": {**order.configuration.choices, **changed}, "engraving": text, "font": order.configuration.font}


def agreed(order: Order, **more: Any) -> Consent:
    return Consent(**{"seen": order.fingerprint, "safe_at": order.safe_at + timedelta(days=30), **more})


def change(order: Order, now: datetime, **changed: str) -> OrderRevision:
    return change_design(order_id=order.pk, data=wish(order, **changed), consent=agreed(order), now=now)
