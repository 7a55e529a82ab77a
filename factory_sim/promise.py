"""The promise: when a piece will be ready behind today's queue, as a distribution. Pure; NumPy only.

Where a worker has published the queue, the engine has said what comes of all pieces in it, and one more piece is put
behind them by a recursion that takes one piece after the other (`passage.py`). Without a worker the recursion does it
all: the pieces in the plant, those furthest on first, and then those that wait, with the same draws.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from factory_sim.contracts import Load, Phase, WorkSpec
from factory_sim.engine.model import DONE, WORKING
from factory_sim.passage import Layout, Passage, State, idle
from factory_sim.promise_draws import NEWCOMER, REPLICATIONS, Minutes, rests
from factory_sim.routes import standing_of
from factory_sim.standing import Job, MachineName
from factory_sim.steps import steps_of


@dataclass(frozen=True)
class Arrival:
    """A piece that the plant is going to get, and the working minute at which it is expected.

    One with a `key` of its own keeps its luck when others come or go, and can be looked up in the queue.
    """

    spec: WorkSpec
    released_at: float
    key: str = ""


@dataclass(frozen=True)
class Gap:
    """By how many minutes the engine is later than the recursion for a newcomer with these operations, (REPLICATIONS,).

    Operations are (id, station).
    """

    operations: frozenset[tuple[str, str]]
    minutes: Minutes


@dataclass(frozen=True)
class Queue:
    """The plant behind everything that is promised already.

    `state` is how one more piece finds it, `ready` the finishing minutes of each piece with a key, shape
    (REPLICATIONS,), and `gaps` what the recursion is wrong by, as far as it is known. `asked` is for who asks: P50 and
    P90 of one more piece, by its release and the digest of its work.
    """

    now: float
    layout: Layout
    state: State
    ready: Mapping[str, Minutes]
    gaps: tuple[Gap, ...] = ()
    asked: dict[tuple[float, bytes], tuple[float, float]] = field(default_factory=dict, compare=False)


def behind(layout: Layout, jobs: Iterable[Job], waiting: Iterable[Arrival], now: float) -> Queue:
    """The stations after all `jobs` in the plant and then all `waiting` pieces, seen from `now`, by the recursion.

    Pieces that are held end what runs, and are not among those that will be `ready`.
    """
    state = idle(layout, now)
    in_order = sorted(jobs, key=_furthest_first)
    # Every machine at work is taken before the first piece goes on: it may go on to one of them.
    ends = _end_work(state, in_order, now)
    ready = {job.key: _carry_on(layout, state, job, ends[job.key], now) for job in in_order if not job.held}
    return with_more(Queue(now, layout, state, ready), list(waiting), 0)


def with_more(queue: Queue, waiting: Sequence[Arrival], known: int) -> Queue:
    """The queue behind all `waiting` pieces, from the one behind the first `known` of them."""
    state = queue.state.copied(queue.layout.stations)
    ready = dict(queue.ready)
    for number in range(known, len(waiting)):
        each = waiting[number]
        minutes = _pass(queue, state, each.spec.work, each.key or f"waiting {number}", each.released_at)
        if each.key:
            ready[each.key] = minutes
    return Queue(queue.now, queue.layout, state, ready, queue.gaps)


def finishing_minutes(queue: Queue, spec: WorkSpec, *, released_at: float) -> Minutes:
    """When one more piece, released at a working minute, would be ready by the recursion: shape (REPLICATIONS,)."""
    state = queue.state.copied({load.station for load in spec.work})
    return _pass(queue, state, spec.work, NEWCOMER, released_at)


def quantiles(minutes: Minutes) -> tuple[float, float]:
    """P50 and P90; infinite where too many are."""
    with np.errstate(invalid="ignore"):
        likely, safe = np.nan_to_num(np.quantile(minutes, (0.5, 0.9)), nan=np.inf, posinf=np.inf)
    return float(likely), float(safe)


def _pass(queue: Queue, state: State, work: tuple[Load, ...], key: str, released_at: float) -> Minutes:
    start = np.full(REPLICATIONS, max(queue.now, released_at))
    minutes: Minutes = Passage(queue.layout, state, steps_of((work,)), key, start).run()[0]
    return minutes


def _furthest_first(job: Job) -> tuple[bool, int, bool, int, float, int]:
    """Nobody waits at a station for a piece that has further to go to it; of equals the plan says who is first."""
    is_coming, is_waiting = job.phase is Phase.COMING, job.phase is not Phase.WORKING
    return is_coming, -job.position, is_waiting, job.urgency, job.since, job.rank


def _end_work(state: State, jobs: Iterable[Job], now: float) -> dict[str, dict[int, Minutes]]:
    """By piece and operation, when what runs ends; the machines are taken until then."""
    at_work: dict[MachineName, list[tuple[Job, int]]] = defaultdict(list)
    ends: dict[str, dict[int, Minutes]] = defaultdict(dict)
    for job in jobs:
        for place, each in enumerate(standing_of(job)):
            if each.phase == WORKING:
                at_work[each.station, each.machine].append((job, place))
    for (station, machine), pieces in at_work.items():
        # Together they end with the last of them, and who began last has worked shortest.
        job, place = max(pieces, key=lambda each: standing_of(each[0])[each[1]].since or 0.0)
        here = standing_of(job)[place]
        worked = now - here.since - here.setup if here.since is not None else 0.0
        visit = job.visits.get(job.operations[place].id, 1) - 1
        rest = rests([other.operations[at] for other, at in pieces], worked, job.key, visit)
        state.free[station][machine] = now + rest
        for other, at in pieces:
            ends[other.key][at] = now + rest
    return ends


def _carry_on(layout: Layout, state: State, job: Job, ends: Mapping[int, Minutes], now: float) -> Minutes:
    """Carry a piece that is in the plant from where it stands to its end."""
    start = np.full(REPLICATIONS, max(now, job.released_at) if job.phase is Phase.COMING else now)
    done = [place for place, each in enumerate(standing_of(job)) if each.phase == DONE]
    known = {**dict.fromkeys(done, start), **ends}
    steps = steps_of((tuple(map(Load.of, job.operations)),))
    minutes: Minutes = Passage(layout, state, steps, job.key, start).run(known, done)[0]
    return minutes
