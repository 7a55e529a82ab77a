"""Whether every design can be shown in 3D and put into a room at its real size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from configurator.catalogue_check.finding import Finding, error, warning
from configurator.definition import ProductDefinition
from configurator.gltf.container import MalformedModel
from configurator.gltf.files import MODEL_FILE, NOTES_FILE, read_model
from configurator.gltf.template import ModelTemplate

HIGHEST_M = 3.0
"""A model in millimetres is a thousand times this high."""
LOWEST_M = 0.001
"""How far from the ground a model may begin: in a room it must neither float nor sink."""


def model_findings(definition: ProductDefinition, folder: Path) -> Iterator[Finding]:
    """Nothing of a product without a model; else files, parts, panels, finishes and size."""
    if definition.model is None:
        return
    where = definition.model
    lacking = [name for name in (MODEL_FILE, NOTES_FILE) if not (folder / where / name).is_file()]
    if lacking:
        yield error("model_missing", "model", folder=where, files=", ".join(lacking))
        return
    try:
        template, notes = read_model(folder / where)
    except (OSError, MalformedModel) as problem:
        yield error("model_unreadable", "model", folder=where, error=str(problem))
        return
    yield from _part_findings(definition, template)
    missing = _panels(definition) - template.panels
    if missing:
        yield error("model_panel_missing", "model", folder=where, panels=", ".join(sorted(missing)))
    known = {(part, finish) for part, finishes in notes.materials.items() for finish in finishes}
    unknown = sorted(" ".join(pair) for pair in _finishes(definition) - known)
    if unknown:
        yield warning("model_finish_unknown", "model", folder=where, finishes=", ".join(unknown))
    if abs(template.lowest_m) > LOWEST_M or not 0 < template.height_m <= HIGHEST_M:
        measures = {"height": f"{template.height_m:.3f}", "lowest": f"{template.lowest_m:.3f}"}
        yield error("model_not_in_metres", "model", folder=where, **measures)


def _part_findings(definition: ProductDefinition, template: ModelTemplate) -> Iterator[Finding]:
    coloured = set(definition.base_colours) | {
        part for group in definition.groups for option in group.options for part in option.colours
    }
    # A colour of letters need not be that of a part.
    letters = {row.colour_part for row in (definition.engraving, definition.numbering) if row}
    for code, parts in (
        ("model_parts_missing", coloured - letters - template.parts),
        ("model_parts_unknown", template.parts - coloured),
    ):
        if parts:
            yield error(code, "model", folder=definition.model or "", parts=", ".join(sorted(parts)))


def _panels(definition: ProductDefinition) -> set[str]:
    """The panels that something can be printed or engraved on."""
    rows = (definition.engraving, definition.artwork, definition.numbering)
    return {row.panel for row in rows if row}


def _finishes(definition: ProductDefinition) -> set[tuple[str, str]]:
    return {pair for group in definition.groups for option in group.options for pair in option.finishes.items()}
