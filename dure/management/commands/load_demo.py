"""`manage.py load_demo`: the demo's plants, products and editions from `catalogue/`. Idempotent, and all or nothing.

A product that was not photographed yet, without a single plate, is left out with its editions, and said to be.
"""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from configurator.models import ProductVersion
from configurator.services import UnableToPublish, lacks_every_plate, load_product
from core.clock import now
from editions.models import Edition
from editions.pricing import PriceCard, zones_from_json
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
        versions = {}
        for file in sorted(catalogue.glob("*/product.toml")):
            version = self.publish(file.parent)
            if version:
                versions[file.parent.name] = version
        for file in sorted((catalogue / "editions").glob("*.toml")):
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            if data["product"] in versions:
                self.announce(data, versions[data["product"]])
            else:
                self.stderr.write(f"{data['name_en']} waits for its product {data['product']}.")

    def load_plant(self, data: dict[str, Any]) -> None:
        """A plant in use keeps its definition, and the shop runs on with it."""
        try:
            load_plant(data=data, now=now())
        except PlantInUse as error:
            self.stdout.write(error.detail)

    def publish(self, folder: Path) -> ProductVersion | None:
        """The version, None while nothing of it is baked; one that cannot be published undoes the whole command."""
        try:
            unbaked = lacks_every_plate(folder)
            if unbaked:
                self.stderr.write(f"{folder.name} has no plates in {', '.join(unbaked)}: it is left out.")
                return None
            version, is_new = load_product(folder=folder, now=now())
        except UnableToPublish as error:
            raise CommandError(f"{folder.name} cannot be published: {error}") from error
        if is_new:
            self.stdout.write(f"Published {version.key}.")
        return version

    def announce(self, data: dict[str, Any], version: ProductVersion) -> None:
        if Edition.objects.filter(slug=data["slug"]).exists():
            return
        moment = now()
        announce_edition(
            NewEdition(
                slug=data["slug"],
                name_ko=data["name_ko"],
                name_en=data["name_en"],
                version=version,
                size=data["size"],
                currency=data["currency"],
                card=PriceCard.from_json(data["card"]),
                shipping=zones_from_json(data.get("shipping", [])),
                announced_at=moment - NOTICE,
                opens_at=moment,
            )
        )
        self.stdout.write(f"Opened {data['name_en']}: {data['size']} pieces.")
