"""An edition as a file says it (docs/edition-files.md): read, checked, and announced."""

import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from configurator.definition import ProductDefinition
from configurator.models import ProductVersion
from configurator.selectors import definition_of
from editions.lobby_models import FASTEST
from editions.lobby_service import NewLobby, open_lobby
from editions.models import Edition
from editions.pricing import ComponentLadder, PriceCard, Step, Zone, zones_from_json
from editions.services import NewEdition, announce_edition
from editions.stock_service import NewComponent

# The card must be public for a day before the opening; a demo opens at once, so its notice is dated back.
NOTICE = timedelta(hours=25)

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Count = Annotated[int, Field(strict=True, ge=1)]
Amount = Annotated[int, Field(strict=True, ge=0)]


class UnreadableEdition(Exception):
    """A file does not say an edition; the message names what is wrong, and where."""


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepRow(Row):
    """From which order, or unit, on which amount is paid, in minor units of the currency."""

    from_order: Count
    amount: Amount


class ComponentStock(Row):
    """How many units of a component there are, and its ladder over the units ordered; without one it adds nothing."""

    id: Slug
    stock: Count
    card: tuple[StepRow, ...] = ()


class ShippingRow(Row):
    """A zone: its countries, the usual one first, the amount in minor units, and the rate of the tax in a price."""

    id: Slug
    name_ko: Annotated[str, Field(min_length=1, max_length=80)]
    name_en: Annotated[str, Field(min_length=1, max_length=80)]
    countries: tuple[str, ...]
    amount: Amount
    tax_percent: Decimal = Decimal(0)


class LobbyRow(Row):
    """A lobby that opens `opens_minutes_before` the edition and closes `closes_minutes_before` it."""

    opens_minutes_before: Count
    closes_minutes_before: Annotated[int, Field(strict=True, ge=0)] = 0
    pace: Annotated[int, Field(strict=True, ge=1, le=FASTEST)]


class EditionFile(Row):
    """All that a file may say. The edition opens `opens_in_minutes` after it is announced."""

    slug: Slug
    name_ko: Annotated[str, Field(min_length=1, max_length=80)]
    name_en: Annotated[str, Field(min_length=1, max_length=80)]
    product: Slug
    size: Count
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    card: Annotated[tuple[StepRow, ...], Field(min_length=1)]
    components: tuple[ComponentStock, ...] = ()
    shipping: tuple[ShippingRow, ...] = ()
    per_person: Count | None = None
    opens_in_minutes: Annotated[int, Field(strict=True, ge=0)] = 0
    lobby: LobbyRow | None = None

    @model_validator(mode="after")
    def says_what_can_be(self) -> Self:
        ids = [each.id for each in self.components]
        if len(ids) != len(set(ids)):
            raise ValueError("a component is named twice")
        if self.lobby and self.lobby.opens_minutes_before >= self.opens_in_minutes:
            raise ValueError("the lobby must open after the edition is announced: raise opens_in_minutes")
        self.price_card()
        self.zones()
        return self

    def price_card(self) -> PriceCard:
        """The card; ValueError when it is none."""
        ladders = (ComponentLadder(each.id, each.stock, steps(each.card)) for each in self.components if each.card)
        return PriceCard(steps(self.card), tuple(ladders))

    def zones(self) -> tuple[Zone, ...]:
        """Where it goes and for how much; ValueError for zones that cannot be."""
        return zones_from_json([each.model_dump() for each in self.shipping])


def steps(rows: tuple[StepRow, ...]) -> tuple[Step, ...]:
    return tuple(Step(row.from_order, row.amount) for row in rows)


def read_edition_file(file: Path) -> EditionFile:
    """What a file says; raises UnreadableEdition with every mistake in it."""
    try:
        return EditionFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableEdition(f"{file.name}: {error}") from error
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, each['loc'])) or 'edition'}: {each['msg']}" for each in error.errors())
        raise UnreadableEdition(f"{file.name}: {'; '.join(wrong)}") from error


@transaction.atomic
def announce_file(said: EditionFile, version: ProductVersion, *, now: datetime) -> Edition:
    """Announce an edition with its stock and its lobby. Raises UnreadableEdition for a component of another product."""
    definition = definition_of(version)
    known = {each.id for each in definition.components}
    if unknown := sorted({each.id for each in said.components} - known):
        raise UnreadableEdition(f"{said.slug}: {version.key} has no component {', '.join(unknown)}")
    opens_at = now + timedelta(minutes=said.opens_in_minutes)
    edition = announce_edition(
        NewEdition(
            slug=said.slug,
            name_ko=said.name_ko,
            name_en=said.name_en,
            version=version,
            size=said.size,
            currency=said.currency,
            card=said.price_card(),
            shipping=said.zones(),
            announced_at=min(now, opens_at - NOTICE),
            opens_at=opens_at,
            per_person=said.per_person,
            components=tuple(_stock(each, definition) for each in said.components),
        )
    )
    if said.lobby:
        before = [
            timedelta(minutes=each) for each in (said.lobby.opens_minutes_before, said.lobby.closes_minutes_before)
        ]
        lobby = NewLobby(
            edition=edition, opens_at=opens_at - before[0], closes_at=opens_at - before[1], pace=said.lobby.pace
        )
        open_lobby(new=lobby, now=now)
    return edition


def _stock(said: ComponentStock, definition: ProductDefinition) -> NewComponent:
    name = definition.component(said.id).name
    return NewComponent(said.id, name.ko, name.en, said.stock)
