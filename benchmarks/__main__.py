"""`python -m benchmarks [NAME …]`: run the benchmarks whose names start with one of the words.

Without a word all run, except those that run only when asked for by name. One JSON line per figure as soon
as it is known, then a table. Exit status: 0, 1 when a benchmark could not run, 2 for a name that no
benchmark has.
"""

from __future__ import annotations

import importlib
import json
import signal
import sys
import traceback
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from types import FrameType

from benchmarks.database import bench_database, set_up_django
from benchmarks.harness import REGISTRY, Benchmark, Figure, UnableToMeasure

AREAS = (
    "holds",
    "rules",
    "uvl",
    "models",
    "pictures",
    "fidelity",
    "recolour",
    "factory",
    "floor",
    "recall",
    "factory_plan",
    "factory_follow",
    "factory_line",
    "promises",
    "calibration",
    "ledger",
    "http_quote",
    "statements",
    "pages",
    "pricing",
    "rush",
    "servers",
)


def main(words: Sequence[str]) -> int:
    prepare()
    unknown = [word for word in words if not any(name.startswith(word) for name in REGISTRY)]
    if unknown:
        print(
            f"No benchmark is called {', '.join(unknown)}. There are:", *sorted(REGISTRY), sep="\n  ", file=sys.stderr
        )
        return 2
    chosen = [each for _, each in sorted(REGISTRY.items()) if each.is_asked_for(words)]
    figures, failed = run(chosen)
    print("\n" + table(figures) if figures else "", flush=True)
    if failed:
        print(f"Could not run: {', '.join(failed)}. The reasons stand above.", file=sys.stderr)
    return 1 if failed else 0


def prepare() -> None:
    """Set Django up, and let every area register its benchmarks."""
    # A SIGTERM must end what benchmarks started and remove the bench database, as Ctrl-C does.
    signal.signal(signal.SIGTERM, stop)
    set_up_django()
    for area in AREAS:
        importlib.import_module(f"benchmarks.{area}")


def stop(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def run(chosen: Iterable[Benchmark]) -> tuple[list[Figure], list[str]]:
    """The figures, printed as they come, and the names of the benchmarks that could not run."""
    figures: list[Figure] = []
    failed: list[str] = []
    with ExitStack() as stack:
        database_is_up = False
        for each in chosen:
            try:
                if each.database and not database_is_up:
                    stack.enter_context(bench_database())
                    database_is_up = True
                for figure in each.figures():
                    print(json.dumps(figure.as_json(), ensure_ascii=False), flush=True)
                    figures.append(figure)
            except Exception as error:  # noqa: BLE001 (whatever stops one benchmark must not stop the others)
                failed.append(each.name)
                explain(each.name, error)
    return figures, failed


def explain(name: str, error: Exception) -> None:
    if not isinstance(error, UnableToMeasure):
        traceback.print_exception(error)
    print(f"{name} could not run: {error or type(error).__name__}", file=sys.stderr, flush=True)


def table(figures: Iterable[Figure]) -> str:
    """The figures as aligned columns; numbers flush right."""
    head = ("benchmark", "metric", "value", "unit", "peer", "peer's", "ratio")
    rows = [head, *(cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    right = {2, 5, 6}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def cells(figure: Figure) -> tuple[str, ...]:
    row = figure.as_json()
    return tuple(
        readable(row.get(key, "")) for key in ("bench", "metric", "value", "unit", "peer", "peer_value", "ratio")
    )


def readable(value: str | float) -> str:
    """A number without exponent, with thousands separated."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
