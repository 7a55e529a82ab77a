"""The waiting list: joining it, and the page of one's place, known to nobody else."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from configurator.selectors import definition_of
from core.clock import now
from core.http import limited
from core.problems import Problem
from editions.models import Edition, WaitingPlace
from editions.selectors import public_editions
from editions.waiting_selectors import place_with_token, takes_places
from editions.waiting_service import Newcomer, ask_for_place, confirm_place, leave_place
from orders.forms import WaitingForm
from orders.person import PLACES, holders_of
from orders.personal import design_address, design_query
from orders.standing_words import words_now
from orders.throttles import WaitingThrottle, check_letters
from orders.views.shop import studio_data
from orders.waiting_page import place_context

ACTS = ("confirm", "design", "leave")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(WaitingThrottle)
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """GET says what the line is, with the design in the address; POST asks for a place."""
    edition = get_object_or_404(public_editions(now()), slug=slug)
    account = request.user if isinstance(request.user, User) else None
    posted = request.POST if request.method == "POST" else None
    form = WaitingForm(posted, initial={"email": account.email if account else ""})
    design = _design(edition, request)
    problem: Problem | None = None
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        newcomer = Newcomer(
            email=email,
            language=get_language() or "en",
            design=design_address(slug, design) if design else "",
            holders=holders_of(request, edition),
        )
        try:
            check_letters(request, email)
            ask_for_place(edition_id=edition.pk, newcomer=newcomer, now=now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(
                request, _("We have written to %(email)s. You stand in line once you confirm it.") % {"email": email}
            )
            return redirect("orders:edition", slug=slug)
    status = problem.status if problem else (422 if form.errors else 200)
    context = {
        "edition": edition,
        "form": form,
        "problem": problem,
        "design": design_query(design) if design else {},
        "live": words_now(edition, get_language() or "en", now()),
        "takes_places": takes_places(edition, now()),
        "edition_is_open": edition.is_open(now()),
        "hours": settings.WAITING_OFFER_HOURS,
    }
    return render(request, "waiting/join.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(WaitingThrottle)
def place(request: HttpRequest, token: str) -> HttpResponse:
    """Where one stands. POST confirms the place, goes to the studio with the piece that is offered, or leaves."""
    found = _place_or_404(token)
    act = request.POST.get("act")
    if request.method != "POST":
        return _page(request, found)
    if act not in ACTS:
        raise Http404
    if act == "design":
        return _to_studio(request, found)
    try:
        if act == "confirm":
            confirm_place(token=token, holders=holders_of(request, found.edition, always=True), now=now())
        else:
            leave_place(token=token, now=now())
    except Problem as problem:
        return _page(request, _place_or_404(token), problem)
    return redirect("orders:waiting_place", token=token)


@csrf_exempt
@require_POST
@limited(WaitingThrottle)
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leave the line by a mail program's button (RFC 8058), which has no cookie: the address is the secret."""
    leave_place(token=_place_or_404(token).token, now=now())
    return HttpResponse(status=204)


def _to_studio(request: HttpRequest, found: WaitingPlace) -> HttpResponse:
    """The studio, which from now on knows that a piece is kept for this browser."""
    if not found.has_offer(now()):
        return redirect("orders:waiting_place", token=found.token)
    request.session[PLACES] = {**request.session.get(PLACES, {}), found.edition.slug: found.token}
    if found.design:
        return HttpResponseRedirect(found.design)
    return redirect("orders:studio", slug=found.edition.slug)


def _page(request: HttpRequest, found: WaitingPlace, problem: Problem | None = None) -> HttpResponse:
    context = {**place_context(found, get_language() or "en", now()), "problem": problem}
    return render(request, "waiting/place.html", context, status=problem.status if problem else 200)


def _place_or_404(token: str) -> WaitingPlace:
    try:
        return place_with_token(token)
    except WaitingPlace.DoesNotExist as error:
        raise Http404 from error


def _design(edition: Edition, request: HttpRequest) -> dict[str, Any]:
    """The design that came along, or nothing where none did."""
    named = request.POST if request.method == "POST" else request.GET
    known = {group.id for group in definition_of(edition.version).groups}
    return studio_data(edition, named) if known & set(named) else {}
