"""The API of the journey: edition, quote, hold, order. Each view parses, calls one service and answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from configurator.artwork_session import uploader_of
from configurator.configuration import Configuration
from configurator.selectors import definition_of
from configurator.studio import option_state
from configurator.validation import ForbiddenCombination
from core.clock import now
from core.idempotency import KEY_PARAMETER, once
from core.problem_shapes import problems
from core.problems import Problem
from core.words import text_in
from editions.models import Edition
from editions.selectors import announced, availability, public_editions
from editions.services import Wish
from editions.shipping import delivery_to
from factory_sim.selectors import making
from insights.models import Act
from insights.services import record
from orders import serializers as shapes
from orders.destination import KEY as DESTINATION
from orders.destination import remember_destination
from orders.models import Order, OrderStatus
from orders.options import OptionWords
from orders.person import holders_of
from orders.present import present_availability, present_price, present_promise, present_quote
from orders.price_card import component_cards
from orders.selectors import order_with_token
from orders.services.hold import hold_design
from orders.services.place import Buyer, place_order
from orders.services.quote import make_quote, read_quote
from orders.services.save import save_from_studio
from orders.services.suggest import suggest_choices
from orders.session_shelf import remember, shelf_of
from orders.shipping_words import zone_cards
from orders.standing_words import words_now
from orders.throttles import DesignThrottle, HoldThrottle, OrderThrottle, QuoteThrottle


class EditionView(APIView):
    """An edition as it stands."""

    @extend_schema(responses={200: shapes.EditionSerializer, **problems(404)})
    def get(self, request: Request, slug: str) -> Response:
        edition = _edition(slug)
        definition = definition_of(edition.version)
        language, card = _language(), edition.card
        standing = words_now(edition, language, now())
        figures = standing["figures"]
        return Response(
            {
                "slug": edition.slug,
                "name": edition.name(language),
                "version": edition.version.key,
                "size": edition.size,
                **{name: figures[name] for name in ("available", "held", "sold", "orders_placed")},
                "state": standing["state"],
                "currency": edition.currency,
                "card": [
                    {
                        "from_order": step.from_order,
                        "to_order": card.last_order_of(index, edition.size),
                        "price": str(edition.money(step.amount).amount),
                        "current": index == figures["step"],
                    }
                    for index, step in enumerate(card.steps)
                ],
                "components": component_cards(edition, figures, language),
                "groups": [_group(edition, group, language) for group in definition.groups],
                "preset": dict(definition.preset),
                "engraving_longest": definition.engraving.longest,
                "opens_at": edition.opens_at.isoformat(),
                "archived": edition.archived_at is not None,
                "shipping": zone_cards(edition, language),
            }
        )


class QuoteView(APIView):
    """A price and a date for a design."""

    throttle_classes = [QuoteThrottle]

    @extend_schema(
        request=shapes.QuoteRequestSerializer,
        responses={200: shapes.QuoteSerializer, **problems(400, 403, 404, 409, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        data = _parsed(shapes.QuoteRequestSerializer, request)
        edition = _edition(data["edition"])
        try:
            quote = make_quote(
                edition=edition,
                data=data["configuration"],
                now=now(),
                uploader=uploader_of(request),
                destination=data["destination"],
            )
        except ForbiddenCombination as problem:
            raise _with_repair(problem, edition, data) from problem
        configuration = quote.offer.configuration
        _record(request, Act.QUOTE, edition, total=quote.offer.price.total)
        if data.get("changed") == DESTINATION:
            remember_destination(request, edition, quote.offer.destination)
        if data.get("changed") in configuration.choices:
            group = data["changed"]
            _record(request, Act.CHOOSE, edition, group=group, option=configuration.choices[group])
        shipping = delivery_to(edition, quote.offer.destination).lines
        words = OptionWords(edition, configuration, _language(), shipping, quote.queue)
        groups = [words.group(state) for state in words.groups]
        left = present_availability(availability(edition, now()))
        shown = present_quote(quote, edition, _language())
        return Response({**shown, "availability_text": left, "groups": groups})


class SuggestionView(APIView):
    """A design that is proposed: a surprise, the rest of one that was begun, or one within a budget."""

    throttle_classes = [QuoteThrottle]

    @extend_schema(
        request=shapes.SuggestionRequestSerializer,
        responses={200: shapes.SuggestionSerializer, **problems(400, 404, 410, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        data = _parsed(shapes.SuggestionRequestSerializer, request)
        edition = _edition(data.pop("edition"))
        choices = suggest_choices(edition=edition, data=data.pop("configuration"), now=now(), **data)
        return Response({"choices": choices})


class DesignsView(APIView):
    """A design, saved at a short address."""

    throttle_classes = [DesignThrottle]

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=shapes.DesignRequestSerializer,
        responses={201: shapes.DesignSerializer, **problems(400, 404, 409, 422, 429)},
    )
    @once
    def post(self, request: Request) -> Response:
        data, page = _parsed(shapes.DesignRequestSerializer, request), request._request
        saved = save_from_studio(
            edition=_edition(data["edition"]),
            data=data["configuration"],
            shelf=shelf_of(page),
            now=now(),
            parent=data["parent"],
            name=data["name"],
            uploader=uploader_of(page),
        )
        remember(page, saved)
        where = {"code": saved.code}
        body = {
            "code": saved.code,
            "name": saved.name,
            "address": reverse("orders:design", kwargs=where),
            "share_address": page.build_absolute_uri(reverse("short_design", kwargs=where)),
        }
        return Response(body, status=201)


class HoldView(APIView):
    """A numbered piece, kept for ten minutes at the quoted price."""

    throttle_classes = [HoldThrottle]

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=shapes.HoldRequestSerializer,
        responses={201: shapes.HoldSerializer, **problems(400, 404, 409, 410, 422, 429)},
    )
    @once
    def post(self, request: Request) -> Response:
        data = _parsed(shapes.HoldRequestSerializer, request)
        edition = _edition(data["edition"], announced)
        offer = read_quote(data["quote"], edition=edition)
        wish = Wish(number=data["number"], replaces=data["replaces"], holders=holders_of(request._request, edition))
        held = hold_design(edition=edition, offer=offer, now=now(), wish=wish, destination=data["destination"])
        _record(request, Act.HOLD, edition, fingerprint=held.fingerprint, total=held.total)
        body = {
            "hold": held.token,
            "number": held.piece.number,
            "size": edition.size,
            "expires_at": held.expires_at.isoformat(),
            "destination": held.destination,
            "price": present_price(held.price, edition, _language(), held.destination),
        }
        return Response(body, status=201)


class OrdersView(APIView):
    """An order from a hold."""

    throttle_classes = [OrderThrottle]

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=shapes.OrderRequestSerializer,
        responses={201: shapes.OrderSerializer, **problems(400, 409, 410, 422, 429)},
    )
    @once
    def post(self, request: Request) -> Response:
        data = _parsed(shapes.OrderRequestSerializer, request)
        account = request.user if isinstance(request.user, User) else None
        buyer = Buyer(
            email=data["email"],
            language=_language(),
            note=data["note"],
            account=account,
            accepts_no_return=data["made_for_me"],
            destination=data["destination"],
        )
        order = place_order(hold_token=data["hold"], buyer=buyer, now=now())
        choices = dict(order.configuration.choices)
        _record(request, Act.ORDER, order.edition, fingerprint=order.fingerprint, total=order.total, choices=choices)
        return Response(_order(order), status=201)


class OrderView(APIView):
    """An order as it stands, with everything that happened to its piece."""

    @extend_schema(responses={200: shapes.OrderSerializer, **problems(404)})
    def get(self, request: Request, token: str) -> Response:
        try:
            return Response(_order(order_with_token(token)))
        except Order.DoesNotExist as error:
            raise Http404 from error


def _order(order: Order) -> dict[str, Any]:
    language = _language()
    unpaid = order.status == OrderStatus.AWAITING_PAYMENT
    made = None if unpaid else making(external_ref=order.reference)
    return {
        "order": order.token,
        "reference": order.reference,
        "number": order.piece.number,
        "status": order.status,
        "page": order.get_absolute_url(),
        "payment_page": reverse("orders:pay", kwargs={"token": order.token}) if unpaid else "",
        "destination": order.destination,
        "price": present_price(order.price, order.edition, language, order.destination),
        "promise": present_promise(order.likely_at, order.safe_at, language),
        "events": [
            {
                "seq": event.seq,
                "kind": event.kind,
                "at": event.at.isoformat(),
                "operation": text_in(event.operation_name, language),
                "station": text_in(event.station_name, language),
                "note": text_in(event.note, language),
            }
            for event in (made.progress if made else ())
        ],
    }


def _group(edition: Edition, group: Any, language: str) -> dict[str, Any]:
    options = [
        {
            "id": option.id,
            "name": option.name.of(language),
            "story": option.story.of(language),
            "price": str(edition.money(option.price).amount),
        }
        for option in group.options
    ]
    return {"id": group.id, "name": group.name.of(language), "options": options}


def _with_repair(problem: ForbiddenCombination, edition: Edition, data: dict[str, Any]) -> Problem:
    """The same refusal with the smallest repair that keeps the option which was chosen last, if that is known."""
    definition = definition_of(edition.version)
    choices = definition.settled(data["configuration"]["choices"])
    group = data.get("changed", "")
    if group not in choices:
        return problem
    configuration = Configuration.from_json({**data["configuration"], "choices": choices})
    words = OptionWords(edition, configuration, _language(), delivery_to(edition, data["destination"]).lines)
    state = option_state(definition, choices, (group, choices[group]), _language())
    return ForbiddenCombination(problem.detail, **problem.extra, repair={"group": group, **words.option(group, state)})


def _edition(slug: str, among: Callable[[datetime], QuerySet[Edition]] = public_editions) -> Edition:
    try:
        return among(now()).get(slug=slug)
    except Edition.DoesNotExist as error:
        raise Http404 from error


def _parsed(shape: type[Any], request: Request) -> dict[str, Any]:
    parsed = shape(data=request.data)
    parsed.is_valid(raise_exception=True)
    data: dict[str, Any] = parsed.validated_data
    return data


def _record(request: Request, act: Act, edition: Edition, **details: Any) -> None:
    consent = request._request.consent  # type: ignore[attr-defined]
    record(act, subject_type="edition", subject_id=edition.slug, consent=consent, now=now(), details=details)


def _language() -> str:
    return get_language() or "en"
