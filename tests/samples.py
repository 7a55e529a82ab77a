"""Small worlds for tests: an open edition, a design, a quote, a held piece, an order at each station."""

import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connection
from payments import PaymentStatus

from accounts.models import User
from configurator.design_service import NewDesign, save_design
from configurator.models import Design
from configurator.rules_service import COMPILE_TOPIC
from configurator.services import load_product
from configurator.shelf import Shelf
from core.models import OutboxMessage
from editions.models import Edition, Hold
from editions.pricing import Card, PriceCard, Step, Zone
from editions.selectors import announced
from editions.services import NewEdition, Wish, announce_edition, hold_piece
from editions.stock_service import NewComponent
from factory_sim.services import load_plant, run_clock
from orders.models import Order
from orders.services.pay import settle_payment
from orders.services.place import Buyer, place_order
from orders.services.quote import make_quote
from tests.tumbler import PROFILES, tumbler, write_tumbler

CATALOGUE = Path(settings.CATALOGUE_DIR)
PRESET = {
    "glaze": "celadon",
    "clay": "buff",
    "gasket": "oat",
    "lid": "bamboo",
    "lid-finish": "clear",
    "sleeve": "chestnut",
    "stitch": "ivory",
    "metal": "brass",
}
OWN_APPS = ("core", "accounts", "insights", "factory_sim", "configurator", "editions", "orders")
FIXED = PriceCard((Step(1, 58_000),))
SCARCE_LINES = {
    '  id = "gold"\n': '  id = "gold"\n  components = { gold-thread = 1, cobalt = 1 }\n',
    "[base_colours]": (
        '[[components]]\nid = "gold-thread"\nname = { ko = "금사", en = "Gold thread" }\n\n[base_colours]'
    ),
}
ZONES = (
    Zone("kr", "한국", "Korea", ("KR",), 3_500, Decimal(10)),
    Zone("asia", "아시아", "Asia", ("JP", "TW"), 14_000),
    Zone("world", "그 밖의 나라", "Rest of the world", ("US", "DE"), 26_000),
)
LADDER = PriceCard((Step(1, 58_000), Step(4, 64_000), Step(8, 72_000)))


def toml(path: str, catalogue: Path = CATALOGUE) -> dict[str, Any]:
    return tomllib.loads((catalogue / path).read_text(encoding="utf-8"))


def modelled_catalogue(folder: Path) -> Path:
    """A copy of the demo's tumbler and plant in which the tumbler's model is the small one of `tests.tumbler`."""
    for name in ("on-dam", "plants"):
        shutil.copytree(CATALOGUE / name, folder / name)
    file = folder / "on-dam" / "product.toml"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("model = ")]
    file.write_text("\n".join(['model = "lathe"', *lines]), encoding="utf-8")
    write_tumbler(folder / "on-dam" / "lathe")
    return folder


def tumbler_in_millimetres() -> bytes:
    """A model that would be as high as a house in a room."""
    parts = {name: [(1000 * radius, 1000 * height) for radius, height in row] for name, row in PROFILES.items()}
    return tumbler(parts)


def open_edition(
    *,
    now: datetime,
    size: int = 10,
    card: Card = LADDER,
    slug: str = "first-firing",
    catalogue: Path = CATALOGUE,
    currency: str = "KRW",
    shipping: tuple[Zone, ...] = (),
) -> Edition:
    """The demo's plant with a running clock, its product, and an edition that opened an hour ago."""
    load_plant(data=toml("plants/mangwon.toml", catalogue), now=now)
    run_clock(plant_slug="mangwon", speed=1, now=now)
    version, _ = load_product(folder=catalogue / "on-dam", now=now)
    # The worker has compiled the rules long ago.
    OutboxMessage.objects.filter(topic=COMPILE_TOPIC).delete()
    return announce_edition(
        NewEdition(
            slug=slug,
            name_ko="온담 첫 불",
            name_en="ON:DAM First Firing",
            version=version,
            size=size,
            currency=currency,
            card=card,
            announced_at=now - timedelta(hours=26),
            opens_at=now - timedelta(hours=1),
            shipping=shipping,
        )
    )


def revised_edition(folder: Path, edits: Mapping[str, str], *, now: datetime, slug: str = "second-firing") -> Edition:
    """Close every edition so far and open one of a new version: the product's file with these texts replaced."""
    copy = Path(shutil.copytree(CATALOGUE / "on-dam", folder / "on-dam"))
    text = (copy / "product.toml").read_text(encoding="utf-8")
    for old, new in edits.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (copy / "product.toml").write_text(text, encoding="utf-8")
    version, is_new = load_product(folder=copy, now=now)
    assert is_new
    Edition.objects.update(closes_at=now)
    return announce_edition(
        NewEdition(
            slug=slug,
            name_ko="온담 두 번째 불",
            name_en="ON:DAM Second Firing",
            version=version,
            size=10,
            currency="KRW",
            card=LADDER,
            announced_at=now - timedelta(hours=26),
            opens_at=now - timedelta(hours=1),
        )
    )


