"""What all pages of a plant's floor share: who may see them, and their frame."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from factory_sim.floor import PlantNow, plant_now
from factory_sim.models import FactoryClock

VIEW = "factory_sim.view_plant"
PAGES = {
    "floor": gettext_lazy("Floor"),
    "stations": gettext_lazy("Stations"),
    "outlook": gettext_lazy("Outlook"),
    "timetable": gettext_lazy("Timetable"),
    "what_if": gettext_lazy("What if"),
    "figures": gettext_lazy("Key figures"),
}
AT_STATIONS = ("stations", "station_work", "work")


class FloorAdmin(admin.ModelAdmin):
    """Pages of a plant."""

    def _plant(self, request: HttpRequest, slug: str) -> PlantNow:
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        try:
            return plant_now(slug)
        except FactoryClock.DoesNotExist as error:
            raise Http404 from error

    def _page(
        self, request: HttpRequest, plant: PlantNow, page: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        usual = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "media": self.media,
            "title": PAGES.get(page, PAGES["stations"]),
            "page": page,
            # A tablet at a station has no room for the list of everything.
            "is_nav_sidebar_enabled": page not in AT_STATIONS,
            "slug": plant.clock.plant.slug,
            "plant_name": plant.definition.name.model_dump(),
        }
        return render(request, f"admin/factory_sim/floor/{page}.html", {**usual, **context}, status=status)
