"""`manage.py factory_clock run|pause|show`: the clocks of all plants, or of one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.clock import now
from factory_sim import selectors, services
from factory_sim.models import FactoryClock


class Command(BaseCommand):
    help = "Runs, pauses or shows the clocks of the plants; a speed of 720 makes a day pass in two minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["run", "pause", "show"])
        parser.add_argument("--plant", default="", help="one plant; all of them without")
        parser.add_argument("--speed", type=float, default=1.0)

    def handle(self, *args: Any, action: str, plant: str, speed: float, **options: Any) -> None:
        if speed <= 0:
            raise CommandError("The speed must be above zero; `pause` stops the clock.")
        plants = (plant,) if plant else selectors.plant_slugs()
        if not plants:
            raise CommandError("There is no plant: load_demo makes them.")
        for slug in plants:
            try:
                self.set_clock(slug, action, speed)
            except services.ClockShowsRealTime as error:
                # Of all plants, those that can be set.
                if plant:
                    raise CommandError(error.detail) from None
            if options["verbosity"]:
                self.show(slug)

    def set_clock(self, plant: str, action: str, speed: float) -> None:
        try:
            if action == "run":
                services.run_clock(plant_slug=plant, speed=speed, now=now())
            elif action == "pause":
                services.pause_clock(plant_slug=plant, now=now())
            else:
                selectors.factory_time(plant_slug=plant, now=now())
        except FactoryClock.DoesNotExist:
            raise CommandError(f"There is no plant {plant!r}: load_demo makes the demo's.") from None

    def show(self, plant: str) -> None:
        shown = selectors.factory_time(plant_slug=plant, now=now())
        state = "paused" if shown.paused else f"at {shown.speed:g} times the speed of a real clock"
        self.stdout.write(f"{plant}: {timezone.localtime(shown.at):%a %Y-%m-%d %H:%M}, {state}")
