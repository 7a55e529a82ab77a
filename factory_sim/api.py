"""What a plant's own system sends: signed reports of work."""

import json
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.clock import now as read_clock
from core.http import AddressThrottle
from core.problem_shapes import problems
from core.problems import Problem
from factory_sim import webhooks
from factory_sim.api_shapes import JobResponseMessageSerializer, TakenSerializer, said_in
from factory_sim.contracts import JobResponse
from factory_sim.models import FactoryClock, WorkReport
from factory_sim.outgoing import secrets_of
from factory_sim.report_service import report

LARGEST_BODY = 32 * 1024
HEADERS = {
    webhooks.ID: "the message's own id, up to 100 ASCII characters; the same message again gets the same answer",
    webhooks.TIMESTAMP: "seconds since 1970, at most five minutes from now",
    webhooks.SIGNATURE: "`v1,` and HMAC-SHA256 of `<id>.<timestamp>.<body>` in base64",
}


class PlantThrottle(AddressThrottle):
    """Reports of plants."""

    scope = "plant"


class NotSigned(Problem):
    """The message does not prove that it comes from the plant."""

    code = "not_signed"
    status = 401


class OutOfTime(Problem):
    """The message was signed too long ago, or by a clock that is wrong."""

    code = "out_of_time"
    status = 401


class TooLarge(Problem):
    """No report is that long."""

    code = "too_large"
    status = 413


class PlantReportsView(APIView):
    """A report of work, signed by the plant as docs/plant-interface.md says."""

    # The signature says who it is. There is no session, and so nothing to forge a request with.
    authentication_classes = []
    throttle_classes = [PlantThrottle]

    @extend_schema(
        auth=[],
        parameters=[
            OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description=text)
            for name, text in HEADERS.items()
        ],
        request=JobResponseMessageSerializer,
        responses={200: TakenSerializer, **problems(400, 401, 404, 409, 413, 422, 429)},
    )
    def post(self, request: Request, slug: str) -> Response:
        now = read_clock()
        body = _body(request)
        key = f"message {_checked(slug, request, body, now)}"
        try:
            written = report(plant_slug=slug, said=_said(body), key=key, now=now)
        except FactoryClock.DoesNotExist as error:
            raise Http404 from error
        return Response(_taken(written))


def _body(request: Request) -> bytes:
    """What was sent, unread by any parser; one byte too many is enough to refuse it."""
    body: bytes = request._request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise TooLarge(_("A report has at most %(most)d bytes.") % {"most": LARGEST_BODY})
    return body


def _checked(slug: str, request: Request, body: bytes, now: datetime) -> str:
    """The message's id. A plant that is not known, and one without a secret, are answered like a wrong signature."""
    headers = {name: request.headers.get(name, "") for name in HEADERS}
    try:
        return webhooks.check(headers, body, secrets_of(slug), now=now.timestamp())
    except webhooks.NotSigned:
        raise NotSigned(_("The message carries no valid signature of this plant.")) from None
    except webhooks.OutOfTime:
        raise OutOfTime(_("The message's time is more than five minutes from ours.")) from None


def _said(body: bytes) -> JobResponse:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise ParseError from None
    message = JobResponseMessageSerializer(data=data)
    message.is_valid(raise_exception=True)
    return said_in(message.validated_data["JobResponse"])


def _taken(written: WorkReport) -> dict[str, Any]:
    """The answer to a report, the same however often it is asked for."""
    events = written.order.events.filter(seq__range=(written.first_seq, written.last_seq)).order_by("seq")
    return {
        "JobOrderID": written.order.external_ref,
        "JobState": written.status,
        "Events": [{"Number": each.seq, "Event": each.kind, "SegmentID": each.operation} for each in events],
    }
