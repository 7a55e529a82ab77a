"""Models of designs as files, for the viewer in the page and for those that phones bring along."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from configurator.model_address import model_subject
from configurator.model_service import NoModel, model_file
from configurator.models import ProductVersion
from configurator.picture_service import PictureIsGone
from configurator.throttles import ModelThrottle
from core.http import limited

ONE_YEAR = 365 * 24 * 3600


@require_safe
@limited(ModelThrottle, methods=("GET",))
def model(request: HttpRequest, token: str) -> HttpResponse:
    """A design's model as a GLB file; 404 for a forged address, a product without a model or a print that is gone."""
    try:
        subject = model_subject(token)
        content = model_file(subject.configuration, subject.number)
    except (signing.BadSignature, ProductVersion.DoesNotExist, NoModel, PictureIsGone) as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="model/gltf-binary")
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=True, max_age=ONE_YEAR, immutable=True)
    return response
