"""Whether every design can be drawn: the plates are there, and have what the definition speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from configurator.catalogue_check.finding import Finding, error
from configurator.catalogue_check.surfaces import Baked, surface_findings
from configurator.definition import Place, ProductDefinition, View
from configurator.pictures import plates


def picture_findings(definition: ProductDefinition, folder: Path) -> Iterator[Finding]:
    """Views without plates, parts, panels and finishes that are missing."""
    looked = [(view, _look(view, folder / view.folder)) for view in definition.views]
    yield from (found for _view, found in looked if isinstance(found, Finding))
    baked = {view.id: found for view, found in looked if isinstance(found, Baked)}
    yield from surface_findings(definition, baked)


def _look(view: View, folder: Path) -> Baked | Finding:
    """What a view's plates have, or why they cannot be looked at."""
    place = Place(f"views.{view.id}")
    if not plates.is_baked(folder):
        return error("view_unbaked", place, view=place, folder=view.folder)
    try:
        return _decoded(_Plates(_stamp(folder), folder))
    except (OSError, ValueError, LookupError) as problem:
        return error("plates_unreadable", place, view=place, error=str(problem))


@dataclass(frozen=True)
class _Plates:
    """A view's files: copies of them elsewhere, with the same names, times and sizes, are the same."""

    files: tuple[tuple[str, int, int], ...]
    folder: Path = field(compare=False)


@lru_cache(64)
def _decoded(found: _Plates) -> Baked:
    """What a view's plates have, every file decoded; remembered as long as no file changes."""
    view, *_larger = (plates.load_view(found.folder, size) for size in plates.SIZES)
    return Baked(frozenset(view.parts), frozenset(view.panels), frozenset(view.finishes))


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    files = ((str(file.relative_to(folder)), file.stat()) for file in sorted(folder.rglob("*")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in files)
