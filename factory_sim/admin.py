"""The factory for staff to read; `manage.py factory_clock` sets a clock."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.readonly import ReadOnlyAdmin, ReadOnlyInline
from factory_sim.models import FactoryClock, Plant, ProductionEvent, ProductionOrder


class EventInline(ReadOnlyInline):
    model = ProductionEvent
    fields = ("seq", "kind", "at", "operation", "station", "machine", "fault")
    ordering = ("seq",)


@admin.register(ProductionOrder)
class ProductionOrderAdmin(ReadOnlyAdmin):
    list_display = ("external_ref", "status", "operation", "phase", "machine")
    list_filter = ("status", "plant")
    search_fields = ("external_ref",)
    inlines = (EventInline,)
    ordering = ("-pk",)

    @admin.display(description=_("operation"))
    def operation(self, order: ProductionOrder) -> str:
        operations = order.work_spec["operations"]
        return str(operations[min(order.position, len(operations) - 1)]["id"])


@admin.register(Plant)
class PlantAdmin(ReadOnlyAdmin):
    list_display = ("slug",)


@admin.register(FactoryClock)
class FactoryClockAdmin(ReadOnlyAdmin):
    list_display = ("plant", "factory_anchor", "speed", "paused", "revision")
