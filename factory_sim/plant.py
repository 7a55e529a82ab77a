"""A plant as data: stations, machines and opening hours, read from `catalogue/plants/*.toml`. Pure."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from factory_sim.calendar import ShiftCalendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Frozen):
    ko: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Opening(Frozen):
    """Opening hours in the plant's time zone."""

    timezone: str = "Asia/Seoul"
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    opens: time
    closes: time

    @model_validator(mode="after")
    def _is_a_calendar(self) -> Opening:
        self.calendar()
        return self

    def calendar(self) -> ShiftCalendar:
        weekdays = tuple(sorted(WEEKDAYS.index(day) for day in self.days))
        return ShiftCalendar(self.timezone, weekdays, self.opens, self.closes)


class StationType(Frozen):
    """Equal machines that share one queue, served first come, first served."""

    id: Slug
    name: Bilingual
    machines: int = Field(ge=1, le=1000)


class LotSize(Frozen):
    """How much of a material comes in one lot, in the unit in which products count it."""

    id: Slug
    unit: str = Field(min_length=1, max_length=20)
    lot: float = Field(gt=0)


class PlantDefinition(Frozen):
    """A whole plant. `seed` makes every run of the simulation repeatable."""

    schema_version: Literal[1]
    slug: Slug
    name: Bilingual
    seed: int
    opening: Opening
    stations: tuple[StationType, ...] = Field(min_length=1)
    materials: tuple[LotSize, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> PlantDefinition:
        ids = [station.id for station in self.stations]
        if len(ids) != len(set(ids)):
            raise ValueError("two stations have the same id")
        if len(self.lot_sizes()) != len(self.materials):
            raise ValueError("a material is named twice")
        return self

    def station(self, station_id: str) -> StationType:
        return next(station for station in self.stations if station.id == station_id)

    def only_adds_to(self, old: PlantDefinition) -> bool:
        """Whether this is the old definition with nothing but more station types, or lots of another size."""
        kept = tuple(station for station in self.stations if station.id in old.machines())
        return self.model_copy(update={"stations": kept, "materials": old.materials}) == old

    def lot_sizes(self) -> dict[tuple[str, str], float]:
        """How much a lot holds, by material and unit."""
        return {(each.id, each.unit): each.lot for each in self.materials}

    def machines(self) -> dict[str, int]:
        return {station.id: station.machines for station in self.stations}


def read_plant(data: dict[str, Any]) -> PlantDefinition:
    """Validate a plant; raises pydantic's ValidationError naming the field."""
    return PlantDefinition.model_validate(data)
