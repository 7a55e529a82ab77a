"""Reads of products, versions, drafts and designs."""

import time
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from configurator.codes import read_code
from configurator.definition import ProductDefinition, View, read_definition
from configurator.models import Artwork, CompiledRules, Design, Draft, DraftChange, ProductVersion, ScreeningAppeal
from configurator.rules import Diagram
from configurator.screening import normal_form

SECONDS_BETWEEN_LOOKS = 5

_parsed: dict[str, ProductDefinition] = {}
_looked_at: dict[str, float] = {}
_hashes: dict[int, str] = {}


def definition_of(version: ProductVersion) -> ProductDefinition:
    """The definition of a version with its compiled rules; versions never change, so each is read once per process."""
    if version.content_hash not in _parsed:
        _parsed[version.content_hash] = read_definition(version.definition)
    definition = _parsed[version.content_hash]
    if _looked_at.get(version.content_hash, float("-inf")) < time.monotonic():
        _adopt_compiled(definition, version.content_hash)
    return definition


def definition_with_id(version_id: int) -> ProductDefinition:
    """The definition of a version by its key, without a query when this process has read it before."""
    known = _parsed.get(_hashes.get(version_id, ""))
    if known is None:
        version = ProductVersion.objects.get(pk=version_id)
        known, _hashes[version_id] = definition_of(version), version.content_hash
    return known


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


def decisions_about(slug: str, text: str) -> frozenset[str]:
    """What staff have said about a text, in whatever spacing and case, for a product: open, allowed, declined."""
    return frozenset(appeals_about(slug, text).values_list("status", flat=True))


def appeals_about(slug: str, text: str) -> QuerySet[ScreeningAppeal]:
    """Who asked about a text, in whatever spacing and case, for a product."""
    return ScreeningAppeal.objects.filter(product__slug=slug, normal_form=normal_form(text))


def view_folder(definition: ProductDefinition, view: View) -> Path:
    """Where the plates of a view lie."""
    return product_folder(definition.slug) / view.folder


def model_folder(definition: ProductDefinition) -> Path | None:
    """Where the model for 3D lies, None for a product without one."""
    return product_folder(definition.slug) / definition.model if definition.model else None


def design_with_code(typed: str) -> Design:
    """A saved design by its code, however it is typed; raises Design.DoesNotExist."""
    code = read_code(typed)
    if code is None:
        raise Design.DoesNotExist
    return Design.objects.select_related("version__product", "parent", "author").get(code=code)


def artwork_named(sha256: str) -> Artwork:
    """A customer's picture by the hash of its file; raises Artwork.DoesNotExist."""
    return Artwork.objects.get(sha256=sha256)


def artwork_file(sha256: str) -> Path:
    """Where a customer's picture lies, or will."""
    return Path(settings.MEDIA_ROOT) / "artwork" / sha256[:2] / f"{sha256}.webp"
