"""The admin: staff sign in like everybody else, with a second factor unless DEBUG."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class DureAdminSite(admin.AdminSite):
    """Django's admin with the shop's own sign-in and the rule that staff have a second factor."""

    site_title = gettext_lazy("Dure")
    site_header = gettext_lazy("Dure · Workshop")
    index_title = gettext_lazy("Overview")
    index_template = "admin/dure_index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not self.lacks_second_factor(request)

    def lacks_second_factor(self, request: HttpRequest) -> bool:
        return settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.is_staff and self.lacks_second_factor(request):
            messages.warning(request, _("Staff need a second factor: please set up an authenticator app first."))
            return redirect("mfa_activate_totp")
        if user.is_authenticated and not super().has_permission(request):
            messages.error(request, _("This account may not enter the workshop."))
            return redirect("orders:home")
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("account_login"))
