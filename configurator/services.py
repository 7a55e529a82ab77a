"""Publishing a product."""

import tomllib
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.db import transaction
from pydantic import ValidationError

from configurator import catalogue_check
from configurator.definition import ProductDefinition, read_definition
from configurator.models import Product, ProductVersion


class UnableToPublish(Exception):
    """The product cannot be published; `reasons` are sentences for the maker."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def load_product(*, folder: Path, now: datetime) -> tuple[ProductVersion, bool]:
    """Publish what a catalogue folder holds as a new version, unless that very content is published already.

    Returns the version and whether it is new; raises UnableToPublish.
    """
    definition = read_product_file(folder / "product.toml")
    reasons = catalogue_check.problems(definition, folder)
    if reasons:
        raise UnableToPublish(reasons)
    return _publish(definition, content_hash(folder, definition), now)


def read_product_file(file: Path) -> ProductDefinition:
    """Parse and validate a product file; raises UnableToPublish naming every mistake and where it is."""
    try:
        return read_definition(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UnableToPublish([f"{file} does not exist"]) from None
    except tomllib.TOMLDecodeError as error:
        raise UnableToPublish([f"{file.name}: {error}"]) from error
    except ValidationError as error:
        where = [(".".join(map(str, row["loc"])) or "product", row["msg"]) for row in error.errors()]
        raise UnableToPublish([f"{file.name}: {place}: {message}" for place, message in where]) from error


def content_hash(folder: Path, definition: ProductDefinition) -> str:
    """SHA-256 over the definition and every file of its views: what a customer would see changes the hash."""
    digest = sha256(definition.model_dump_json().encode())
    for view in definition.views:
        for file in sorted((folder / view.folder).iterdir()):
            digest.update(file.name.encode() + b"\0" + sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@transaction.atomic
def _publish(definition: ProductDefinition, digest: str, now: datetime) -> tuple[ProductVersion, bool]:
    product, _ = Product.objects.get_or_create(slug=definition.slug)
    Product.objects.select_for_update().get(pk=product.pk)
    known = product.versions.filter(content_hash=digest).first()
    if known:
        return known, False
    newest = product.versions.order_by("-number").first()
    version = product.versions.create(
        number=newest.number + 1 if newest else 1,
        definition=definition.model_dump(mode="json"),
        content_hash=digest,
        published_at=now,
    )
    return version, True
