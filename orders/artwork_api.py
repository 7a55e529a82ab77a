"""The API of customers' pictures: send one, take its colours."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.artwork_session import remember_artwork, uploader_of
from configurator.picture_address import artwork_address
from configurator.throttles import UploadThrottle
from core.clock import now
from core.idempotency import KEY_PARAMETER, once
from core.problem_shapes import problems
from editions.models import Edition
from editions.selectors import public_editions
from orders import serializers as shapes
from orders.services.artwork import add_artwork, colours_of, sent_file
from orders.throttles import QuoteThrottle


class ArtworksView(APIView):
    """A picture of the customer's own, prepared and kept for this session or account."""

    throttle_classes = [UploadThrottle]
    parser_classes = [MultiPartParser]

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request={"multipart/form-data": shapes.ArtworkRequestSerializer},
        responses={201: shapes.ArtworkSerializer, **problems(400, 403, 404, 409, 422, 429)},
    )
    @once
    def post(self, request: Request) -> Response:
        # Unlike JSON, a form on a foreign page can send a file without asking first.
        SessionAuthentication().enforce_csrf(request)
        data = _parsed(shapes.ArtworkRequestSerializer, request)
        edition = _edition(data["edition"])
        uploader = uploader_of(request)
        content = sent_file(request._request, "picture")
        added = add_artwork(edition=edition, content=content, account=uploader.account, now=now())
        remember_artwork(request.session, added.artwork.sha256)
        artwork = added.artwork
        body = {
            "artwork": artwork.sha256,
            "width": artwork.width,
            "height": artwork.height,
            "address": artwork_address(artwork.sha256),
            "placement": added.placement.as_json(),
        }
        return Response(body, status=201)


class PaletteView(APIView):
    """The possible design that comes nearest to a picture's colours."""

    throttle_classes = [QuoteThrottle]

    @extend_schema(
        request=shapes.PaletteRequestSerializer,
        responses={200: shapes.PaletteSerializer, **problems(400, 403, 404, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        data = _parsed(shapes.PaletteRequestSerializer, request)
        placement = {"artwork": data["artwork"], "x_mm": 0, "y_mm": 0, "width_mm": 1}
        found = colours_of(edition=_edition(data["edition"]), raw=placement, uploader=uploader_of(request))
        return Response({"choices": found.choices, "colours": found.colours})


def _edition(slug: str) -> Edition:
    try:
        return public_editions(now()).get(slug=slug)
    except Edition.DoesNotExist as error:
        raise Http404 from error


def _parsed(shape: type[Any], request: Request) -> dict[str, Any]:
    parsed = shape(data=request.data)
    parsed.is_valid(raise_exception=True)
    data: dict[str, Any] = parsed.validated_data
    return data
