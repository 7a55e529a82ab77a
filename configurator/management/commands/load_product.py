"""`manage.py load_product <folder>`: publishes what a folder of the catalogue holds. Idempotent."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from configurator import gate
from configurator.selectors import definition_of, product_folder
from configurator.services import UnableToPublish, load_product
from core.clock import now


class Command(BaseCommand):
    help = "Publishes a product of the catalogue as its next version, unless that content was published before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the product's folder, as catalogue/on-dam")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].resolve()
        home = product_folder(folder.name).resolve()
        if folder != home:
            raise CommandError(f"{folder} is not in the catalogue, from which pictures are drawn: move it to {home}.")
        try:
            version, is_new = load_product(folder=folder, now=now())
        except UnableToPublish as error:
            raise CommandError("\n".join([f"{folder.name} cannot be published:", *error.reasons])) from error
        for found in gate.check_definition(definition_of(version), folder):
            self.stderr.write(f"Worth a look: {found.sentence}.")
        self.stdout.write(f"Published {version.key}." if is_new else f"{version.key} has this content already.")
