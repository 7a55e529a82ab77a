"""How the API's documentation says that an answer may be a refusal."""

from drf_spectacular.utils import OpenApiResponse

from orders.serializers import ProblemSerializer

PROBLEM = OpenApiResponse(ProblemSerializer, description="why not; nothing was written")


def problems(*statuses: int) -> dict[int, OpenApiResponse]:
    return dict.fromkeys(statuses, PROBLEM)
