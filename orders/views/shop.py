"""Browse and design: home, edition, studio."""

from secrets import randbits
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from configurator.artwork_session import uploader_of
from configurator.codes import read_code
from configurator.selectors import definition_of
from configurator.validation import checked_configuration
from configurator.viewer import allow_viewer
from core.clock import now
from core.http import limited
from core.idempotency import once_per_form
from core.problems import Problem
from editions.contracts import Offer
from editions.models import Edition, WaitingPlace
from editions.selectors import announced_editions, open_editions, public_editions
from editions.services import Wish
from editions.waiting_selectors import place_with_offer
from insights.models import Act
from insights.services import record
from orders.artwork_part import artwork_in, check_picture_was_sent
from orders.budget import read_budget
from orders.destination import KEY as DESTINATION
from orders.destination import destination_of, remember_destination
from orders.forms import AskForm
from orders.lobby_page import lobby_shown
from orders.number import read_number, written_number
from orders.person import PLACES, holders_of, known_holders
from orders.price_card import card_tables
from orders.services.hold import hold_design
from orders.services.quote import read_quote
from orders.services.suggest import KINDS, suggest_choices
from orders.shipping_words import present_zones, tax_percent
from orders.standing_words import words_now
from orders.studio_island import studio_island
from orders.studio_page import StudioPage, studio_address, studio_page, whole_choices
from orders.throttles import HoldThrottle, QuoteThrottle
from orders.waiting_page import offer_price

HOLDS = "holds"


class DesignChanged(Problem):
    """The design in the form is not the one that was priced; its price is shown first."""

    code = "design_changed"
    status = 409


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The open editions, each with its preset's picture, what is left, the price and the date from; then the next."""
    moment = now()
    pages = [_window(edition) for edition in open_editions(moment)]
    coming = [_window(edition) for edition in announced_editions(moment)]
    return render(request, "shop/home.html", {"pages": pages, "coming": coming})


@require_safe
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    """One edition: story, price card, what is left, how it is made."""
    found = get_object_or_404(public_editions(now()), slug=slug)
    _record(request, Act.VIEW, found)
    page = _window(found)
    lobby = lobby_shown(found, known_holders(request), now())
    context = {
        "page": page,
        "edition": found,
        "live": _live(found),
        "lobby": lobby,
        "takes_places": found.is_open(now()),
    }
    return render(request, "shop/edition.html", context)


@require_safe
@limited(QuoteThrottle, methods=("GET", "HEAD"))
def studio(request: HttpRequest, slug: str) -> HttpResponse:
    """The studio: choices come with the address, so that it can be shared; without any, the preset is shown."""
    found = get_object_or_404(public_editions(now()), slug=slug)
    data = studio_data(found, request.GET)
    page = _page(request, found, data)
    # Only what was checked is recorded: anything can stand in an address.
    if page.shown:
        remember_destination(request, found, request.GET.get(DESTINATION, ""))
        _record(request, Act.QUOTE if request.GET else Act.VIEW, found, choices=data["choices"])
    return _studio(request, page, status=page.problem.status if page.problem and request.GET else 200)


