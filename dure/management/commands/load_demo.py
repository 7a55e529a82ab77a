"""`manage.py load_demo`: the demo's plants, products and editions from `catalogue/`. Idempotent, and all or nothing.

A product that was not photographed yet, without a single plate, is left out with its editions, and said to be.
"""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from configurator.models import ProductVersion
from configurator.services import UnableToPublish, lacks_every_plate, load_product
from core.clock import now
from editions.edition_file import EditionFile, UnreadableEdition, announce_file, read_edition_file
from editions.models import Edition
from factory_sim.plant_change import PlantInUse
from factory_sim.services import load_plant


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
            try:
                said = read_edition_file(file)
                if said.product in versions:
                    self.announce(said, versions[said.product])
                else:
                    self.stderr.write(f"{said.name_en} waits for its product {said.product}.")
            except UnreadableEdition as error:
                raise CommandError(str(error)) from error

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

    def announce(self, said: EditionFile, version: ProductVersion) -> None:
        if Edition.objects.filter(slug=said.slug).exists():
            return
        announce_file(said, version, now=now())
        verb = "Announced" if said.opens_in_minutes else "Opened"
        self.stdout.write(f"{verb} {said.name_en}: {said.size} pieces.")
