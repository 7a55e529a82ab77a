"""One engine for what was, is and will be on a floor: `run` takes the recursion where it is exact, else the kernel.

    run(floor, work).completed                   in the web process: NumPy, for what a recursion can say
    run(floor, work, compiled=True).completed    in a worker: everything, by compiled code

docs/decisions/0019-one-engine.md says which engine is exact for what.
"""

from __future__ import annotations

import math

from factory_sim.engine import line
from factory_sim.engine.model import Floor, Result, Standing, Work


class UnableToRun(Exception):
    """No recursion is exact for this floor and work: only the compiled kernel can run it."""


def run(
    floor: Floor,
    work: Work,
    *,
    standing: Standing | None = None,
    since: float = 0.0,
    until: float = math.inf,
    compiled: bool = False,
    tells: bool = False,
) -> Result:
    """Everything that happens on a floor after `since`, at which it stood so, up to and including `until`.

    Without `standing` it is empty, and all work is still to come. `Result.engine` says which engine ran. `compiled`
    allows code compiled by numba, which only workers may import; `tells` asks for a log, which only the kernel writes.
    Raises UnableToRun if nothing else would be exact.
    """
    is_whole = standing is None and until == math.inf and not tells
    is_serial = is_whole and line.is_serial(floor, work)
    if compiled and not is_serial:
        from factory_sim.engine import kernel  # noqa: PLC0415 (numba is for workers)

        return kernel.run(floor, work, standing=standing, since=since, until=until, tells=tells)
    if compiled:
        from factory_sim.engine import line_compiled  # noqa: PLC0415 (numba is for workers)

        return line_compiled.serial(floor, work)
    if is_serial:
        return line.serial(floor, work)
    if is_whole and line.is_stationwise(floor, work):
        return line.stationwise(floor, work)
    raise UnableToRun("this floor and work need the compiled kernel")
