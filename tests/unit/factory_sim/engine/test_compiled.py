"""What is compiled is never older than its sources, and `run` takes the kernel for what only it can do."""

from pathlib import Path

import numpy as np

from factory_sim.engine import kernel, run
from factory_sim.engine.compiled import SOURCES, compiled, stamp
from tests.unit.factory_sim.engine.floors import random_world


def test_the_stamp_of_the_cache_changes_with_every_module(tmp_path: Path) -> None:
    (tmp_path / "kernel.py").write_text("import stations")
    (tmp_path / "stations.py").write_text("PLACES = 1")
    before = stamp(tmp_path)
    (tmp_path / "stations.py").write_text("PLACES = 2")

    assert stamp(tmp_path) != before


def test_a_compiled_function_is_cached_under_that_stamp() -> None:
    def doubled(number: int) -> int:
        return 2 * number

    assert compiled(doubled)._cache._cache_file._source_stamp == SOURCES  # type: ignore[attr-defined]


def test_a_worker_runs_everything_by_the_same_call() -> None:
    world = random_world(0)

    result = run(world.floor, world.work, compiled=True)

    assert result.engine == "kernel"
    assert np.array_equal(result.completed, kernel.run(world.floor, world.work).completed)


def test_a_run_until_a_minute_tells_nothing_later() -> None:
    world = random_world(3)
    whole = run(world.floor, world.work, compiled=True)

    early = run(world.floor, world.work, until=30.0, compiled=True)

    assert np.array_equal(early.ended, np.where(whole.ended <= 30, whole.ended, np.nan), equal_nan=True)
    assert early.events < whole.events
