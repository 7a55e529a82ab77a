"""The factory for staff to read; `manage.py factory_clock` sets a clock."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.readonly import ReadOnlyAdmin, ReadOnlyInline
from factory_sim.csv_answer import csv_answer
from factory_sim.floor_admin import ClockActAdmin, PlantAdmin
from factory_sim.genealogy import pieces_of
from factory_sim.models import FactoryClock, MaterialLot, MaterialUse, ProductionEvent, ProductionOrder

__all__ = ["ClockActAdmin", "PlantAdmin"]


class EventInline(ReadOnlyInline):
    model = ProductionEvent
    fields = ("seq", "kind", "at", "operation", "station", "machine", "fault")
    ordering = ("seq",)


class UseInline(ReadOnlyInline):
    model = MaterialUse
    fields = ("seq", "lot", "quantity", "unit")
    readonly_fields = ("unit",)
    ordering = ("seq", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MaterialUse]:
        return super().get_queryset(request).select_related("lot")

    @admin.display(description=_("unit"))
    def unit(self, use: MaterialUse) -> str:
        return use.lot.unit


@admin.register(ProductionOrder)
class ProductionOrderAdmin(ReadOnlyAdmin):
    list_display = ("external_ref", "status", "operation", "phase", "machine")
    list_filter = ("status", "plant")
    search_fields = ("external_ref",)
    inlines = (EventInline, UseInline)
    ordering = ("-pk",)

    @admin.display(description=_("operation"))
    def operation(self, order: ProductionOrder) -> str:
        operations = order.work_spec["operations"]
        return str(operations[min(order.position, len(operations) - 1)]["id"])


@admin.register(FactoryClock)
class FactoryClockAdmin(ReadOnlyAdmin):
    list_display = ("plant", "factory_anchor", "speed", "paused", "revision")


@admin.register(MaterialLot)
class MaterialLotAdmin(ReadOnlyAdmin):
    """Lots, and the pieces that each went into: what a recall needs."""

    list_display = ("code", "plant", "used_of_size", "opened_at", "pieces")
    list_filter = ("plant", "material")
    list_select_related = ("plant",)
    search_fields = ("material",)
    ordering = ("-opened_at", "-pk")
    actions = ("recall",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MaterialLot]:
        lots: QuerySet[MaterialLot] = super().get_queryset(request)
        return lots.annotate(piece_count=Count("uses__order", distinct=True))

    @admin.display(description=_("lot"), ordering="material")
    def code(self, lot: MaterialLot) -> str:
        return lot.code

    @admin.display(description=_("used"))
    def used_of_size(self, lot: MaterialLot) -> str:
        return f"{lot.used:,g} / {lot.size:,g} {lot.unit}"

    @admin.display(description=_("pieces"), ordering="piece_count")
    def pieces(self, lot: Any) -> str:
        address = reverse("admin:factory_sim_materialuse_changelist")
        return format_html('<a href="{}?lot__id__exact={}">{}</a>', address, lot.pk, localize(lot.piece_count))

    @admin.action(description=_("Recall list of the pieces (CSV)"), permissions=("view",))
    def recall(self, request: HttpRequest, lots: QuerySet[MaterialLot]) -> StreamingHttpResponse:
        """Every piece that something of the lots went into."""
        rows = ([lot.plant.slug, lot.code, ref] for lot in lots for ref in pieces_of(lot))
        return csv_answer("recall.csv", ["plant", "lot", "piece"], rows)


@admin.register(MaterialUse)
class MaterialUseAdmin(ReadOnlyAdmin):
    list_display = ("order", "lot", "quantity", "unit")
    list_select_related = ("order", "lot")
    ordering = ("-pk",)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """No entry in the index: one comes here from a lot."""
        return {}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "lot__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("unit"))
    def unit(self, use: MaterialUse) -> str:
        return use.lot.unit
