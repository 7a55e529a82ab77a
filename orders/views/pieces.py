"""The order's page, live while the piece is made, and a customer's own pieces."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from configurator.selectors import definition_of
from configurator.studio import choice_lines
from core.clock import now
from factory_sim.contracts import Making, Promise
from factory_sim.genealogy import measured, uses_of
from factory_sim.selectors import expectation, factory_time, making, station_names
from factory_sim.whereabouts import chance_to_keep, delay_of, whereabouts
from orders import selectors
from orders.change_page import design_revisions
from orders.holder import is_holder
from orders.models import Order, OrderStatus
from orders.present import present_photo, present_price, present_promise
from orders.replay import replay_of
from orders.services.cancel import CANCELLABLE
from orders.services.change import CHANGEABLE
from orders.services.notify import was_charged
from orders.session_shelf import shelf_of
from orders.so_far import picture_so_far
from orders.stages import finished_in, stages
from orders.until import until_rows
from orders.views.checkout import order_or_404
from orders.way_page import LATE, chance_sentence, end_of_day, present_way, present_where

LIVE = (OrderStatus.IN_REVIEW, OrderStatus.APPROVED, OrderStatus.IN_PRODUCTION)
"""States in which something moves on the page."""


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
        "is_live": found.status in LIVE,
        "given_back": found.status == OrderStatus.CANCELLED and was_charged(found),
        "revisions": design_revisions(found, language),
        **progress_context(found),
        **holder_context(request, found),
    }
    if found.status == OrderStatus.FINISHED:
        context |= _finished_context(found, context["making"], language)
    return render(request, "pieces/order.html", context)


def _finished_context(found: Order, made: Making | None, language: str) -> dict[str, Any]:
    """What was measured of the piece and what went into it, and its making for the replay."""
    stations = station_names(plant_slug=definition_of(found.edition.version).plant)
    return {
        "readings": measured(external_ref=found.reference),
        "uses": uses_of(external_ref=found.reference),
        "replay": replay_of(found, made, stations, language) if made else [],
    }


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
    """What the moving part shows. Everything in it has an event of the factory behind it."""
    language, moment = get_language() or "en", now()
    plant = definition_of(found.edition.version).plant
    made = making(external_ref=found.reference)
    steps, clock = stages(found, made), factory_time(plant_slug=plant, now=moment)
    return {
        "order": found,
        "making": made,
        "factory": clock,
        "so_far": picture_so_far(found, finished_in(made.operations, made.progress) if made else (), language),
        "stages": steps,
        "way": present_way(steps, station_names(plant_slug=plant), language),
        "where": present_where(whereabouts(external_ref=found.reference), language) if made else (),
        "until": until_rows(found, clock.at, moment, language),
        **_expectation(found, made, plant, moment),
    }


def _expectation(found: Order, made: Making | None, plant: str, moment: datetime) -> dict[str, Any]:
    """The dates as they look now, beside the promise that was given; nothing for an order that is over."""
    expected = _dates(found, made, moment)
    if expected is None:
        return {}
    due_at = end_of_day(found.safe_at)
    chance = chance_to_keep(expected, plant_slug=plant, due_at=due_at, now=moment)
    is_late = made is not None and chance < LATE
    return {
        "expected": present_promise(expected.likely_at, expected.safe_at, get_language() or "en"),
        "chance": chance_sentence(chance),
        "delay": delay_of(external_ref=found.reference) if is_late else None,
    }


def _dates(found: Order, made: Making | None, moment: datetime) -> Promise | None:
    if made is None:
        return selectors.outlook(found, moment)
    if found.status != OrderStatus.IN_PRODUCTION:
        return None
    return expectation(external_ref=found.reference, now=moment)
