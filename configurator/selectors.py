"""Reads of products and versions."""

from pathlib import Path

from django.conf import settings

from configurator.definition import ProductDefinition, View, read_definition
from configurator.models import Artwork, ProductVersion

_parsed: dict[str, ProductDefinition] = {}


def definition_of(version: ProductVersion) -> ProductDefinition:
    """The definition of a version; versions never change, so each is parsed once per process."""
    if version.content_hash not in _parsed:
        _parsed[version.content_hash] = read_definition(version.definition)
    return _parsed[version.content_hash]


def version_named(key: str) -> ProductVersion:
    """The version `<product>/<number>`; raises ProductVersion.DoesNotExist."""
    slug, _, number = key.partition("/")
    if not number.isdecimal():
        raise ProductVersion.DoesNotExist(key)
    return ProductVersion.objects.select_related("product").get(product__slug=slug, number=int(number))


def latest_version(slug: str) -> ProductVersion:
    """The newest published version of a product; raises ProductVersion.DoesNotExist."""
    return ProductVersion.objects.select_related("product").filter(product__slug=slug).latest("number")


def view_folder(definition: ProductDefinition, view: View) -> Path:
    """Where the plates of a view lie."""
    return Path(settings.CATALOGUE_DIR) / definition.slug / view.folder


def artwork_named(sha256: str) -> Artwork:
    """A customer's picture by the hash of its file; raises Artwork.DoesNotExist."""
    return Artwork.objects.get(sha256=sha256)


def artwork_file(sha256: str) -> Path:
    """Where a customer's picture lies, or will."""
    return Path(settings.MEDIA_ROOT) / "artwork" / sha256[:2] / f"{sha256}.webp"
