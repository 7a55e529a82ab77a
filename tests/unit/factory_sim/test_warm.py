"""A worker compiles the engine at its start: no tick has to."""

import subprocess
import sys

from celery.signals import worker_init

from factory_sim import tasks
from factory_sim.engine import kernel
from factory_sim.engine.warm import warm_up
from tests.unit.factory_sim.live.rich_plants import LONG, rich, told

LOADED = "import sys; import factory_sim.engine.warm as warm; {more}; sys.exit('numba' in sys.modules)"


def test_what_is_warmed_up_is_all_that_a_tick_needs() -> None:
    warm_up()
    known = len(kernel._run_replication.signatures)  # type: ignore[attr-defined]

    told(rich(3), [20.0, LONG])

    assert known >= 1
    assert len(kernel._run_replication.signatures) == known  # type: ignore[attr-defined]


def test_a_worker_warms_up_before_it_forks() -> None:
    receivers = [receiver() for _, receiver in worker_init.receivers]

    assert tasks._compile_the_engine in receivers


def test_only_who_warms_up_loads_numba() -> None:
    """Every process of the shop imports the tasks; control: warming up does load it."""

    def loads(more: str) -> int:
        return subprocess.run([sys.executable, "-c", LOADED.format(more=more)], check=False).returncode

    assert loads("pass") == 0
    assert loads("warm.warm_up()") == 1
