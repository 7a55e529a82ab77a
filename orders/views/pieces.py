"""The order's page, live while the piece is made, and a customer's own pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from configurator.compile import work_spec
from configurator.selectors import definition_of
from configurator.studio import choice_lines
from core.clock import now
from factory_sim.contracts import Kind, Making, OperationSpec, Progress, Promise, later_than
from factory_sim.genealogy import uses_of
from factory_sim.selectors import expectation, factory_time, making, pieces_ahead
from orders import selectors
from orders.change_page import design_revisions
from orders.holder import is_holder
from orders.models import Order, OrderStatus
from orders.present import present_photo, present_price, present_promise
from orders.services.cancel import CANCELLABLE
from orders.services.change import CHANGEABLE
from orders.services.notify import was_charged
from orders.session_shelf import shelf_of
from orders.until import until_rows
from orders.views.checkout import order_or_404


@dataclass(frozen=True)
class Stage:
    """One operation as the customer sees it: `state` is done, working, queued, or coming."""

    operation: OperationSpec
    state: str
    events: tuple[Progress, ...]
    tries: int


@never_cache
@require_safe
def order(request: HttpRequest, token: str) -> HttpResponse:
    """The order: design, price, where it stands; at the end the finished piece."""
    found = order_or_404(token)
    language = get_language() or "en"
    definition = definition_of(found.edition.version)
    context = {
        "order": found,
        "picture": _photo(found, language),
        "choices": choice_lines(definition, found.configuration, language),
        "price": present_price(selectors.price_of_design(found), found.edition, language, found.destination),
        "promise": present_promise(found.likely_at, found.safe_at, language),
        "decision": found.events.order_by("-pk").first(),
        "given_back": found.status == OrderStatus.CANCELLED and was_charged(found),
        "uses": uses_of(external_ref=found.reference) if found.status == OrderStatus.FINISHED else (),
        "revisions": design_revisions(found, language),
        **progress_context(found),
        **holder_context(request, found),
    }
    return render(request, "pieces/order.html", context)


def holder_context(request: HttpRequest, found: Order) -> dict[str, Any]:
    """What whoever looks may do about the order."""
    mine = is_holder(request, found)
    return {"may_change": mine and found.status in CHANGEABLE, "may_cancel": mine and found.status in CANCELLABLE}


def _photo(order: Order, language: str) -> dict[str, Any]:
    """The picture of the very piece, with its number."""
    definition = definition_of(order.edition.version)
    return present_photo(definition, order.configuration, language, number=order.piece.engraved_number)


@never_cache
@require_safe
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """The moving part of the order's page; when the order has changed its state, the whole page is asked for again."""
    found = order_or_404(token)
    response = render(
        request,
        "pieces/order.html#progress",
        {**progress_context(found), **holder_context(request, found), "moves": True},
    )
    if request.GET.get("status") != found.status:
        response["HX-Refresh"] = "true"
    return response


@login_required
@never_cache
@require_safe
def pieces(request: HttpRequest) -> HttpResponse:
    """The pieces of the account that is signed in."""
    assert isinstance(request.user, User)  # noqa: S101 (login_required; for the type checker)
    # Signing in leads here: what the browser had saved before becomes the account's.
    shelf_of(request)
    language = get_language() or "en"
    rows = [(each, _photo(each, language)) for each in selectors.orders_of(request.user)]
    return render(request, "pieces/pieces.html", {"rows": rows})


def progress_context(found: Order) -> dict[str, Any]:
    """What the moving part shows. Every line has an event of the factory behind it."""
    made = making(external_ref=found.reference)
    clock = factory_time(plant_slug=definition_of(found.edition.version).plant, now=now())
    expected = _expectation(found, made)
    return {
        "order": found,
        "making": made,
        "factory": clock,
        "stages": stages(found, made),
        "ahead": pieces_ahead(external_ref=found.reference) if made else 0,
        "has_begun": any(event.kind == Kind.STARTED for event in made.progress) if made else False,
        "until": until_rows(found, clock.at, now(), get_language() or "en"),
        "expected": present_promise(expected.likely_at, expected.safe_at, get_language() or "en") if expected else None,
    }


def stages(found: Order, made: Making | None) -> list[Stage]:
    """The route of the piece with what has happened at each operation."""
    if made is None:
        route = work_spec(definition_of(found.edition.version), found.configuration).operations
        return [Stage(operation, "coming", (), 0) for operation in route]
    return [_stage(operation, made) for operation in made.operations]


def _stage(operation: OperationSpec, made: Making) -> Stage:
    events = tuple(event for event in made.progress if event.operation == operation.id)
    kinds = [event.kind for event in events if event.kind in (Kind.QUEUED, Kind.STARTED, Kind.FINISHED)]
    last = kinds[-1] if kinds else ""
    state = (
        {Kind.QUEUED: "queued", Kind.STARTED: "working", Kind.FINISHED: "done"}.get(Kind(last), "coming")
        if last
        else "coming"
    )
    if state == "done" and made.current and _is_behind(operation, made):
        state = "again"
    # It stood in a queue before the design was changed.
    if state == "queued" and _is_behind(operation, made):
        state = "coming"
    return Stage(operation, state, events, kinds.count(Kind.STARTED))


def _is_behind(operation: OperationSpec, made: Making) -> bool:
    """Whether an operation comes after the current one."""
    return operation.id in later_than(made.operations, made.current)


def _expectation(found: Order, made: Making | None) -> Promise | None:
    if made is None:
        return selectors.outlook(found, now())
    if found.status == OrderStatus.FINISHED:
        return None
    return expectation(external_ref=found.reference, now=now())
