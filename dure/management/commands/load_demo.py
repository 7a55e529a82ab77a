"""`manage.py load_demo`: the demo's plant, product and edition from `catalogue/`. Idempotent, and all or nothing."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from configurator.models import ProductVersion
from configurator.services import UnableToPublish, load_product
from core.clock import now
from editions.models import Edition
from editions.pricing import PriceCard
from editions.services import NewEdition, announce_edition
from factory_sim.services import PlantInUse, load_plant

# The card must be public for a day before the opening; a demo opens at once, so its notice is dated back.
NOTICE = timedelta(hours=25)


class Command(BaseCommand):
    help = "Loads the demo catalogue: plants, products, editions."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = Path(settings.CATALOGUE_DIR)
        for file in sorted((catalogue / "plants").glob("*.toml")):
            self.load_plant(tomllib.loads(file.read_text(encoding="utf-8")))
        published = {
            folder.parent.name: self.publish(folder.parent) for folder in sorted(catalogue.glob("*/product.toml"))
        }
        for version in (version for version, is_new in published.values() if is_new):
            self.stdout.write(f"Published {version.key}.")
        versions = {name: version for name, (version, _) in published.items()}
        for file in sorted((catalogue / "editions").glob("*.toml")):
            self.announce(tomllib.loads(file.read_text(encoding="utf-8")), versions)

    def load_plant(self, data: dict[str, Any]) -> None:
        """A plant in use keeps its definition, and the shop runs on with it."""
        try:
            load_plant(data=data, now=now())
        except PlantInUse as error:
            self.stdout.write(error.detail)

    def publish(self, folder: Path) -> tuple[ProductVersion, bool]:
        """The version, and whether it is new; one that cannot be published undoes the whole command."""
        try:
            return load_product(folder=folder, now=now())
        except UnableToPublish as error:
            raise CommandError(f"{folder.name} cannot be published: {error}") from error

    def announce(self, data: dict[str, Any], versions: dict[str, ProductVersion]) -> None:
        if Edition.objects.filter(slug=data["slug"]).exists():
            return
        moment = now()
        announce_edition(
            NewEdition(
                slug=data["slug"],
                name_ko=data["name_ko"],
                name_en=data["name_en"],
                version=versions[data["product"]],
                size=data["size"],
                currency=data["currency"],
                card=PriceCard.from_json(data["card"]),
                announced_at=moment - NOTICE,
                opens_at=moment,
            )
        )
        self.stdout.write(f"Opened {data['name_en']}: {data['size']} pieces.")
