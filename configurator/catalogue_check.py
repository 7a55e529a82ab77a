"""The publish gate: what a definition must satisfy beyond its schema. Pure but for reading the product's files."""

from collections.abc import Collection
from pathlib import Path

from configurator.definition import ProductDefinition
from configurator.pictures.engraving import uncuttable
from configurator.pictures.plates import load_view


def problems(definition: ProductDefinition, folder: Path, stations: Collection[str]) -> list[str]:
    """Everything that keeps a product from being published, as sentences; empty when it may be.

    `stations` are those of the product's plant, none when there is no such plant.
    """
    return [
        *_rule_problems(definition),
        *_picture_problems(definition, folder),
        *_font_problems(definition),
        *_plant_problems(definition, stations),
    ]


def _rule_problems(definition: ProductDefinition) -> list[str]:
    engine = definition.engine
    if not engine.is_valid({}):
        return [f"no design satisfies all rules together: {', '.join(engine.broken_rules({}))}"]
    found = [
        f"{group} {option} can never be chosen ({', '.join(why.rules)})"
        for (group, option), why in engine.blocked({}).items()
    ]
    for name, choices in _starts(definition).items():
        broken = engine.broken_rules(choices)
        if broken:
            found.append(f"{name} breaks {', '.join(broken)}")
    return found


def _starts(definition: ProductDefinition) -> dict[str, dict[str, str]]:
    others = {f"the preset {preset.id}": definition.started(preset.id) for preset in definition.presets}
    return {"the preset": definition.started(), **others}


def _picture_problems(definition: ProductDefinition, folder: Path) -> list[str]:
    engraving = definition.engraving
    painted = set(definition.base_colours) | {
        part for group in definition.groups for option in group.options for part in option.colours
    }
    found = [] if engraving.colour_part in painted else [f"nothing colours the engraving's {engraving.colour_part}"]
    for view in definition.views:
        if not (folder / view.folder / "view.json").exists():
            found.append(f"view {view.id} has no view.json in {view.folder}")
            continue
        try:
            plates = load_view(folder / view.folder)
        except (OSError, ValueError, LookupError) as error:
            found.append(f"the plates of view {view.id} cannot be read: {error}")
            continue
        if engraving.panel not in plates.panels:
            found.append(f"view {view.id} has no panel {engraving.panel} for the engraving")
        artwork = definition.artwork
        if artwork and not (artwork.panel in plates.panels and artwork.panel in plates.parts):
            found.append(f"view {view.id} has no panel {artwork.panel} to print on")
        unpainted = set(plates.parts) - painted
        if unpainted:
            found.append(f"view {view.id} shows {', '.join(sorted(unpainted))}, which no option colours")
    uneven = [
        f"{group.id} {option.id} does not colour the same parts as its neighbours"
        for group in definition.groups
        for option in group.options
        if set(option.colours) != set(group.options[0].colours)
    ]
    return [*found, *uneven]


def _plant_problems(definition: ProductDefinition, stations: Collection[str]) -> list[str]:
    if not stations:
        return [f"there is no plant {definition.plant}"]
    return [
        f"operation {operation.id} needs the station {operation.station}, which plant {definition.plant} does not have"
        for operation in definition.operations
        if operation.station not in stations
    ]


def _font_problems(definition: ProductDefinition) -> list[str]:
    row = definition.engraving
    samples = {"Hangul, Latin letters or digits": "가힣AZaz09", "the symbols": row.symbols or ""}
    lacking = {(font, kind): uncuttable(text, font) for font in row.offered_fonts for kind, text in samples.items()}
    return [
        f"the engraving's font {font} lacks {kind} {' '.join(missing)}"
        for (font, kind), missing in lacking.items()
        if missing
    ]
