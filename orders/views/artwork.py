"""The picture part of the studio's form where there is no JavaScript: send a picture, take its colours."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from configurator.artwork_session import remember_artwork, uploader_of
from configurator.throttles import UploadThrottle
from core.clock import now
from core.http import limited
from core.idempotency import once_per_form
from core.problems import Problem
from editions.models import Edition
from editions.selectors import public_editions
from orders.destination import KEY as DESTINATION
from orders.destination import remember_destination
from orders.personal import design_query
from orders.services.artwork import add_artwork, colours_of, sent_file
from orders.throttles import QuoteThrottle
from orders.views.shop import refused_studio, studio_data


@require_http_methods(["GET", "HEAD", "POST"])
@limited(UploadThrottle)
@once_per_form
def add_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the picture in the form and go back to the studio, where it lies on the piece."""
    if request.method != "POST":
        return redirect("orders:studio", slug=slug)
    edition = get_object_or_404(public_editions(now()), slug=slug)
    data = studio_data(edition, request.POST)
    try:
        file = sent_file(request, "artwork_file")
        added = add_artwork(edition=edition, content=file, account=uploader_of(request).account, now=now())
    except Problem as problem:
        return refused_studio(request, edition, data, problem)
    remember_artwork(request.session, added.artwork.sha256)
    remember_destination(request, edition, request.POST.get(DESTINATION, ""))
    return _studio_with(edition, {**data, "artwork": added.placement.as_json()})


@require_http_methods(["GET", "HEAD", "POST"])
@limited(QuoteThrottle)
def use_palette(request: HttpRequest, slug: str) -> HttpResponse:
    """Go back to the studio with the choices that suit the picture's colours."""
    if request.method != "POST":
        return redirect("orders:studio", slug=slug)
    edition = get_object_or_404(public_editions(now()), slug=slug)
    data = studio_data(edition, request.POST)
    try:
        found = colours_of(edition=edition, raw=data["artwork"], uploader=uploader_of(request))
    except Problem as problem:
        return refused_studio(request, edition, data, problem)
    remember_destination(request, edition, request.POST.get(DESTINATION, ""))
    return _studio_with(edition, {**data, "choices": {**data["choices"], **found.choices}})


def _studio_with(edition: Edition, data: dict[str, Any]) -> HttpResponse:
    address = reverse("orders:studio", kwargs={"slug": edition.slug})
    return HttpResponseRedirect(f"{address}?{urlencode(design_query(data))}")
