"""Users in the admin, by e-mail address."""

from datetime import datetime
from typing import Any

import allauth.mfa.admin  # noqa: F401 (registers what is unregistered below)
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import SecondFactor, User
from core.readonly import ReadOnlyAdmin

# The library's own page shows the secret itself.
admin.site.unregister(Authenticator)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_staff", "last_login")
    search_fields = ("email", "first_name", "last_name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "language")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnlyAdmin):
    """Who has one; a lost one is deleted here, and its owner sets up another."""

    list_display = fields = ("person", "kind", "set_up_at", "used_at")
    search_fields = ("user__email",)
    list_select_related = ("user",)

    @admin.display(description=_("user"))
    def person(self, factor: SecondFactor) -> str:
        return str(factor.user.email)

    @admin.display(description=_("kind"))
    def kind(self, factor: SecondFactor) -> str:
        return str(factor.get_type_display())

    @admin.display(description=_("set up at"), ordering="created_at")
    def set_up_at(self, factor: SecondFactor) -> datetime:
        at: datetime = factor.created_at
        return at

    @admin.display(description=_("last used at"), ordering="last_used_at")
    def used_at(self, factor: SecondFactor) -> datetime | None:
        at: datetime | None = factor.last_used_at
        return at

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.delete_secondfactor")
