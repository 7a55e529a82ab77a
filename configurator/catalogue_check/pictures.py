"""Whether every design can be drawn: the plates and the model are there, and have what the definition speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from configurator.catalogue_check.finding import Finding, error
from configurator.catalogue_check.surfaces import Baked, surface_findings
from configurator.definition import Place, ProductDefinition, View
from configurator.pictures import plates

MODEL_FILES = ("model.glb", "model.json")


def picture_findings(definition: ProductDefinition, folder: Path) -> Iterator[Finding]:
    """Views without plates, parts, panels and finishes that are missing, a model that is not there."""
    looked = [(view, _look(view, folder / view.folder)) for view in definition.views]
    yield from (found for _view, found in looked if isinstance(found, Finding))
    baked = {view.id: found for view, found in looked if isinstance(found, Baked)}
    yield from surface_findings(definition, baked)
    yield from _model_findings(definition, folder)


def _look(view: View, folder: Path) -> Baked | Finding:
    """What a view's plates have, or why they cannot be looked at."""
    place = Place(f"views.{view.id}")
    if not (folder / "view.json").exists():
        return error("view_unbaked", place, view=place, folder=view.folder)
    try:
        baked = plates.load_view(folder)
    except (OSError, ValueError, LookupError) as problem:
        return error("plates_unreadable", place, view=place, error=str(problem))
    return Baked(frozenset(baked.parts), frozenset(baked.panels))


def _model_findings(definition: ProductDefinition, folder: Path) -> Iterator[Finding]:
    if definition.model is None:
        return
    lacking = [name for name in MODEL_FILES if not (folder / definition.model / name).is_file()]
    if lacking:
        yield error("model_missing", "model", folder=definition.model, files=", ".join(lacking))
