"""What staff decide: approve or decline. Called alike by the admin, the API and tests."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import outbox
from core.problems import Problem
from core.transitions import Step, change_status
from editions.services import free_piece
from factory_sim.publishing import withdraw_promise
from orders.models import ORDER_TRANSITIONS, Order, OrderStatus
from orders.services.notify import notify
from orders.services.pay import CAPTURE_TOPIC, VOID_TOPIC, locked_order

PERMISSION = "orders.review_order"


class ReasonMissing(Problem):
    """An order is declined with a reason that the customer can read."""

    code = "reason_missing"
    status = 422


class DesignIsAnother(Problem):
    """The customer has changed the design since the reviewer looked at it."""

    code = "design_is_another"
    status = 409


@transaction.atomic
def approve_order(*, order_id: int, actor: User, now: datetime, reason: str = "", seen: str = "") -> bool:
    """Approve an order: the payment is taken and production starts after the commit.

    `seen` is the fingerprint of the design that was looked at, where there was a page. Says whether this call did it;
    approving twice does nothing the second time. Raises PermissionDenied, DesignIsAnother, or UnableToChangeStatus for
    an order that is not in review.
    """
    _check_permission(actor)
    order = _locked_as_seen(order_id, seen)
    changed = change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.APPROVED, now, reason, actor))
    if changed:
        outbox.enqueue(CAPTURE_TOPIC, order_id=order.pk)
    return changed


@transaction.atomic
def reject_order(*, order_id: int, actor: User, now: datetime, reason: str, seen: str = "") -> bool:
    """Decline an order: the payment is voided and the piece is free again. The customer sees the reason.

    `seen` as for `approve_order`. Says whether this call did it. Raises PermissionDenied, ReasonMissing,
    DesignIsAnother or UnableToChangeStatus.
    """
    _check_permission(actor)
    if not reason.strip():
        raise ReasonMissing(_("Please give a reason; the customer will read it."))
    order = _locked_as_seen(order_id, seen)
    changed = change_status(order, ORDER_TRANSITIONS, Step(OrderStatus.REJECTED, now, reason.strip(), actor))
    if changed:
        withdraw_promise(external_ref=order.reference, now=now)
        free_piece(piece_id=order.piece_id, now=now)
        notify(order)
        outbox.enqueue(VOID_TOPIC, order_id=order.pk)
    return changed


def _locked_as_seen(order_id: int, seen: str) -> Order:
    order = locked_order(order_id)
    if seen and seen != order.fingerprint:
        raise DesignIsAnother(_("The customer has changed the design meanwhile. This is how it is now."))
    return order


def _check_permission(actor: User) -> None:
    if not actor.is_active or not actor.has_perm(PERMISSION):
        raise PermissionDenied(_("You may not review orders."))