def scarce_edition(
    folder: Path,
    *,
    now: datetime,
    card: PriceCard = FIXED,
    size: int = 10,
    cobalt: int = 6,
    gold: int = 6,
    per_person: int | None = None,
) -> Edition:
    """An edition of a tumbler of which two components are scarce: indigo takes a unit of cobalt, and gold stitching one
    of cobalt and one of gold thread.
    """
    load_plant(data=toml("plants/mangwon.toml"), now=now)
    run_clock(plant_slug="mangwon", speed=1, now=now)
    copy = Path(shutil.copytree(CATALOGUE / "on-dam", folder / "on-dam"))
    text = (copy / "product.toml").read_text(encoding="utf-8")
    for old, new in SCARCE_LINES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (copy / "product.toml").write_text(text, encoding="utf-8")
    version, _ = load_product(folder=copy, now=now)
    return announce_edition(
        NewEdition(
            slug="scarce-firing",
            name_ko="온담 쪽빛",
            name_en="ON:DAM Indigo",
            version=version,
            size=size,
            currency="KRW",
            card=card,
            announced_at=now - timedelta(hours=26),
            opens_at=now - timedelta(hours=1),
            per_person=per_person,
            components=(
                NewComponent("cobalt", "코발트", "Cobalt", cobalt),
                NewComponent("gold-thread", "금사", "Gold thread", gold),
            ),
        )
    )


def saved(
    edition: Edition, *, now: datetime, shelf: Shelf | None = None, engraving: str = "", **choices: str
) -> Design:
    """A saved design, of nobody in particular unless a shelf is given."""
    draft = NewDesign(version=edition.version, data=design(edition, engraving, **choices), made_for=edition.slug)
    found, _ = save_design(draft=draft, shelf=shelf or Shelf(), now=now)
    return found


def design(edition: Edition, engraving: str = "", **choices: str) -> dict[str, Any]:
    """A configuration as a client sends it: the preset with some choices changed."""
    return {"version": edition.version.key, "choices": {**PRESET, **choices}, "engraving": engraving}


def current(edition: Edition) -> Edition:
    """The edition as it is now, as a request reads it."""
    return announced(edition.announced_at).get(pk=edition.pk)


def held(
    edition: Edition,
    *,
    now: datetime,
    engraving: str = "지우",
    wish: Wish | None = None,
    destination: str = "",
    **choices: str,
) -> Hold:
    """A held piece, at the price of the moment."""
    edition.refresh_from_db()
    quote = make_quote(edition=edition, data=design(edition, engraving, **choices), now=now, destination=destination)
    return hold_piece(edition=current(edition), offer=quote.offer, now=now, wish=wish)


def unpaid_order(edition: Edition, *, now: datetime, account: User | None = None, destination: str = "") -> Order:
    """An order that awaits its payment."""
    buyer = Buyer(email="mina@example.com", language="ko", note="선물이에요", account=account, accepts_no_return=True)
    hold = held(edition, now=now, destination=destination)
    return place_order(hold_token=hold.token, buyer=buyer, now=now)


def order_in_review(edition: Edition, *, now: datetime, account: User | None = None, destination: str = "") -> Order:
    """A paid order."""
    order = unpaid_order(edition, now=now, account=account, destination=destination)
    order.payments.get().change_status(PaymentStatus.PREAUTH)
    return settle_payment(order_id=order.pk, now=now)


def reviewer(email: str = "reviewer@dure.example") -> User:
    user = User.objects.create_user(email, "a long pass phrase", is_staff=True)
    user.groups.add(Group.objects.get(name="Reviewers"))
    return user


def maker(email: str = "designer@dure.example") -> User:
    """Staff who may draft and publish products and plan prices, and nothing else."""
    user = User.objects.create_user(email, "a long pass phrase", is_staff=True)
    user.groups.add(Group.objects.get(name="Makers"))
    return user


def operator(email: str = "operator@dure.example") -> User:
    """Staff who see the floor and command jobs, and nothing else."""
    user = User.objects.create_user(email, "a long pass phrase", is_staff=True)
    user.groups.add(Group.objects.get(name="Operators"))
    return user


def superuser(email: str = "maker@dure.example") -> User:
    return User.objects.create_superuser(email, "a long pass phrase")


def with_permissions(*names: str, email: str = "floor@dure.example") -> User:
    """Staff who may do just this."""
    user = User.objects.create_user(email, "a long pass phrase", is_staff=True)
    for name in names:
        app, _, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def snapshot() -> dict[str, str]:
    """How many rows each of Dure's tables has, and a digest of them: a changed column shows as well as a new row."""
    models = [model for app in OWN_APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    found = {}
    with connection.cursor() as cursor:
        for table, key in ((model._meta.db_table, model._meta.pk.column) for model in models):
            rows = f"string_agg(row::text, ',' ORDER BY {key})"
            cursor.execute(f"SELECT count(*) || ' ' || coalesce(md5({rows}), '') FROM {table} row")
            found[table] = cursor.fetchone()[0]
    return found


@contextmanager
def nothing_written() -> Iterator[None]:
    """Fails when the block leaves any row of Dure's tables other than it was."""
    before = snapshot()
    yield
    assert snapshot() == before
