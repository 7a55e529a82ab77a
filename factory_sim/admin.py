"""The factory for staff to read; `manage.py factory_clock` sets a clock."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.readonly import ReadOnlyAdmin
from factory_sim.connection_admin import PlantConnectionAdmin
from factory_sim.csv_answer import csv_answer
from factory_sim.floor_admin import ClockActAdmin, PlantAdmin
from factory_sim.genealogy import pieces_of
from factory_sim.job_admin import ProductionOrderAdmin
from factory_sim.models import (
    FactoryClock,
    MachineLogEntry,
    MaterialLot,
    MaterialUse,
    PlanRecord,
)

__all__ = ["ClockActAdmin", "PlantAdmin", "PlantConnectionAdmin", "ProductionOrderAdmin"]


@admin.register(FactoryClock)
class FactoryClockAdmin(ReadOnlyAdmin):
    list_display = ("plant", "factory_anchor", "speed", "paused", "revision")


@admin.register(MachineLogEntry)
class MachineLogAdmin(ReadOnlyAdmin):
    """When machines broke down and were up again, and what blocked them."""

    list_display = ("at", "plant", "station", "machine", "kind", "external_ref")
    list_filter = ("plant", "kind", "station")
    list_select_related = ("plant",)
    search_fields = ("external_ref",)
    ordering = ("-pk",)


@admin.register(PlanRecord)
class PlanRecordAdmin(ReadOnlyAdmin):
    """Every plan that was made, why, and what it was expected to change."""

    list_display = ("at", "plant", "trigger", "pieces", "late_before", "late_after", "worsened", "followed")
    list_filter = ("plant", "trigger", "followed")
    list_select_related = ("plant",)
    ordering = ("-pk",)


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
