"""Compiling the engine before it is needed: for workers, at their start."""

from __future__ import annotations

import numpy as np

from factory_sim.engine import run
from factory_sim.engine.model import PASS, Floor, Station, Work


def warm_up() -> None:
    """Load what an earlier process compiled, or compile it, which takes some 15 s: no tick has to wait for that."""
    one = np.zeros(1, np.int64)
    work = Work(np.zeros(1), np.array([0, 1]), one, one, one, np.ones((1, 1, 1)), np.full((1, 1, 1), PASS))
    run(Floor((Station(),), np.zeros((1, 1))), work, until=2.0, compiled=True, tells=True)
