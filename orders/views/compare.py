"""Two designs side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from configurator.codes import LONGEST_TYPED
from configurator.models import Design
from configurator.selectors import design_with_code
from core.clock import now
from core.http import limited
from orders.comparison import comparison
from orders.design_page import design_page
from orders.session_shelf import shelf_of
from orders.throttles import LookUpThrottle
from orders.views.designs import own_rows

TWO = 2


@never_cache
@require_safe
@limited(LookUpThrottle, methods=("GET",))
def compare(request: HttpRequest) -> HttpResponse:
    """Compare the designs `a` and `b`; with less than that, ask for what is missing."""
    picked = request.GET.getlist("pick")
    if len(picked) == TWO:
        return redirect(f"{reverse('orders:compare')}?{urlencode({'a': picked[0], 'b': picked[1]})}")
    typed = {side: request.GET.get(side, "").strip()[:LONGEST_TYPED] for side in "ab"}
    found = {side: _design(code) for side, code in typed.items() if code}
    problems = {side: _("There is no design with this code.") for side, each in found.items() if each is None}
    left, right = found.get("a"), found.get("b")
    if left and left == right:
        problems["b"] = _("This is the same design. Please choose another one.")
    if left and right and not problems:
        return _side_by_side(request, left, right)
    context = {
        "typed": typed,
        "problems": problems,
        "left": left,
        "picked_wrongly": "pick" in request.GET or request.GET.get("from") == "list",
        "rows": own_rows(request, without=left.code if left else ""),
    }
    return render(request, "designs/pick.html", context, status=422 if problems else 200)


def _side_by_side(request: HttpRequest, left: Design, right: Design) -> HttpResponse:
    shelf, language, at = shelf_of(request), get_language() or "en", now()
    pages = [design_page(design=each, shelf=shelf, language=language, now=at) for each in (left, right)]
    rows = comparison(*pages)
    same = not any(row.differs for row in rows)
    return render(request, "designs/compare.html", {"pages": pages, "rows": rows, "same": same})


def _design(code: str) -> Design | None:
    try:
        return design_with_code(code)
    except Design.DoesNotExist:
        return None
