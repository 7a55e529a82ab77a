"""The demo's product, plant and edition, and seeded designs of it, as the benchmarks use them."""

import random
import tomllib
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from django.conf import settings

from configurator.compile import work_spec
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.models import ProductVersion
from configurator.services import load_product, read_product_file
from core.clock import now as read_clock
from editions.contracts import Offer
from editions.models import Edition
from editions.pricing import PriceCard, Step, price
from editions.selectors import extras
from editions.services import NewEdition, announce_edition
from editions.stock_service import NewComponent
from factory_sim.contracts import WorkSpec
from factory_sim.plant import PlantDefinition, read_plant
from factory_sim.services import load_plant, run_clock

PRODUCT = Path(settings.CATALOGUE_DIR) / "on-dam"
PLANT = Path(settings.CATALOGUE_DIR) / "plants" / "mangwon.toml"
NAMES = ("지우", "민아에게", "Mina", "첫 불 2026", "서연과 도윤", "For Ada")
SCARCE = ("cobalt", "gold-thread")
"""The scarce components: indigo takes a unit of the first, as the demo has it, and gold stitching one of the second."""
CARD = PriceCard((Step(1, 58_000),))

_numbers = count(1)


@cache
def definition() -> ProductDefinition:
    return read_product_file(PRODUCT / "product.toml")


@cache
def plant() -> PlantDefinition:
    return read_plant(tomllib.loads(PLANT.read_text(encoding="utf-8")))


def designs(count: int, version: str = "on-dam/1") -> list[Configuration]:
    """Valid, engraved designs, chosen at random among all; always the same ones."""
    drawn = random.Random(2026)
    found: list[Configuration] = []
    while len(found) < count:
        choices = definition().settled({group.id: drawn.choice(group.options).id for group in definition().groups})
        if definition().engine.is_valid(choices):
            found.append(Configuration(version, choices, drawn.choice(NAMES)))
    return found


def work_specs(count: int) -> list[WorkSpec]:
    """What the factory must do for the first designs."""
    return [work_spec(definition(), design) for design in designs(count)]


def offer(design: Configuration, moment: datetime) -> Offer:
    """What a customer was quoted for a design at the card's first step."""
    shown = price(CARD, 0, extras(definition(), design))
    return Offer(configuration=design, price=shown, likely_at=moment, safe_at=moment)


def scarce_design(version: str = "on-dam/1") -> Configuration:
    """A design that takes a unit of each scarce component."""
    choices = definition().started() | {"glaze": "indigo", "stitch": "gold"}
    return Configuration(version, choices, NAMES[0])


@cache
def scarce_version() -> ProductVersion:
    """The demo's product with a second scarce component."""
    with TemporaryDirectory() as folder:
        copy = Path(copytree(PRODUCT, Path(folder) / PRODUCT.name))
        text = (copy / "product.toml").read_text(encoding="utf-8")
        text = text.replace('  id = "gold"\n', f'  id = "gold"\n  components = {{ {SCARCE[1]} = 1 }}\n')
        table = f'[[components]]\nid = "{SCARCE[1]}"\nname = {{ ko = "금사", en = "Gold thread" }}\n\n'
        (copy / "product.toml").write_text(text.replace("[base_colours]", f"{table}[base_colours]"), encoding="utf-8")
        return load_product(folder=copy, now=read_clock())[0]


def open_edition(*, size: int, now: datetime, card: PriceCard = CARD, scarce: bool = False) -> Edition:
    """An edition of the demo's product that opened an hour ago, beside its plant with a running clock.

    `scarce`: with as many units as pieces of each of two components.
    """
    load_plant(data=tomllib.loads(PLANT.read_text(encoding="utf-8")), now=now)
    run_clock(plant_slug=plant().slug, speed=1, now=now)
    version = scarce_version() if scarce else load_product(folder=PRODUCT, now=now)[0]
    components = tuple(NewComponent(slug, slug, slug, size) for slug in SCARCE) if scarce else ()
    return announce_edition(
        NewEdition(
            slug=f"bench-{next(_numbers)}",
            name_ko="빠르게",
            name_en="Made for measuring",
            version=version,
            size=size,
            currency="KRW",
            card=card,
            announced_at=now - timedelta(hours=26),
            opens_at=now - timedelta(hours=1),
            components=components,
        )
    )
