"""What is recorded about visitors, and their say in it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.consent import write_consent


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is recorded, why, for how long, and the choice."""
    return render(request, "accounts/privacy.html")


@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Keep the visitor's answer and go back to where she was."""
    granted = request.POST.get("granted") == "yes"
    messages.success(
        request,
        _("Thank you. You can change this at any time under “Privacy”.") if granted else _("Nothing is recorded."),
    )
    response = redirect(_back(request))
    write_consent(response, granted=granted, secure=settings.SESSION_COOKIE_SECURE)
    return response


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else reverse("orders:home")
