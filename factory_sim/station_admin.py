"""Stations for those who work there, on a tablet: what waits, what runs, and reports of it."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from core.clock import now
from core.problems import Problem
from factory_sim.contracts import Maker
from factory_sim.floor import PlantNow
from factory_sim.floor_base import FloorAdmin
from factory_sim.models import ProductionOrder
from factory_sim.report_service import report
from factory_sim.station import MOST_WAITING, StationNow, station_now, work_at_station
from factory_sim.station_forms import ReportForm

REPORT = "factory_sim.report_work"
MOST_LISTED = 500


class StationPages(FloorAdmin):
    """The pages of a plant's stations. Where the simulation makes the pieces they show the same, to look at only."""

    def station_urls(self) -> list[URLPattern]:
        stations, protect = "<slug:slug>/floor/stations/", self.admin_site.admin_view
        station = f"{stations}<slug:station_id>/"
        work = f"{station}<int:order_id>/<slug:operation_id>/"
        work_view = require_http_methods(["GET", "HEAD", "POST"])(self.work)
        return [
            path(stations, protect(require_GET(self.stations)), name="factory_sim_stations"),
            path(station, protect(require_GET(self.station)), name="factory_sim_station"),
            path(work, protect(work_view), name="factory_sim_work"),
        ]

    def stations(self, request: HttpRequest, slug: str) -> HttpResponse:
        """All stations of a plant, to choose one's own."""
        plant = self._plant(request, slug)
        found = [station_now(plant, each.id) for each in plant.definition.stations]
        return self._page(request, plant, "stations", {"stations": found})

    def station(self, request: HttpRequest, slug: str, station_id: str) -> HttpResponse:
        """A station's work, with `all` that waits if asked. It asks itself anew; 204 while nothing has happened."""
        plant = self._plant(request, slug)
        if request.GET.get("seen") == str(plant.clock.revision):
            return HttpResponse(status=204)
        is_all = "all" in request.GET
        context = {
            "station": _station(plant, station_id, MOST_LISTED if is_all else MOST_WAITING),
            "revision": plant.clock.revision,
            "is_all": is_all,
        }
        return self._page(request, plant, "station_work", {**context, **_may(request, plant)})

    def work(self, request: HttpRequest, slug: str, station_id: str, order_id: int, operation_id: str) -> HttpResponse:
        """One operation of a piece with all that its maker must know; a POST is a report of it.

        A refusal says why beside what was typed. Where the piece has gone on meanwhile, it is said at the station.
        """
        plant = self._plant(request, slug)
        station = _station(plant, station_id).type
        if request.method == "POST" and not request.user.has_perm(REPORT):
            raise PermissionDenied
        work = work_at_station(plant, station_id, order_id, operation_id)
        if work is None:
            return self._gone(request, plant, station_id, order_id)
        form = ReportForm(request.POST if request.method == "POST" else None, work=work, station=station)
        if form.is_valid():
            try:
                report(plant_slug=slug, said=form.said, key=form.key, now=now(), actor=cast("User", request.user))
            except Problem as problem:
                field = problem.extra.get("field")
                form.add_error(field if field in form.fields else None, problem.detail)
            else:
                messages.success(request, _("%(piece)s: it is in the log.") % {"piece": work.order})
                return redirect("admin:factory_sim_station", slug, station_id)
        context = {"work": work, "station": station, "form": form, **_may(request, plant)}
        return self._page(request, plant, "work", context, status=422 if form.errors else 200)

    def _gone(self, request: HttpRequest, plant: PlantNow, station_id: str, order_id: int) -> HttpResponse:
        """A piece that is not at the station (any more), such as after a form that was sent twice."""
        order = ProductionOrder.objects.filter(plant=plant.clock.plant, pk=order_id).first()
        if order is None:
            raise Http404
        messages.info(request, _("%(piece)s is not at this station any more.") % {"piece": order})
        return redirect("admin:factory_sim_station", plant.clock.plant.slug, station_id)


def _station(plant: PlantNow, station_id: str, most: int = MOST_WAITING) -> StationNow:
    if station_id not in plant.definition.machines():
        raise Http404
    return station_now(plant, station_id, most)


def _may(request: HttpRequest, plant: PlantNow) -> dict[str, Any]:
    is_simulated = plant.definition.maker is Maker.SIMULATION
    return {"is_simulated": is_simulated, "may_report": not is_simulated and request.user.has_perm(REPORT)}
