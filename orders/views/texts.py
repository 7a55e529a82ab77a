"""Asking the maker for a text that the screening holds back, as a form of the studio's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from configurator.appeals import Asker, NothingToAsk, ask_for_text
from configurator.selectors import definition_of
from core.clock import now
from core.http import limited
from core.idempotency import once_per_form
from core.problems import Problem
from editions.selectors import public_editions
from orders.forms import AskForm
from orders.personal import asked_sentence, design_address
from orders.throttles import AppealThrottle
from orders.views.shop import render_studio, studio_data


@require_http_methods(["GET", "HEAD", "POST"])
@limited(AppealThrottle)
@once_per_form
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the text of the design in the form, then the studio again with it."""
    if request.method != "POST":
        return redirect("orders:studio", slug=slug)
    edition = get_object_or_404(public_editions(now()), slug=slug)
    data = studio_data(edition, QueryDict(request.POST.get("design", "")))
    form = AskForm(request.POST)
    if not form.is_valid():
        return render_studio(request, edition, data, asking=form, status=422)
    back = design_address(slug, data)
    asker = Asker(form.cleaned_data["answer_to"], get_language() or "en", back)
    try:
        ask_for_text(
            definition=definition_of(edition.version),
            text=data["engraving"],
            font=data["font"],
            asker=asker,
            now=now(),
        )
    except NothingToAsk:
        # The text was mended before the button was pressed: the page shows its price.
        return redirect(back)
    except Problem as problem:
        return render_studio(request, edition, data, problem=problem, asking=form, status=problem.status)
    messages.success(request, asked_sentence(asker.email))
    return redirect(back)
