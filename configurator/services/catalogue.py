"""Publishing what the catalogue's files say."""

import tomllib
from datetime import datetime
from pathlib import Path

from django.db import transaction
from pydantic import ValidationError

from configurator import gate
from configurator.definition import ProductDefinition, read_definition
from configurator.models import ProductVersion
from configurator.services.publish import UnableToPublish, create_version, lock_product, refuse


def load_product(*, folder: Path, now: datetime) -> tuple[ProductVersion, bool]:
    """Publish what a catalogue folder holds as a new version, unless that very content was published before.

    Also what was published once and replaced since is not published again: a roll-back holds. Returns the newest
    version with the content and whether it is new; raises UnableToPublish.
    """
    definition = read_product_file(folder / "product.toml")
    if definition.slug != folder.name:  # pictures are drawn from the folder that is called as the product
        raise UnableToPublish([f"the folder {folder.name} holds the product {definition.slug}: give both one name"])
    refuse(gate.check_definition(definition, folder))
    return _publish(definition, folder, now)


def lacks_every_plate(folder: Path) -> tuple[str, ...]:
    """The folders of a product's views while none of them was baked; empty as soon as one was. Raises UnableToPublish.

    A product is written before it is photographed; one of which some views are missing is simply wrong.
    """
    views = tuple(view.folder for view in read_product_file(folder / "product.toml").views)
    return () if any(_is_baked(folder / view) for view in views) else views


def _is_baked(folder: Path) -> bool:
    return folder.is_dir() and any(folder.rglob("view.json"))


def read_product_file(file: Path) -> ProductDefinition:
    """Parse and validate a product file; raises UnableToPublish naming every mistake and where it is."""
    try:
        return read_definition(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UnableToPublish([f"{file} does not exist"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnableToPublish([f"{file.name} cannot be read: {error}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise UnableToPublish([f"{file.name}: {error}"]) from error
    except ValidationError as error:
        where = [(".".join(map(str, row["loc"])) or "product", row["msg"]) for row in error.errors()]
        raise UnableToPublish([f"{file.name}: {place}: {message}" for place, message in where]) from error


@transaction.atomic
def _publish(definition: ProductDefinition, folder: Path, now: datetime) -> tuple[ProductVersion, bool]:
    product = lock_product(definition.slug)
    versions = list(product.versions.select_related("product").order_by("-number"))
    known = next((each for each in versions if gate.is_content_of(each, definition, folder)), None)
    if known:
        return known, False
    refuse(gate.check_history(definition, folder, versions[0] if versions else None))
    return create_version(product=product, definition=definition, folder=folder, now=now), True
