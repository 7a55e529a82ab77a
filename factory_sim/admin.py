"""The factory for staff to read; `manage.py factory_clock` sets a clock."""

import csv
from itertools import chain
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.readonly import ReadOnlyAdmin, ReadOnlyInline
from factory_sim.genealogy import pieces_of
from factory_sim.models import (
    FactoryClock,
    MachineLogEntry,
    MaterialLot,
    MaterialUse,
    Plant,
    ProductionEvent,
    ProductionOrder,
)
from factory_sim.plant_form import PlantForm
from factory_sim.services import load_plant


class _Line:
    """What csv writes a row to when the row itself is wanted."""

    def write(self, row: str) -> str:
        return row


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


@admin.register(Plant)
class PlantAdmin(admin.ModelAdmin):
    """A plant's definition can be changed as far as nobody who is waiting for a piece loses by it."""

    list_display = ("slug",)
    form = PlantForm

    def save_model(self, request: HttpRequest, obj: Plant, form: Any, change: bool) -> None:
        saved = load_plant(data=form.cleaned_data["definition"], now=now())
        obj.pk, obj.slug, obj.definition = saved.pk, saved.slug, saved.definition

    def has_delete_permission(self, request: HttpRequest, obj: Plant | None = None) -> bool:
        return False


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
    ordering = ("-minute", "-pk")


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
        writer = csv.writer(_Line())
        lines = (writer.writerow(row) for row in chain([["plant", "lot", "piece"]], rows))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="recall.csv"'
        return response


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
