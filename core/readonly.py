"""Admin classes for rows that only services write."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class _NobodyWrites:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_NobodyWrites, admin.ModelAdmin):
    """Rows to read, not to write."""


class ReadOnlyInline(_NobodyWrites, admin.TabularInline):
    """The same inside another row's page."""

    extra = 0
    can_delete = False
