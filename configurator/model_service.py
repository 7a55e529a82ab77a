"""Models as files: the product's own, painted as the customer has designed it."""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from PIL import Image

from configurator.compile import colours, engraving_area, numbering_area
from configurator.configuration import Colours, Configuration, Placement, canonical_json
from configurator.definition import ArtworkPanel, Numbering, ProductDefinition
from configurator.gltf.files import read_model
from configurator.gltf.inlays import printed, stencil
from configurator.gltf.notes import ModelNotes, Surface
from configurator.gltf.template import Inlay, ModelTemplate, Paint
from configurator.picture_service import PictureIsGone, picture_files
from configurator.pictures import engraving
from configurator.pictures.printing import panel_texture
from configurator.selectors import artwork_file, definition_of, model_folder, version_named

FOIL = Surface(roughness=0.35, metallic=0.6)
"""Engraved letters where `model.json` says nothing: foil that is still bright when it is looked at from the front."""
INK = Surface(metallic=0)


class NoModel(Exception):
    """The product has no model."""


def model_file(configuration: Configuration, number: str = "") -> bytes:
    """The model of a configuration, or of the piece with that number, as a GLB file.

    Raises NoModel for a product without one, ProductVersion.DoesNotExist for an unknown version, PictureIsGone when
    what is printed on it was removed.
    """
    definition = definition_of(version_named(configuration.version))
    template, notes = model_of(definition)
    return template.painted(paint_of(definition, configuration, notes, number))


def model_of(definition: ProductDefinition) -> tuple[ModelTemplate, ModelNotes]:
    """A product's model and what is noted about it, read once; raises NoModel."""
    folder = model_folder(definition)
    if folder is None:
        raise NoModel(definition.slug)
    return _read(folder)


def paint_of(definition: ProductDefinition, configuration: Configuration, notes: ModelNotes, number: str = "") -> Paint:
    """What a configuration does to the product's model; raises PictureIsGone."""
    painted = colours(definition, configuration)
    surfaces = {part: notes.materials.get(part, {}).get(finish) for part, finish in painted.finishes.items()}
    return Paint(
        colours=painted.parts,
        surfaces={part: surface for part, surface in surfaces.items() if surface},
        inlays={
            **dict(_inlays(definition, configuration, painted, notes)),
            **(_numbered(definition.numbering, number, painted, notes) if definition.numbering and number else {}),
        },
    )


def _inlays(
    definition: ProductDefinition, configuration: Configuration, painted: Colours, notes: ModelNotes
) -> Iterator[tuple[str, Inlay]]:
    """What lies on each panel: a print, a text, or a text above a print."""
    engraved, sheet, placement = definition.engraving.panel, definition.artwork, configuration.artwork
    print_is_below = sheet is not None and placement is not None and sheet.panel == engraved
    if sheet and placement:
        ink = painted.engraving if print_is_below and configuration.engraving else None
        png = _kept(_print_key(configuration, ink), lambda: _print(definition, configuration, sheet, placement, ink))
        yield sheet.panel, Inlay(png, surface=notes.panels.get(sheet.panel, INK))
    if configuration.engraving and not print_is_below:
        png = _kept(_text_key(definition, configuration), lambda: stencil(_mask(definition, configuration)))
        yield engraved, Inlay(png, painted.engraving, notes.panels.get(engraved, FOIL))


def _numbered(row: Numbering, number: str, painted: Colours, notes: ModelNotes) -> dict[str, Inlay]:
    """The piece's number on its panel."""
    area = numbering_area(row)
    png = _kept(
        _key("number", [number, row.font, astuple(area)]), lambda: stencil(engraving.mask(number, row.font, area))
    )
    return {row.panel: Inlay(png, painted.number, notes.panels.get(row.panel, FOIL))}


def _text_key(definition: ProductDefinition, configuration: Configuration) -> str:
    area, font = engraving_area(definition), definition.engraving.font_of(configuration.font)
    return _key("text", [configuration.engraving, font, astuple(area)])


def _print_key(configuration: Configuration, ink: str | None) -> str:
    what = configuration.as_json()
    return _key("print", [configuration.version, what["artwork"], ink and [ink, what["engraving"], what.get("font")]])


def _key(kind: str, what: list[Any]) -> str:
    return f"inlay.{kind}.{sha256(canonical_json(what)).hexdigest()}"


def _kept(key: str, draw: Callable[[], bytes]) -> bytes:
    """A PNG that was drawn before, or is now: painting the model itself takes less time than to read it back."""
    return picture_files().get_or_make(key, draw)


def _mask(definition: ProductDefinition, configuration: Configuration) -> Image.Image:
    font = definition.engraving.font_of(configuration.font)
    return engraving.mask(configuration.engraving, font, engraving_area(definition))


def _print(
    definition: ProductDefinition,
    configuration: Configuration,
    sheet: ArtworkPanel,
    placement: Placement,
    ink: str | None,
) -> bytes:
    try:
        with Image.open(artwork_file(placement.artwork), formats=("WEBP",)) as picture:
            size = (sheet.width_mm, sheet.height_mm)
            texture = panel_texture(picture, placement, size, engraving.MASK_PIXELS_PER_MM)
    except FileNotFoundError:
        raise PictureIsGone(placement.artwork) from None
    return printed(texture, (_mask(definition, configuration), ink) if ink else None)


@lru_cache(maxsize=16)
def _read(folder: Path) -> tuple[ModelTemplate, ModelNotes]:
    # The files of a published version never change.
    return read_model(folder)