@require_POST
@limited(QuoteThrottle)
def suggest(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on with a design that is proposed. What differs from where everybody starts counts as the customer's own."""
    found = get_object_or_404(public_editions(now()), slug=slug)
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise Http404
    data, budget = studio_data(found, request.POST), read_budget(found, request.POST.get("budget", ""))
    started = definition_of(found.version).started()
    remember_destination(request, found, request.POST.get(DESTINATION, ""))
    keep = [group for group, option in data["choices"].items() if started.get(group) != option]
    try:
        choices = suggest_choices(
            edition=found,
            data=data,
            keep=keep,
            budget=budget.minor,
            kind=kind,
            seed=randbits(48),
            now=now(),
            destination=destination_of(request, request.POST, found),
        )
    except Problem as problem:
        return refused_studio(request, found, data, problem)
    address = studio_address(found, choices, {**data, "budget": budget.written})
    parent = _parent(request, None)
    return redirect(f"{address}&parent={parent}" if parent else address)


@require_http_methods(["GET", "HEAD", "POST"])
@limited(HoldThrottle)
@once_per_form
def hold(request: HttpRequest, slug: str) -> HttpResponse:
    """Hold a piece of the design in the form at the price that was shown, and go on to the checkout."""
    if request.method != "POST":
        # Reloaded, or asked for in the other language, after a refusal.
        return redirect("orders:studio", slug=slug)
    found = get_object_or_404(public_editions(now()), slug=slug)
    data = studio_data(found, request.POST)
    earlier: dict[str, str] = request.session.get(HOLDS, {})
    try:
        check_picture_was_sent(request.POST)
        offer = _priced_offer(found, data, request.POST.get("quote", ""))
        number = read_number(request.POST.get("number", ""))
        place = _place_with_offer(request, found)
        replaces = "" if place else earlier.get(slug, "")
        wish = Wish(number, replaces, holders_of(request, found), place.token if place else "")
        said = request.POST.get(DESTINATION, "")
        held = hold_design(edition=found, offer=offer, now=now(), wish=wish, destination=said)
    except Problem as problem:
        return refused_studio(request, found, data, problem)
    request.session[HOLDS] = {**earlier, slug: held.token}
    remember_destination(request, found, held.destination)
    _record(request, Act.HOLD, found, fingerprint=held.fingerprint, total=held.total)
    return redirect("orders:checkout", token=held.token)


def refused_studio(request: HttpRequest, edition: Edition, data: dict[str, Any], problem: Problem) -> HttpResponse:
    """The studio with the reason why not, and with everything that was chosen and typed."""
    return _studio(request, _page(request, edition, data, problem), status=problem.status)


def studio_data(edition: Edition, form: Any) -> dict[str, Any]:
    """The configuration in a form or an address. Groups that it does not name keep the preset's option."""
    definition = definition_of(edition.version)
    named = {group.id: form[group.id] for group in definition.groups if group.id in form}
    return {
        "version": form.get("version", edition.version.key),
        "choices": whole_choices(definition, named),
        "engraving": form.get("engraving", ""),
        "font": form.get("font", ""),
        "artwork": artwork_in(form),
    }


def preset_data(edition: Edition) -> dict[str, Any]:
    return studio_data(edition, {})


def _live(edition: Edition) -> dict[str, Any]:
    """How the edition stands, and its whole price card."""
    language = get_language() or "en"
    words = words_now(edition, language, now())
    tables = card_tables(edition, words["figures"], language)
    zones = present_zones(edition, language)
    return {**words, "tables": tables, "zones": zones, "is_taxed": bool(tax_percent(edition, None))}


def _priced_offer(edition: Edition, data: dict[str, Any], token: str) -> Offer:
    if not token:
        raise DesignChanged(_("This is the price of your design: please confirm."))
    offer = read_quote(token, edition=edition)
    definition = definition_of(edition.version)
    if checked_configuration(definition, data, expected_version=offer.configuration.version) != offer.configuration:
        raise DesignChanged(
            _("The design has changed since its price was shown. This is its price now: please confirm.")
        )
    return offer


def _window(edition: Edition) -> StudioPage:
    """An edition in the shop window: the preset, with shipping within the edition's own zone, the same for everyone."""
    return studio_page(edition=edition, data=preset_data(edition), language=get_language() or "en", now=now())


def _page(request: HttpRequest, edition: Edition, data: dict[str, Any], problem: Problem | None = None) -> StudioPage:
    named = request.POST if request.method == "POST" else request.GET
    return studio_page(
        edition=edition,
        data=data,
        language=get_language() or "en",
        now=now(),
        problem=problem,
        budget=read_budget(edition, named.get("budget", "")),
        uploader=uploader_of(request),
        view=named.get("view", ""),
        destination=destination_of(request, named, edition),
    )


def render_studio(
    request: HttpRequest,
    edition: Edition,
    data: dict[str, Any],
    *,
    status: int,
    problem: Problem | None = None,
    asking: AskForm | None = None,
) -> HttpResponse:
    """The studio for `data`; a `problem` that happened before is shown first, and `asking` as it was filled in."""
    return _studio(request, _page(request, edition, data, problem), status=status, asking=asking)


def _studio(request: HttpRequest, page: StudioPage, *, status: int, asking: AskForm | None = None) -> HttpResponse:
    parent = _parent(request, page.problem)
    offer = _place_with_offer(request, page.edition)
    context = {
        "offer": offer,
        "offer_price": offer_price(offer, page.language) if offer else "",
        "takes_places": page.edition.is_open(now()),
        "page": page,
        "edition": page.edition,
        "island": studio_island(page),
        "live": _live(page.edition),
        "parent": parent,
        "number": written_number(request),
        "asking": asking or AskForm(),
    }
    response = render(request, "studio/studio.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return allow_viewer(response) if page.model else response


def _parent(request: HttpRequest, problem: Problem | None) -> str:
    """The code of the design that this one was started from, unless that is what was wrong."""
    if problem and problem.code == "unknown_parent":
        return ""
    named = request.POST if request.method == "POST" else request.GET
    return read_code(named.get("parent", "")) or ""


def _place_with_offer(request: HttpRequest, edition: Edition) -> WaitingPlace | None:
    """The place in line at which a piece is kept for this browser now."""
    return place_with_offer(edition, request.session.get(PLACES, {}).get(edition.slug, ""), now())


def _record(request: HttpRequest, act: Act, edition: Edition, **details: Any) -> None:
    consent = request.consent  # type: ignore[attr-defined]
    record(act, subject_type="edition", subject_id=edition.slug, consent=consent, now=now(), details=details)
