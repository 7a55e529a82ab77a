"""The demo's plant with a clock that runs from Monday, 09:00."""

import pytest

from factory_sim.models import Plant
from factory_sim.services import load_plant, run_clock
from tests import samples
from tests.conftest import MONDAY
from tests.integration.factory_sim.work import PLANT, SPEED


@pytest.fixture
def plant(db: None) -> Plant:
    """Open, empty, and one real second is one minute."""
    loaded = load_plant(data=samples.toml("plants/mangwon.toml"), now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    return loaded
