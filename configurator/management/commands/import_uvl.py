"""`manage.py import_uvl <file> [output]`: what a UVL feature model says about a product, as a draft's JSON data."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from configurator.interchange import LARGEST, UnableToImport, read_uvl, sentence_of
from configurator.uvl import ImportedProduct


class Command(BaseCommand):
    help = (
        "Reads the Boolean core of a UVL feature model and writes groups, rules and preset of a draft as JSON, to a "
        "file or to standard output. What was found is said on standard error. The database is not touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("output", nargs="?", type=Path)

    def handle(self, *args: Any, file: Path, output: Path | None, **options: Any) -> None:
        try:
            with file.open("rb") as source:
                # One byte more than is accepted is enough to refuse the file.
                product = read_uvl(source.read(LARGEST + 1))
            written = json.dumps(product.data, ensure_ascii=False, indent=2) + "\n"
            if output:
                output.write_text(written, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        except UnableToImport as refusal:
            raise CommandError(f"{file}: {refusal.detail}") from refusal
        if not output:
            self.stdout.write(written, ending="")
        if options["verbosity"]:
            self._report(product)

    def _report(self, product: ImportedProduct) -> None:
        model, data = product.model, product.data
        features = sum(1 for _ in model.features())
        choices = sum(len(group["options"]) for group in data["groups"])
        self.stderr.write(
            f"{features} features and {len(model.constraints)} constraints became "
            f"{len(data['groups'])} groups with {choices} options and {len(data['rules'])} rules.",
            self.style.SUCCESS,
        )
        for finding in product.findings():
            self.stderr.write(sentence_of(finding), self.style.WARNING)
