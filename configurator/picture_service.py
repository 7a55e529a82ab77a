"""Pictures as files: composed on demand, kept in a bounded cache on disk."""

from django.core.cache import caches
from PIL import Image

from configurator.compile import colours, engraving_area
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.pictures import engraving
from configurator.pictures.compose import Format, compose, encode
from configurator.pictures.plates import load_view
from configurator.pictures.printing import panel_texture
from configurator.selectors import artwork_file, definition_of, version_named, view_folder


class UnknownView(Exception):
    """The product has no view of this name."""


class PictureIsGone(Exception):
    """The customer's picture on the piece is not kept any more: nobody had use for it."""


def picture_file(configuration: Configuration, view_id: str, size: int, kind: Format) -> bytes:
    """The picture of a configuration as a file.

    Raises UnknownView for a view that the product does not have, ProductVersion.DoesNotExist for an unknown version,
    PictureIsGone when what is printed on it was removed.
    """
    version = version_named(configuration.version)
    cache = caches["pictures"]
    key = f"{version.content_hash[:16]}.{configuration.fingerprint}.{view_id}.{size}.{kind}"
    content: bytes | None = cache.get(key)
    if content is None:
        content = encode(_compose(definition_of(version), configuration, view_id), size, kind)
        cache.set(key, content, timeout=None)
    return content


def draw(definition: ProductDefinition, configuration: Configuration, view_id: str, size: int, kind: Format) -> bytes:
    """The same of a definition that is not published: nothing is kept. Raises UnknownView."""
    return encode(_compose(definition, configuration, view_id), size, kind)


def engraving_file(definition: ProductDefinition, text: str, font: str = "") -> bytes:
    """The mask of an engraved text as a PNG, as the composer and the browser's island use it."""
    picture = engraving.mask(text, definition.engraving.font_of(font), engraving_area(definition))
    return encode(picture, picture.width, "png")


def _compose(definition: ProductDefinition, configuration: Configuration, view_id: str) -> Image.Image:
    view = next((view for view in definition.views if view.id == view_id), None)
    if view is None:
        raise UnknownView(view_id)
    row = definition.engraving
    masks = {}
    if configuration.engraving:
        font = row.font_of(configuration.font)
        masks[row.panel] = engraving.mask(configuration.engraving, font, engraving_area(definition))
    plates = load_view(view_folder(definition, view))
    return compose(plates, colours(definition, configuration), masks, _prints(definition, configuration))


def _prints(definition: ProductDefinition, configuration: Configuration) -> dict[str, Image.Image]:
    panel, placement = definition.artwork, configuration.artwork
    if panel is None or placement is None:
        return {}
    try:
        with Image.open(artwork_file(placement.artwork), formats=("WEBP",)) as picture:
            return {panel.panel: panel_texture(picture, placement, (panel.width_mm, panel.height_mm))}
    except FileNotFoundError:
        raise PictureIsGone(placement.artwork) from None
