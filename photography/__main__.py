"""Photograph a product: `python -m photography on-dam`, or part of it: `--shots hero,back --only plates`.

Renders stay in the work folder and are not repeated: remove a file there to take its picture again.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from photography.product import Product, load_product

ROOT = Path(__file__).resolve().parent.parent
STEPS = ("plates", "references", "model")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m photography", description=__doc__)
    parser.add_argument("product", help="the product's slug")
    parser.add_argument("--shots", default="", help="views, separated by commas; all when absent")
    parser.add_argument("--only", choices=STEPS)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "photography", help="where renders are kept")
    parser.add_argument("--lock", type=Path, help="a file that is locked during each render")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    product = load_product(given.product)
    shots = given.shots.split(",") if given.shots else [shot.id for shot in product.shots]
    work = given.work.resolve()
    if given.only in (None, "plates"):
        photograph_plates(product, shots, work, given.lock)
    if given.only in (None, "references"):
        photograph_references(product, shots, work, given.lock)
    if given.only in (None, "model"):
        from photography.model import write_model

        write_model(product, ROOT / "catalogue" / product.slug / "model", work)


def photograph_plates(product: Product, shots: list[str], work: Path, lock: Path | None) -> None:
    """Render each view and write its plates into the catalogue."""
    from photography.bake import bake_shot
    from photography.develop import write_view

    for name in shots:
        folder = bake_shot(product, product.shot(name), work, lock)
        write_view(folder, ROOT / "catalogue" / product.slug / "views" / name)


def photograph_references(product: Product, shots: list[str], work: Path, lock: Path | None) -> None:
    """Photograph the product's references as they are, for the tests."""
    from photography.references import write_references

    write_references(product, shots, work, ROOT / "tests" / "data" / "references" / product.slug, lock)


if __name__ == "__main__":
    main()
