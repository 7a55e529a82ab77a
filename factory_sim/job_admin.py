"""Jobs for staff: what happened to a piece, what went into it, and commands to it."""

from copy import copy
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.clock import now
from core.problems import Problem
from core.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.words import text_in
from factory_sim.commands import PERMISSION, command_job, commands_for
from factory_sim.floor_forms import CommandForm
from factory_sim.models import Command, JobCommand, MaterialUse, ProductionEvent, ProductionOrder, Reading, WorkReport
from factory_sim.sensors import is_within
from factory_sim.standing import UNPLANNED


class EventInline(ReadOnlyInline):
    model = ProductionEvent
    fields = ("seq", "kind", "at", "operation", "station", "machine", "fault")
    ordering = ("seq",)


class CommandInline(ReadOnlyInline):
    model = JobCommand
    fields = ("seq", "command", "reason", "actor", "at")
    ordering = ("seq",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobCommand]:
        return super().get_queryset(request).select_related("actor")


class ReportInline(ReadOnlyInline):
    model = WorkReport
    fields = ("first_seq", "last_seq", "kind", "operation", "reason", "actor", "happened_at", "received_at")
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkReport]:
        return super().get_queryset(request).select_related("actor")


class ReadingInline(ReadOnlyInline):
    model = Reading
    fields = ("seq", "sensor", "value", "unit", "low", "high", "colour", "is_good")
    readonly_fields = ("is_good",)
    ordering = ("seq", "pk")

    @admin.display(description=_("within its limits"), boolean=True)
    def is_good(self, reading: Reading) -> bool:
        return is_within(reading.value, reading.low, reading.high)


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


KEPT = (
    *("seed", "work_spec", "standing", "visits", "remade", "position", "machine"),
    *("released_at", "since", "ends_at", "next_seq"),
)


@admin.register(ProductionOrder)
class ProductionOrderAdmin(ReadOnlyAdmin):
    list_display = ("external_ref", "status", "operation", "phase", "machine")
    list_filter = ("status", "plant")
    search_fields = ("external_ref",)
    inlines = (EventInline, CommandInline, ReportInline, ReadingInline, UseInline)
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("plant", "external_ref", "status", "operation", "phase", "due_at", "is_first", "place")}),
        (_("As the engine keeps it"), {"classes": ("collapse",), "fields": KEPT}),
    )

    def get_urls(self) -> list[URLPattern]:
        command = self.admin_site.admin_view(require_POST(self.command))
        return [path("<int:order_id>/command/", command, name="factory_sim_command"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The job with the commands that it takes."""
        order = self.get_object(request, object_id)
        may = order is not None and request.user.has_perm(PERMISSION)
        commands = commands_for(order.status, is_first=order.is_first) if order is not None and may else []
        usual = {"commands": commands, "command_form": CommandForm()}
        return super().change_view(request, object_id, form_url, {**usual, **(extra_context or {})})

    def command(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Give the job one command; a refusal says why and keeps the reason that was typed."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        order = get_object_or_404(ProductionOrder, pk=order_id)
        chosen = [command for command in Command if command.value in request.POST]
        if len(chosen) != 1:
            raise Http404
        form = CommandForm(request.POST)
        if form.is_valid():
            given = {"order_id": order.pk, "actor": request.user, "reason": form.cleaned_data["reason"]}
            try:
                command_job(command=chosen[0], now=now(), **given)
            except Problem as problem:
                form.add_error(problem.extra.get("field"), problem.detail)
            else:
                order.refresh_from_db()
                text = _("%(piece)s: %(state)s.") % {"piece": order, "state": order.get_status_display()}
                messages.success(request, text)
                return redirect("admin:factory_sim_productionorder_change", order.pk)
        page = self.change_view(self._as_asked(request), str(order.pk), extra_context={"command_form": form})
        page.status_code = 422
        return page

    def _as_asked(self, request: HttpRequest) -> HttpRequest:
        """The same request as one that reads: Django's own page would take what was sent for columns."""
        reading = copy(request)
        reading.method = "GET"
        return reading

    @admin.display(description=_("operation"))
    def operation(self, order: ProductionOrder) -> str:
        operations = order.work_spec["operations"]
        return text_in(operations[min(order.position, len(operations) - 1)]["name"], get_language() or "en")

    @admin.display(description=_("place in the plan"), empty_value="–")
    def place(self, order: ProductionOrder) -> int | None:
        return None if order.urgency == UNPLANNED else order.urgency
