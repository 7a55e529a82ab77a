"""How the API's documentation says that an answer may be a refusal."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details; `code` is stable, `detail` is in the reader's language."""

    type = serializers.CharField()
    code = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()


PROBLEM = OpenApiResponse(ProblemSerializer, description="why not; nothing was written")


def problems(*statuses: int) -> dict[int, OpenApiResponse]:
    return dict.fromkeys(statuses, PROBLEM)
