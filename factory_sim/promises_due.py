"""Reads of promises that have come due: their safe date has passed."""

import math
from datetime import datetime

from factory_sim.calibration import Outcome
from factory_sim.models import FactoryClock, GivenPromise
from factory_sim.plant import read_plant
from factory_sim.time import factory_now


def promises_due(clock: FactoryClock, most: int, now: datetime) -> list[Outcome]:
    """The last promises of a plant that have come due, the oldest first.

    One without working time between order and date, since opening hours have changed, says nothing and is left out.
    """
    calendar = read_plant(clock.plant.definition).opening.calendar()
    due = GivenPromise.objects.filter(plant=clock.plant, safe_at__lte=factory_now(clock, now)).order_by("-safe_at")
    outcomes = [
        Outcome(
            given=calendar.to_working(each.given_at),
            likely=calendar.to_working(each.likely_at),
            safe=calendar.to_working(each.safe_at),
            likely_stretch=each.likely_stretch,
            safe_stretch=each.safe_stretch,
            ready=calendar.to_working(each.ready_at) if each.ready_at else math.inf,
        )
        for each in due[:most]
    ]
    return [each for each in reversed(outcomes) if each.given < each.likely]
