"""Pictures and engraving masks. The studio's page itself is served by orders, which knows price and date."""

from csp.constants import NONE
from csp.decorators import csp
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from configurator.card_service import card_address, card_digest, card_of, code_in
from configurator.models import Design, ProductVersion
from configurator.picture_address import artwork_of, subject_of
from configurator.picture_service import PictureIsGone, UnknownView, engraving_file, picture_file
from configurator.pictures.encode import SIZES, Format
from configurator.selectors import artwork_file, definition_of, design_with_code
from configurator.throttles import PictureThrottle
from configurator.validation import checked_engraving, checked_font
from core.http import limited
from core.problems import Problem

ONE_YEAR = 365 * 24 * 3600


@require_safe
@limited(PictureThrottle, methods=("GET",))
def picture(request: HttpRequest, token: str, view: str, size: int, kind: Format) -> HttpResponse:
    """A composed picture; 404 for a forged address or an unknown view or size."""
    if size not in SIZES:
        raise Http404
    try:
        content = picture_file(subject_of(token), view, size, kind)
    except (signing.BadSignature, ProductVersion.DoesNotExist, UnknownView, PictureIsGone) as error:
        raise Http404 from error
    return _immutable(HttpResponse(content, content_type=f"image/{kind}"))


@require_safe
@limited(PictureThrottle, methods=("GET",))
def card(request: HttpRequest, token: str, language: str, digest: str) -> HttpResponse:
    """The picture card of a design; an earlier card's address leads to the one of today."""
    try:
        design = design_with_code(code_in(token))
    except (signing.BadSignature, Design.DoesNotExist) as error:
        raise Http404 from error
    if digest != card_digest(design, language):
        return redirect(card_address(design, language))
    return _immutable(HttpResponse(card_of(design, language), content_type="image/jpeg"))


@require_safe
@limited(PictureThrottle, methods=("GET",))
def engraving_mask(request: HttpRequest, version_id: int) -> HttpResponse:
    """The mask of `?text=` as the font cuts it (`?font=`, else the usual one); 422 with the reason when it cannot."""
    version = get_object_or_404(ProductVersion, pk=version_id)
    definition = definition_of(version)
    try:
        font = checked_font(definition, request.GET.get("font", ""))
        text = checked_engraving(definition, request.GET.get("text", ""), font)
    except Problem as problem:
        return HttpResponse(problem.detail, status=problem.status, content_type="text/plain; charset=utf-8")
    return _immutable(HttpResponse(engraving_file(definition, text, font), content_type="image/png"))


@require_safe
@limited(PictureThrottle, methods=("GET",))
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def artwork(request: HttpRequest, token: str) -> HttpResponse:
    """A customer's picture as it is kept; 404 for a forged address or a picture that was removed.

    The file was written by this program, and still nothing in it can act: it is a picture, alone, in a sandbox.
    """
    try:
        content = artwork_file(artwork_of(token)).read_bytes()
    except (signing.BadSignature, FileNotFoundError) as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/webp")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=ONE_YEAR, immutable=True)
    return response


def _immutable(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=ONE_YEAR, immutable=True)
    return response
