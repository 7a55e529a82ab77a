"""`manage.py export_uvl <product>/<number> [file]`: a published version as a UVL feature model."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from configurator.models import ProductVersion
from configurator.selectors import definition_of, version_named
from configurator.uvl import definition_as_uvl


class Command(BaseCommand):
    help = "Writes a published version, on-dam/1 for one, as a UVL feature model to a file or to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version")
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, version: str, file: Path | None, **options: Any) -> None:
        try:
            written = definition_as_uvl(definition_of(version_named(version)))
        except ProductVersion.DoesNotExist:
            raise CommandError(f"There is no published version {version!r}.") from None
        if file is None:
            self.stdout.write(written, ending="")
            return
        try:
            file.write_text(written, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
