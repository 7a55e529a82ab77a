"""Whether every design can be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from configurator.catalogue_check.finding import Finding, error
from configurator.definition import Group, Place, ProductDefinition, View
from configurator.pictures import plates


def picture_findings(definition: ProductDefinition, folder: Path) -> Iterator[Finding]:
    """Views without plates, parts and panels that are missing, options that leave a part without a colour."""
    if definition.engraving.colour_part not in _always_coloured(definition):
        yield error("engraving_colourless", "engraving", part=definition.engraving.colour_part)
    for view in definition.views:
        yield from _view_findings(definition, view, folder / view.folder)
    for group in definition.groups:
        for option in group.options:
            if set(option.colours) != set(group.options[0].colours):
                place = Place(f"{group.place}.options.{option.id}")
                yield error("uneven_colours", place, option=place)


def _view_findings(definition: ProductDefinition, view: View, folder: Path) -> Iterator[Finding]:
    place = Place(f"views.{view.id}")
    if not (folder / "view.json").exists():
        yield error("view_unbaked", place, view=place, folder=view.folder)
        return
    try:
        baked = plates.load_view(folder)
    except (OSError, ValueError, LookupError) as problem:
        yield error("plates_unreadable", place, view=place, error=str(problem))
        return
    yield from _panel_findings(definition, place, baked)
    yield from _part_findings(definition, place, set(baked.parts))


def _part_findings(definition: ProductDefinition, view: Place, parts: set[str]) -> Iterator[Finding]:
    sometimes = {group.place: _coloured_by(group) for group in definition.groups if group.when and not group.retired}
    bare = parts - _always_coloured(definition)
    never = sorted(bare.difference(*sometimes.values()))
    if never:
        yield error("part_colourless", view, view=view, parts=", ".join(never))
    for place, coloured in sometimes.items():
        if bare & coloured:
            shown = ", ".join(sorted(bare & coloured))
            yield error("part_sometimes_colourless", view, view=view, parts=shown, groups=place)


def _panel_findings(definition: ProductDefinition, view: Place, baked: plates.View) -> Iterator[Finding]:
    engraved, printed = definition.engraving.panel, definition.artwork and definition.artwork.panel
    if engraved not in baked.panels:
        yield error("panel_missing", view, view=view, panel=engraved)
    # A print is lit as the part below it is.
    if printed and not (printed in baked.panels and printed in baked.parts):
        yield error("print_panel_missing", view, view=view, panel=printed)


def _always_coloured(definition: ProductDefinition) -> set[str]:
    """The parts that have a colour in every design: conditional groups may not exist."""
    constant = (group for group in definition.groups if not group.when and not group.retired)
    return set(definition.base_colours).union(*map(_coloured_by, constant))


def _coloured_by(group: Group) -> set[str]:
    return {part for option in group.offered for part in option.colours}
