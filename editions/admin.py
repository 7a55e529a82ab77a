"""Editions for staff. An announced card cannot be changed any more; the database refuses it as well."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.readonly import ReadOnlyAdmin
from editions.models import Edition, Hold, LedgerEntry, Piece
from editions.selectors import availability


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("name_en", "version", "size", "left", "orders_placed", "opens_at", "closes_at")

    @admin.display(description=_("left"))
    def left(self, edition: Edition) -> int:
        return availability(edition, now()).available


@admin.register(Piece)
class PieceAdmin(ReadOnlyAdmin):
    list_display = ("edition", "number", "state", "held_until")
    list_filter = ("edition", "state")
    ordering = ("edition", "number")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("edition")


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("piece", "created_at", "expires_at", "total")
    ordering = ("-pk",)
    exclude = ("token",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("edition", "sequence", "kind", "piece", "total", "currency", "at", "hash")
    list_filter = ("edition", "kind")
    list_select_related = ("edition",)
    ordering = ("edition", "-sequence")
