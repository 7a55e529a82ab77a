"""Saved designs: the page of one, a person's own, two side by side."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from configurator.artwork_session import uploader_of
from configurator.card_service import card_address
from configurator.codes import read_code
from configurator.design_service import rename_design, unlist_design
from configurator.models import LONGEST_NAME, Design
from configurator.selectors import definition_of, design_with_code
from configurator.studio import description
from core.clock import now
from core.http import limited
from core.idempotency import once_per_form
from core.problems import Problem
from editions.selectors import public_editions
from orders.design_page import DesignPage, design_page
from orders.present import present_photo
from orders.services.save import save_from_studio
from orders.session_shelf import remember, shelf_of
from orders.throttles import DesignThrottle, LookUpThrottle
from orders.views.shop import refused_studio, studio_data

ON_A_PAGE = 24


@require_http_methods(["GET", "HEAD", "POST"])
@limited(DesignThrottle)
@once_per_form
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Save the design in the studio's form and go to its page, or on to comparing it."""
    if request.method != "POST":
        # Reloaded, or asked for in the other language, after a refusal.
        return redirect("orders:studio", slug=slug)
    edition = get_object_or_404(public_editions(now()), slug=slug)
    data, parent = studio_data(edition, request.POST), request.POST.get("parent", "")
    try:
        saved = save_from_studio(
            edition=edition,
            data=data,
            shelf=shelf_of(request),
            now=now(),
            parent=parent,
            uploader=uploader_of(request),
        )
    except Problem as problem:
        return refused_studio(request, edition, data, problem)
    remember(request, saved)
    if request.POST.get("then") == "compare":
        return redirect(f"{reverse('orders:compare')}?a={saved.code}")
    messages.success(request, _("Your design is saved. It stays at this address."))
    return redirect("orders:design", code=saved.code)


@require_safe
def short(request: HttpRequest, code: str) -> HttpResponse:
    """The address without a language leads to the page in the visitor's."""
    found = read_code(code)
    if found is None:
        raise Http404
    response = redirect("orders:design", code=found)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@never_cache
@require_safe
@limited(LookUpThrottle, methods=("GET",))
def design(request: HttpRequest, code: str) -> HttpResponse:
    """A saved design."""
    found = _design_or_404(code)
    if found.code != code:
        return redirect("orders:design", code=found.code)
    return _answer(request, _page(request, found))


@require_POST
@limited(DesignThrottle)
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """Name a design of one's own."""
    found, typed, shelf = _design_or_404(code), request.POST.get("name", ""), shelf_of(request)
    if not shelf.owns(found):
        raise Http404
    try:
        rename_design(code=found.code, shelf=shelf, name=typed)
    except Problem as problem:
        return _answer(request, _page(request, found), problem=problem, typed=typed)
    messages.success(request, _("The name is saved."))
    return redirect("orders:design", code=found.code)


@require_POST
@limited(DesignThrottle)
def unlist(request: HttpRequest, code: str) -> HttpResponse:
    """Take a design off one's own list."""
    try:
        unlist_design(code=_design_or_404(code).code, shelf=shelf_of(request), now=now())
    except Design.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The design is off your list. Whoever has its address can still open it."))
    return redirect("orders:designs")


@never_cache
@require_safe
def designs(request: HttpRequest) -> HttpResponse:
    """The visitor's own designs, the newest first."""
    language = get_language() or "en"
    page = Paginator(shelf_of(request).listed(), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "designs/designs.html", {"page": page, "rows": _rows(list(page), language)})


def _rows(found: list[Design], language: str) -> list[dict[str, Any]]:
    rows = []
    for each in found:
        definition = definition_of(each.version)
        picture = present_photo(definition, each.configuration, language)
        rows.append({"design": each, "name": each.name or definition.name.of(language), "picture": picture})
    return rows


def own_rows(request: HttpRequest, without: str) -> list[dict[str, Any]]:
    """The visitor's newest designs but one, to choose from."""
    return _rows(list(shelf_of(request).listed().exclude(code=without)[:ON_A_PAGE]), get_language() or "en")


def _design_or_404(code: str) -> Design:
    try:
        return design_with_code(code)
    except Design.DoesNotExist as error:
        raise Http404 from error


def _page(request: HttpRequest, found: Design) -> DesignPage:
    return design_page(design=found, shelf=shelf_of(request), language=get_language() or "en", now=now())


def _answer(
    request: HttpRequest, page: DesignPage, problem: Problem | None = None, typed: str | None = None
) -> HttpResponse:
    code, language = page.design.code, page.language
    context = {
        "page": page,
        "problem": problem,
        "typed": page.design.name if typed is None else typed[: 4 * LONGEST_NAME],
        "longest_name": LONGEST_NAME,
        "share_address": share_address(request, code),
        "absolute_address": request.build_absolute_uri(reverse("orders:design", kwargs={"code": code})),
        "card_address": request.build_absolute_uri(card_address(page.design, language)),
        "description": description(page.definition, page.configuration, language),
    }
    return render(request, "designs/design.html", context, status=problem.status if problem else 200)


def share_address(request: HttpRequest, code: str) -> str:
    """The short, absolute address, which opens in the language of whoever follows it."""
    return request.build_absolute_uri(reverse("short_design", kwargs={"code": code}))
