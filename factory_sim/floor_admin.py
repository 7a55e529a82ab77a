"""A plant's floor for staff: what happens there at this moment, and its clock."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core.clock import now
from core.http import AddressThrottle, limited
from core.idempotency import once_per_form
from core.readonly import ReadOnlyAdmin
from factory_sim import clock_service
from factory_sim.commands import PERMISSION
from factory_sim.contracts import Maker
from factory_sim.csv_answer import csv_answer
from factory_sim.floor import floor
from factory_sim.floor_forms import JumpForm, RunForm, WhatIfForm
from factory_sim.floor_page import (
    FIGURES_HEADER,
    figures_context,
    figures_rows,
    help_context,
    outlook_context,
    what_if_context,
)
from factory_sim.models import ClockAct, Plant
from factory_sim.plant_change import PlantInUse
from factory_sim.plant_form import PlantForm
from factory_sim.services import ClockShowsRealTime, load_plant
from factory_sim.station_admin import StationPages
from factory_sim.timetable_page import CSV_HEADER, timetable_context, timetable_rows

SET_CLOCK = "factory_sim.set_clock"


class WhatIfThrottle(AddressThrottle):
    scope = "what_if"


@admin.register(Plant)
class PlantAdmin(StationPages):
    """A plant's definition can be changed as far as nobody who is waiting for a piece loses by it; and its floor."""

    list_display = ("slug", "floor_link")
    form = PlantForm

    class Media:
        css = {"all": ["css/workshop.css"]}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A piece may come after the form was checked: checked anew it says so, and keeps what was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except PlantInUse:
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Plant, form: Any, change: bool) -> None:
        saved = load_plant(data=form.cleaned_data["definition"], now=now())
        obj.pk, obj.slug, obj.definition = saved.pk, saved.slug, saved.definition

    def has_delete_permission(self, request: HttpRequest, obj: Plant | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("floor"))
    def floor_link(self, plant: Plant) -> SafeString:
        address = reverse("admin:factory_sim_floor", args=[plant.slug])
        return format_html('<a href="{}">{}</a>', address, _("To the floor"))

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "floor": ("floor/", require_GET(self.floor)),
            "outlook": ("floor/outlook/", require_GET(self.outlook)),
            "timetable": ("floor/timetable/", require_GET(self.timetable)),
            "timetable_file": ("floor/timetable.csv", require_GET(self.timetable_file)),
            "figures": ("floor/figures/", require_GET(self.figures)),
            "figures_file": ("floor/figures.csv", require_GET(self.figures_file)),
            "what_if": ("floor/what-if/", require_GET(limited(WhatIfThrottle, methods=("GET",))(self.what_if))),
            "set_clock": ("floor/clock/", require_POST(once_per_form(self.set_clock))),
        }
        own = [
            path(f"<slug:slug>/{address}", self.admin_site.admin_view(view), name=f"factory_sim_{name}")
            for name, (address, view) in pages.items()
        ]
        return [*own, *self.station_urls(), *super().get_urls()]

    def floor(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Stations with their machines and queues; the page asks itself anew every two seconds."""
        return self._floor(request, slug)

    def outlook(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Today's key figures, and who is late or at risk; the floor page asks for them a little later."""
        plant = self._plant(request, slug)
        may = {"may_command": request.user.has_perm(PERMISSION)}
        return self._page(request, plant, "outlook", outlook_context(plant) | may)

    def timetable(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Who is on which machine when: what was done, and what is expected."""
        plant = self._plant(request, slug)
        asked = {name: request.GET.get(name, "") for name in ("days", "station", "ref")}
        context = timetable_context(plant, **asked, language=get_language() or "en")
        return self._page(request, plant, "timetable", context)

    def timetable_file(self, request: HttpRequest, slug: str) -> StreamingHttpResponse:
        plant = self._plant(request, slug)
        return csv_answer(f"timetable-{slug}.csv", CSV_HEADER, timetable_rows(plant))

    def figures(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Key figures after ISO 22400 of a day, station by station."""
        plant = self._plant(request, slug)
        return self._page(request, plant, "figures", figures_context(plant, request.GET.get("day", "")))

    def figures_file(self, request: HttpRequest, slug: str) -> StreamingHttpResponse:
        plant = self._plant(request, slug)
        return csv_answer(f"figures-{slug}.csv", FIGURES_HEADER, figures_rows(plant))

    def what_if(self, request: HttpRequest, slug: str) -> HttpResponse:
        """A question in the address, and what it would do to everybody's dates.

        Nothing is applied here; that a piece goes first is a command to its job.
        """
        plant = self._plant(request, slug)
        form = WhatIfForm(request.GET or None, plant=plant, language=get_language() or "en")
        context = what_if_context(plant, form.change) if form.is_valid() else help_context(plant)
        context |= {"form": form, "may_command": request.user.has_perm(PERMISSION)}
        return self._page(request, plant, "what_if", context, status=422 if form.errors else 200)

    def set_clock(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Run, pause or put forward the plant's clock; what cannot be set is said beside its field."""
        self._plant(request, slug)
        if not request.user.has_perm(SET_CLOCK):
            raise PermissionDenied
        try:
            return self._set_clock(request, slug)
        except ClockShowsRealTime as problem:
            messages.error(request, problem.detail)
            return redirect("admin:factory_sim_floor", slug)

    def _set_clock(self, request: HttpRequest, slug: str) -> HttpResponse:
        actor = cast("User", request.user)
        run = RunForm(request.POST if "run" in request.POST else None)
        jump = JumpForm(request.POST if "jump" in request.POST else None)
        if "pause" in request.POST:
            clock_service.pause(plant_slug=slug, actor=actor, now=now())
        elif run.is_valid():
            clock_service.let_run(plant_slug=slug, speed=run.cleaned_data["speed"], actor=actor, now=now())
        elif jump.is_valid():
            clock_service.jump(plant_slug=slug, minutes=jump.cleaned_data["minutes"], actor=actor, now=now())
        else:
            return self._floor(request, slug, run, jump, status=422)
        messages.success(request, _("The clock is set."))
        return redirect("admin:factory_sim_floor", slug)

    def _floor(
        self,
        request: HttpRequest,
        slug: str,
        run: RunForm | None = None,
        jump: JumpForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        plant = self._plant(request, slug)
        shown = floor(plant, now())
        context = {
            "floor": shown,
            "run": run or RunForm(initial={"speed": f"{shown.clock.speed:g}"}),
            "jump": jump or JumpForm(),
            "may_set_clock": request.user.has_perm(SET_CLOCK),
            "is_real_time": plant.definition.maker is Maker.REPORTS,
        }
        return self._page(request, plant, "floor", context, status=status)


@admin.register(ClockAct)
class ClockActAdmin(ReadOnlyAdmin):
    """Who set which clock, and when."""

    list_display = ("plant", "act", "speed", "minutes", "actor", "at", "shown")
    list_select_related = ("plant", "actor")
    list_filter = ("plant", "act")
    ordering = ("-pk",)
