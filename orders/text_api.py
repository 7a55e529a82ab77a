"""The API's question for a text that the screening holds back."""

from django.http import Http404
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from configurator.appeals import Asker, ask_for_text
from configurator.selectors import definition_of
from core.clock import now
from core.idempotency import KEY_PARAMETER, once
from core.problem_shapes import problems
from editions.models import Edition
from editions.selectors import public_editions
from orders import serializers as shapes
from orders.personal import asked_sentence, design_address
from orders.throttles import AppealThrottle


class TextAppealView(APIView):
    """Ask the maker's staff to look at a text; a text that they allow passes from then on."""

    throttle_classes = [AppealThrottle]

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=shapes.TextAppealRequestSerializer,
        responses={201: shapes.TextAppealSerializer, **problems(400, 404, 409, 422, 429)},
    )
    @once
    def post(self, request: Request) -> Response:
        parsed = shapes.TextAppealRequestSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        data = parsed.validated_data
        try:
            edition = public_editions(now()).get(slug=data["edition"])
        except Edition.DoesNotExist as error:
            raise Http404 from error
        design = data["configuration"]
        asker = Asker(data["email"], get_language() or "en", design_address(edition.slug, design))
        appeal = ask_for_text(
            definition=definition_of(edition.version),
            text=design["engraving"],
            font=design["font"],
            asker=asker,
            now=now(),
        )
        return Response({"status": appeal.status, "detail": asked_sentence(appeal.email)}, status=201)
