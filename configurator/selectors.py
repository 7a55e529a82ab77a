"""Reads of products, versions and drafts."""

from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from configurator.definition import ProductDefinition, View, read_definition
from configurator.models import Draft, DraftChange, ProductVersion

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


def newest_version(slug: str) -> ProductVersion | None:
    """The newest published version of a product, None when there is none yet."""
    return ProductVersion.objects.select_related("product").filter(product__slug=slug).order_by("-number").first()


def newest_versions() -> QuerySet[ProductVersion]:
    """The newest version of every product."""
    rows = ProductVersion.objects.select_related("product").order_by("product__slug", "-number")
    return rows.distinct("product__slug")


def open_drafts(slug: str) -> QuerySet[Draft]:
    """The drafts of a product that can still be edited, the newest first."""
    drafts = Draft.objects.filter(slug=slug, published_as=None, discarded_at=None)
    return drafts.select_related("based_on__product", "updated_by").order_by("-updated_at")


def changes_since(draft: Draft, revision: int) -> QuerySet[DraftChange]:
    """What was changed in a draft after a revision."""
    return draft.changes.filter(revision__gt=revision).select_related("actor")


def product_folder(slug: str) -> Path:
    """Where the files of a product lie."""
    return Path(settings.CATALOGUE_DIR) / slug


def view_folder(definition: ProductDefinition, view: View) -> Path:
    """Where the plates of a view lie."""
    return product_folder(definition.slug) / view.folder
