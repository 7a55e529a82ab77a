"""The lobby on an edition's page, and the public page and files of its draw."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_http_methods, require_safe

from core.clock import now
from core.http import limited
from core.idempotency import once_per_form
from core.problems import Problem
from editions.lobby_selectors import list_of, lobby_of, order_of
from editions.lobby_service import enter_lobby
from editions.models import Edition, Lobby
from editions.selectors import public_editions
from orders.lobby_page import draw_page, lobby_shown
from orders.person import holders_of, known_holders
from orders.throttles import LedgerThrottle, LobbyThrottle


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(LobbyThrottle)
@once_per_form
def lobby(request: HttpRequest, slug: str) -> HttpResponse:
    """POST comes in. GET is the part of the edition's page that moves; 204 when it is as it was seen."""
    found = _lobby(slug)
    place = reverse("orders:edition", args=[slug]) + "#lobby"
    if request.method == "POST":
        try:
            enter_lobby(lobby=found, holders=holders_of(request, found.edition), now=now())
        except Problem as problem:
            messages.warning(request, problem.detail)
            refused = redirect(place)
            refused.passing = True  # type: ignore[attr-defined]
            return refused
        return redirect(place)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(place)
    shown = lobby_shown(found.edition, known_holders(request), now())
    if shown is None or request.GET.get("seen") == shown.state:
        return HttpResponse(status=204)
    context = {"edition": found.edition, "lobby": shown, "moves": True, "was": request.GET.get("phase", "")}
    return render(request, "lobby/section.html", context)


@never_cache
@require_safe
@limited(LedgerThrottle, methods=("GET",))
def draw(request: HttpRequest, slug: str) -> HttpResponse:
    """The commitment, the list's hash, the seed, the order, and how to draw again."""
    found = _lobby(slug)
    shown = draw_page(found, known_holders(request), request.GET.get("page", ""))
    return render(request, "lobby/draw.html", {"edition": found.edition, "lobby": found, "shown": shown})


def _list_tag(request: HttpRequest, slug: str) -> str | None:
    return _tag(_lobby(slug).list_hash)


def _order_tag(request: HttpRequest, slug: str) -> str | None:
    return _tag(_lobby(slug).seed)


@require_safe
@limited(LedgerThrottle, methods=("GET",))
@condition(etag_func=_list_tag)
def list_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The list in exactly the bytes that are hashed, once it is closed."""
    found = _lobby(slug)
    if not found.list_hash:
        raise Http404
    return _file(list_of(found), f"{slug}-list.txt")


@require_safe
@limited(LedgerThrottle, methods=("GET",))
@condition(etag_func=_order_tag)
def order_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The seed, the list's hash and the order, once it is drawn."""
    found = _lobby(slug)
    if not found.seed:
        raise Http404
    return _file(order_of(found), f"{slug}-order.txt")


def _lobby(slug: str) -> Lobby:
    edition: Edition = get_object_or_404(public_editions(now()), slug=slug)
    found = lobby_of(edition)
    if found is None:
        raise Http404
    return found


def _tag(changes: str) -> str | None:
    return f'"{changes}"' if changes else None


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, public=True, no_cache=True)
    return response
