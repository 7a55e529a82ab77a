"""One design in 3D on a page of its own, for a phone: from there it can be placed in a room in its real size."""

from csp.constants import NONE
from csp.decorators import csp
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from configurator.configuration import Configuration
from configurator.model_address import model_subject
from configurator.model_service import NoModel
from configurator.models import ProductVersion
from configurator.throttles import PictureThrottle
from configurator.viewer import allow_viewer
from core.clock import now
from core.http import limited
from orders.room import code_svg, room_page

ONE_DAY = 24 * 3600


@require_safe
@limited(PictureThrottle, methods=("GET",))
def room(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a design; 404 for a forged address or a product without a model."""
    try:
        page = room_page(configuration=_configuration(token), language=get_language() or "en", now=now())
    except (ProductVersion.DoesNotExist, NoModel) as error:
        raise Http404 from error
    response = render(request, "room/room.html", {"page": page})
    # Whoever was given the address can see it; nobody else should find it.
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return allow_viewer(response)


@require_safe
@limited(PictureThrottle, methods=("GET",))
@csp({"default-src": [NONE], "sandbox": True})  # type: ignore[arg-type]
def room_code(request: HttpRequest, token: str) -> HttpResponse:
    """The page's address as a QR code; 404 for a forged one."""
    _configuration(token)
    address = request.build_absolute_uri(reverse("orders:room", kwargs={"token": token}))
    response = HttpResponse(code_svg(address), content_type="image/svg+xml")
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=ONE_DAY)
    return response


def _configuration(token: str) -> Configuration:
    try:
        return model_subject(token).configuration
    except signing.BadSignature as error:
        raise Http404 from error
