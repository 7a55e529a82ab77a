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
from configurator.rules_service import ask_for_compilation
from factory_sim.selectors import station_ids


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
    reasons = catalogue_check.problems(definition, folder, station_ids(plant_slug=definition.plant))
    if reasons:
        raise UnableToPublish(reasons)
    return _publish(definition, folder, now)


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
        digest.update(_listing(folder / view.folder))
    return digest.hexdigest()


def plates_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of a folder's files."""
    return sha256(_listing(folder)).hexdigest()


def _listing(folder: Path) -> bytes:
    files = sorted(folder.iterdir()) if folder.is_dir() else ()
    return b"".join(file.name.encode() + b"\0" + sha256(file.read_bytes()).digest() for file in files)


@transaction.atomic
def _publish(definition: ProductDefinition, folder: Path, now: datetime) -> tuple[ProductVersion, bool]:
    product, _ = Product.objects.get_or_create(slug=definition.slug)
    Product.objects.select_for_update().get(pk=product.pk)
    digest = content_hash(folder, definition)
    known = product.versions.filter(content_hash=digest).first()
    if known:
        return known, False
    changed = _changed_plates(product, folder)
    if changed:
        raise UnableToPublish(changed)
    newest = product.versions.order_by("-number").first()
    version = product.versions.create(
        number=newest.number + 1 if newest else 1,
        definition=definition.model_dump(mode="json"),
        content_hash=digest,
        plates={view.folder: plates_digest(folder / view.folder) for view in definition.views},
        published_at=now,
    )
    ask_for_compilation(version)
    return version, True


def _changed_plates(product: Product, folder: Path) -> list[str]:
    """Orders of a published version are drawn from its folders for ever: those that are not what they were."""
    recorded: dict[str, tuple[str, str]] = {}
    for version in product.versions.order_by("number"):
        for name, digest in version.plates.items():
            recorded.setdefault(name, (digest, version.key))
    return [
        f"the plates in {name} have changed since {key} was published, which is drawn from them: bake into a new folder"
        for name, (digest, key) in recorded.items()
        if plates_digest(folder / name) != digest
    ]
