"""What the holder of an order does to it: change the design, or cancel."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.http import limited
from core.idempotency import once_per_form
from core.problems import Problem
from orders.change_page import change_data, change_page, photo_of, present_proposal
from orders.forms import PersonalForm
from orders.holder import is_holder
from orders.models import Order, OrderStatus
from orders.services.cancel import CANCELLABLE, cancel_order, why_not
from orders.services.change import Consent, change_design, check_changeable, propose_change
from orders.throttles import ChangeThrottle
from orders.until import has_begun
from orders.views.checkout import order_or_404

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(ChangeThrottle)
@once_per_form
def change(request: HttpRequest, token: str) -> HttpResponse:
    """The design of an order, as a form: first what a change would mean is shown, then it is confirmed."""
    found = order_or_404(token)
    if not is_holder(request, found):
        return render(request, "pieces/holder.html", {"order": found}, status=403)
    try:
        check_changeable(found)
    except Problem as over:
        messages.error(request, over.detail)
        return redirect(found)
    data = change_data(found, request.POST)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    try:
        if act == "confirm":
            change_design(order_id=found.pk, data=data, consent=_consent(request), now=now())
            messages.success(request, _("Your design is changed."))
            return redirect(found)
        if act == "look":
            return _confirmation(request, found, data)
    except Problem as problem:
        return _refused(request, order_or_404(token), data, problem)
    return _form(request, found, data)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(ChangeThrottle)
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel an order, after what that means was shown."""
    found = order_or_404(token)
    if not is_holder(request, found):
        return render(request, "pieces/holder.html", {"order": found}, status=403)
    if found.status not in CANCELLABLE:
        return redirect(found)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            cancel_order(order_id=found.pk, now=now())
        except Problem as refused:
            problem = refused
        else:
            return redirect(found)
    context = {
        "order": found,
        "picture": photo_of(found, found.configuration, get_language() or "en"),
        "problem": problem,
        "why_not": why_not(found) if has_begun(found, now()) else "",
        "is_charged": found.status != OrderStatus.IN_REVIEW,
    }
    return render(request, "pieces/cancel.html", context, status=problem.status if problem else 200)


def _form(request: HttpRequest, order: Order, data: dict[str, Any], problem: Problem | None = None) -> HttpResponse:
    page = change_page(order, data, now(), get_language() or "en", problem)
    context = {"order": order, "page": page, "picture": page.picture}
    return render(request, "pieces/change.html", context, status=problem.status if problem else 200)


def _confirmation(
    request: HttpRequest, order: Order, data: dict[str, Any], problem: Problem | None = None
) -> HttpResponse:
    shown = present_proposal(order, propose_change(order, data, now()), get_language() or "en")
    form = PersonalForm(request.POST if problem and problem.code == "consent_missing" else None)
    context = {"order": order, "problem": problem, "form": form, **shown}
    return render(request, "pieces/change_confirm.html", context, status=problem.status if problem else 200)


def _refused(request: HttpRequest, order: Order, data: dict[str, Any], problem: Problem) -> HttpResponse:
    """What was chosen and typed, with why not: where it could be confirmed all the same, once more to be confirmed."""
    if problem.code in {"consent_missing", "changed_meanwhile"}:
        try:
            return _confirmation(request, order, data, problem)
        except Problem as other:
            problem = other
    return _form(request, order, data, problem)


def _consent(request: HttpRequest) -> Consent:
    """What the form says was seen; of a date that cannot be read, none was."""
    return Consent(
        seen=request.POST.get("seen", ""),
        safe_at=_read_moment(request.POST.get("safe_at", "")),
        accepts_no_return="made_for_me" in request.POST,
    )


def _read_moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found and found.tzinfo else LONG_AGO
