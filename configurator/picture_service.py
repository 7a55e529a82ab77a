"""Pictures as files: composed on demand, once, and kept on disk as long as there is room."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import Image

from configurator.compile import engraving_area, numbering_area
from configurator.configuration import Placement
from configurator.definition import ProductDefinition
from configurator.picture_address import Subject
from configurator.pictures import engraving
from configurator.pictures.compose import Cut, compose
from configurator.pictures.encode import Format, baked_size, encode, shrunk
from configurator.pictures.file_cache import FileCache
from configurator.pictures.panels import linear_texture
from configurator.pictures.plate_store import PlateStore
from configurator.pictures.plates import View
from configurator.pictures.printing import fineness_for, panel_texture
from configurator.pictures.tone import Floats
from configurator.selectors import artwork_file, definition_of, version_named, view_folder
from configurator.unfinished import so_far

TEXTURES_KEPT = 12
"""Up to 3 MB each."""


class UnknownView(Exception):
    """The product has no view of this name."""


class PictureIsGone(Exception):
    """The customer's picture on the piece is not kept any more: nobody had use for it."""


def picture_file(subject: Subject, view_id: str, size: int, kind: Format) -> bytes:
    """The picture of a configuration, or of the piece with that number, whole or as it is made, as a file.

    Raises UnknownView for a view that the product does not have, ProductVersion.DoesNotExist for an unknown version,
    PictureIsGone when what is printed on it was removed.
    """
    version = version_named(subject.configuration.version)
    definition = definition_of(version)
    stage = () if subject.stage is None else (f"after-{'-'.join(subject.stage)}",)
    seen = ".".join((view_id, subject.number, *stage, str(size), kind))
    return picture_files().get_or_make(
        f"{version.content_hash}.{subject.configuration.fingerprint}.{seen}",
        lambda: draw(definition, subject, view_id, size, kind),
    )


def draw(definition: ProductDefinition, subject: Subject, view_id: str, size: int, kind: Format) -> bytes:
    """The same of a definition that need not be published: nothing is kept. Raises UnknownView and PictureIsGone."""
    return encode(shrunk(composed(definition, subject, view_id, size), size), kind)


def engraving_file(definition: ProductDefinition, text: str, font: str = "") -> bytes:
    """The mask of an engraved text as a PNG, as the composer and the browser's island use it."""
    return encode(engraving.mask(text, definition.engraving.font_of(font), engraving_area(definition)), "png")


def plates_of_view(definition: ProductDefinition, view_id: str, size: int) -> View:
    """The plates that pictures of a view are composed from. Raises UnknownView."""
    view = next((view for view in definition.views if view.id == view_id), None)
    if view is None:
        raise UnknownView(view_id)
    store = _plates(Path(settings.PLATE_CACHE), settings.PLATE_CACHE_BYTES)
    return store.view(view_folder(definition, view), baked_size(size))


def picture_files() -> FileCache:
    """Where composed pictures are kept."""
    return _files(Path(settings.PICTURE_CACHE), settings.PICTURE_CACHE_BYTES)


def composed(definition: ProductDefinition, subject: Subject, view_id: str, size: int) -> Image.Image:
    """The picture in the baked size from which one of `size` is made. Raises UnknownView and PictureIsGone."""
    plates = plates_of_view(definition, view_id, size)
    piece = so_far(definition, subject.configuration, subject.stage)
    configuration, painted = piece.configuration, piece.colours
    cuts = []
    if configuration.engraving:
        font = definition.engraving.font_of(configuration.font)
        mask = engraving.mask(configuration.engraving, font, engraving_area(definition))
        cuts.append(Cut(definition.engraving.panel, mask, painted.engraving))
    if subject.number and definition.numbering and piece.is_numbered:
        mask = engraving.mask(subject.number, definition.numbering.font, numbering_area(definition.numbering))
        cuts.append(Cut(definition.numbering.panel, mask, painted.number))
    return compose(plates, painted, cuts, _prints(definition, configuration.artwork, plates))


def _prints(definition: ProductDefinition, placement: Placement | None, plates: View) -> dict[str, Floats]:
    row = definition.artwork
    if row is None or placement is None or row.panel not in plates.panels:
        return {}
    fineness = fineness_for(plates.panels[row.panel], row.width_mm)
    file = artwork_file(placement.artwork)
    try:
        return {row.panel: _texture(file, file.stat().st_mtime_ns, placement, (row.width_mm, row.height_mm), fineness)}
    except FileNotFoundError:
        raise PictureIsGone(placement.artwork) from None


@lru_cache(TEXTURES_KEPT)
def _texture(
    file: Path, _changed_at: int, placement: Placement, panel_mm: tuple[float, float], fineness: float
) -> Floats:
    """A customer's picture as it is printed: shrunk once for all the colours that are tried with it."""
    with Image.open(file, formats=("WEBP",)) as picture:
        return linear_texture(panel_texture(picture, placement, panel_mm, fineness))


@lru_cache(2)
def _plates(folder: Path, cap: int) -> PlateStore:
    return PlateStore(folder, cap)


@lru_cache(2)
def _files(folder: Path, cap: int) -> FileCache:
    return FileCache(folder, cap)
