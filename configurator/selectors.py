"""Reads of products and versions."""

import time
from pathlib import Path

from django.conf import settings

from configurator.definition import ProductDefinition, View, read_definition
from configurator.models import CompiledRules, ProductVersion
from configurator.rules import Diagram

SECONDS_BETWEEN_LOOKS = 5

_parsed: dict[str, ProductDefinition] = {}
_looked_at: dict[str, float] = {}


def definition_of(version: ProductVersion) -> ProductDefinition:
    """The definition of a version with its compiled rules; versions never change, so each is read once per process."""
    if version.content_hash not in _parsed:
        _parsed[version.content_hash] = read_definition(version.definition)
    definition = _parsed[version.content_hash]
    if _looked_at.get(version.content_hash, float("-inf")) < time.monotonic():
        _adopt_compiled(definition, version.content_hash)
    return definition


def _adopt_compiled(definition: ProductDefinition, content_hash: str) -> None:
    """Give the engine what the worker has compiled; look again in a while when there is nothing yet."""
    row = CompiledRules.objects.filter(content_hash=content_hash).first()
    if row:
        definition.engine.adopt(Diagram.from_bytes(bytes(row.diagram)) if row.diagram else None)
    _looked_at[content_hash] = float("inf") if row else time.monotonic() + SECONDS_BETWEEN_LOOKS


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
