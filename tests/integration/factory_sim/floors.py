"""A floor with many open pieces, at every stage."""

from datetime import timedelta

from factory_sim.models import ProductionOrder
from factory_sim.services import produce, tick
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, at, spec, step

WORK = spec(
    step("form", "forming", 60, 0.2),
    step("glaze", "glazing", 14, 0.15),
    step("fire", "kiln", 150, 0.05),
    step("sleeve", "leather", 20, 0.25),
    step("assemble", "assembly", 12, 0.15),
    step("pack", "packing", 6, 0.1),
)


def filled_floor(pieces: int, *, minutes: float = 240) -> list[ProductionOrder]:
    """So many pieces that all came at 09:00, as they stand some minutes later, promised a little too close together."""
    orders = [
        produce(
            plant_slug=PLANT,
            external_ref=f"{number:03}-FLOOR",
            spec=WORK,
            now=at(0),
            due_at=MONDAY + timedelta(hours=8, minutes=20 * number),
        )
        for number in range(1, pieces + 1)
    ]
    tick(plant_slug=PLANT, now=at(minutes))
    return orders
