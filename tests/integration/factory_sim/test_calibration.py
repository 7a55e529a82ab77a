"""Are promises kept as often as they say? Three hundred tumblers come to the demo's plant, every second one is promised
its dates as the worker publishes them at that moment, and the live plant then makes them, with luck of its own."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from configurator.compile import work_spec
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from factory_sim import draws, live, promise
from factory_sim.alternatives import finishing_minutes_of_each
from factory_sim.contracts import Kind, Phase, WorkSpec
from factory_sim.live.newcomers import queue_behind
from factory_sim.plant import read_plant
from factory_sim.standing import Job, MachineName, MachineStanding
from tests import samples

ARRIVALS, ASKED = 300, 150
# The glazing table, the leather benches and the inspection are then busy for half to three quarters of the time.
MINUTES_BETWEEN = 32
SEED = 1
LONG_ENOUGH = 10_000.0


@dataclass(frozen=True)
class Shares:
    """The share of pieces that were finished by their likely and by their safe date."""

    likely: float
    safe: float


def tumblers(definition: ProductDefinition) -> Iterator[tuple[float, WorkSpec]]:
    """Random designs that can be made, three in five with a name, at random times: (working minute, work)."""
    luck = random.Random(SEED)
    minute = 0.0
    for _ in range(ARRIVALS):
        minute += luck.expovariate(1 / MINUTES_BETWEEN)
        choices: dict[str, str] = {}
        while not choices or not definition.engine.is_valid(choices):
            choices = {group.id: luck.choice(group.options).id for group in definition.groups}
        engraving = "지우" if luck.random() < 0.6 else ""
        yield minute, work_spec(definition, Configuration("on-dam/1", choices, engraving))


@pytest.fixture(scope="module")
def shares(definition: ProductDefinition) -> dict[str, Shares]:
    """What came of promises that look at the plant's queue, and of promises that do not."""
    plant = read_plant(samples.toml("plants/mangwon.toml"))
    jobs: dict[str, Job] = {}
    finished: dict[str, float] = {}
    promised: dict[str, dict[str, tuple[float, float]]] = {"with the queue": {}, "without": {}}

    machines: dict[MachineName, MachineStanding] = {}
    reached = 0.0

    def run_to(minute: float) -> None:
        nonlocal reached
        done = live.run(plant, jobs.values(), machines, since=reached, until=minute)
        reached = minute
        finished.update({event.key: event.minute for event in done.events if event.kind is Kind.COMPLETED})
        machines.update(done.machines)
        jobs.update(done.jobs)
        for key in [key for key, job in jobs.items() if job.phase is Phase.DONE]:
            del jobs[key]

    for number, (minute, spec) in enumerate(tumblers(definition)):
        run_to(minute)
        key = f"calibration-{number:03d}"
        for name, seen in (("with the queue", jobs.values()), ("without", ())) if number % 2 else ():
            queue = queue_behind(plant, seen, machines, (), now=minute, next_at=minute)
            finishing = finishing_minutes_of_each(queue, [spec], released_at=minute)[0]
            promised[name][key] = promise.quantiles(finishing)
        seed = draws.seed_of(plant.seed, key)
        jobs[key] = Job(key=key, rank=number, seed=seed, released_at=minute, operations=spec.operations)
    run_to(reached + LONG_ENOUGH)

    assert len(finished) == ARRIVALS
    return {
        name: Shares(
            likely=sum(finished[key] <= dates[0] for key, dates in made.items()) / ASKED,
            safe=sum(finished[key] <= dates[1] for key, dates in made.items()) / ASKED,
        )
        for name, made in promised.items()
    }


def test_nine_promises_of_ten_are_kept(shares: dict[str, Shares]) -> None:
    assert 0.84 <= shares["with the queue"].safe <= 0.96


def test_half_of_the_likely_dates_are_kept(shares: dict[str, Shares]) -> None:
    assert 0.42 <= shares["with the queue"].likely <= 0.58


def test_control_promises_that_do_not_look_at_the_queue_are_broken(shares: dict[str, Shares]) -> None:
    assert shares["without"].safe < 0.60
    assert shares["without"].likely < 0.20
