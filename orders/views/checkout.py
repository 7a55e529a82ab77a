"""Checkout: the held piece, the buyer, the payment."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from configurator.configuration import Configuration
from configurator.selectors import definition_of
from configurator.studio import choice_lines
from core.clock import now
from core.http import limited
from core.idempotency import once_per_form
from core.problems import Problem
from editions.models import Hold
from editions.selectors import hold_with_token, seconds_left
from insights.models import Act
from insights.services import record
from orders import selectors
from orders.forms import CheckoutForm
from orders.holder import remember_order
from orders.models import Order, OrderStatus
from orders.personal import design_address, present_returns
from orders.present import present_photo, present_price, present_promise
from orders.services.pay import ask_for_payment, settle_payment
from orders.services.place import AlreadyOrdered, Buyer, place_order
from orders.shipping_words import delivery_of, present_shipping
from orders.throttles import OrderThrottle

AN_HOUR = 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(OrderThrottle)
@once_per_form
def checkout(request: HttpRequest, token: str) -> HttpResponse:
    """The held piece with its price and its time; sending the form makes the order."""
    held = _hold_or_404(token)
    ordered = selectors.order_of_hold(held)
    if ordered and request.method != "POST":
        return redirect(ordered)
    account = request.user if isinstance(request.user, User) else None
    personal = Configuration.from_json(held.configuration).is_personal
    form = CheckoutForm(request.POST or None, personal=personal, account_email=account.email if account else "")
    problem: Problem | None = None
    if request.method == "POST" and form.is_valid():
        buyer = Buyer(
            email=form.cleaned_data["email"],
            language=get_language() or "en",
            note=form.cleaned_data["note"],
            account=account,
            accepts_no_return=form.cleaned_data.get("made_for_me", False),
        )
        try:
            order = place_order(hold_token=held.token, buyer=buyer, now=now())
        except AlreadyOrdered as repeated:
            messages.info(request, repeated.detail)
            return redirect(repeated.order)
        except Problem as refused:
            problem = refused
        else:
            remember_order(request, order)
            choices = dict(order.configuration.choices)
            details = {"fingerprint": order.fingerprint, "total": order.total, "choices": choices}
            consent = request.consent  # type: ignore[attr-defined]
            slug = held.piece.edition.slug
            record(Act.ORDER, subject_type="edition", subject_id=slug, consent=consent, now=now(), details=details)
            return redirect("orders:pay", token=order.token)
    status = problem.status if problem else (422 if form.errors else 200)
    return render(request, "checkout/checkout.html", _checkout_context(held, form, problem), status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(OrderThrottle)
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """The payment provider's form."""
    order = order_or_404(token)
    form = ask_for_payment(order_id=order.pk, data=request.POST or None)
    if isinstance(form, str):
        return redirect(form)
    return render(request, "checkout/pay.html", {"order": order, "form": form, **_receipt(order)})


@never_cache
@require_safe
def payment_done(request: HttpRequest, token: str) -> HttpResponse:
    """Where the provider sends the customer back to, whatever came of it."""
    order = order_or_404(token)
    before = order.status
    order = settle_payment(order_id=order.pk, now=now())
    if before == OrderStatus.AWAITING_PAYMENT and order.status == OrderStatus.IN_REVIEW:
        messages.success(request, _("Thank you. Piece No. %(number)d is yours.") % {"number": order.piece.number})
    elif order.status == OrderStatus.AWAITING_PAYMENT:
        messages.error(request, _("The payment did not go through, and nothing was charged. You can try again."))
    return redirect(order)


def order_or_404(token: str) -> Order:
    try:
        return selectors.order_with_token(token)
    except Order.DoesNotExist as error:
        raise Http404 from error


def _hold_or_404(token: str) -> Hold:
    try:
        return hold_with_token(token)
    except Hold.DoesNotExist as error:
        raise Http404 from error


def _receipt(order: Order) -> dict[str, Any]:
    """What is paid for the piece and what for its shipping; without zones they are one price."""
    delivery = delivery_of(order.price, order.edition, order.destination)
    shipping = sum(line.amount for line in delivery.lines)
    return {
        "piece_price": order.edition.money(order.total - shipping),
        "shipping": present_shipping(delivery, order.edition, get_language() or "en"),
    }


def _checkout_context(held: Hold, form: CheckoutForm, problem: Problem | None) -> dict[str, Any]:
    language = get_language() or "en"
    edition = held.piece.edition
    definition = definition_of(edition.version)
    configuration = Configuration.from_json(held.configuration)
    left = seconds_left(held, now())
    promised = selectors.promise_of(edition.version, configuration, now())
    return {
        "hold": held,
        "edition": edition,
        "form": form,
        "problem": problem,
        "seconds_left": left,
        "choices": choice_lines(definition, configuration, language),
        "picture": present_photo(definition, configuration, language, number=held.piece.engraved_number),
        "price": present_price(held.price, edition, language, held.destination),
        # The date counts from the order, and time passes at the checkout too.
        "promise": present_promise(promised.likely_at, promised.safe_at, language),
        "returns": present_returns(configuration),
        "design_address": design_address(edition.slug, configuration.as_json()),
        "minutes_left": f"{left // 60}:{left % 60:02d}",
        # A piece that was offered to somebody in line is kept for a day: no clock ticks through that.
        "kept_until": now() + timedelta(seconds=left) if left > AN_HOUR else None,
    }
