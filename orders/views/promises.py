"""How promised dates were kept, for everybody to see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.clock import now
from core.http import limited
from orders.promises_page import promises_page
from orders.throttles import PromisesThrottle


@never_cache
@require_safe
@limited(PromisesThrottle, methods=("GET",))
def promises(request: HttpRequest) -> HttpResponse:
    """How often the likely and the safe date were kept, for every plant, as a chart and as a table."""
    return render(request, "promises/promises.html", {"records": promises_page(get_language() or "en", now())})
