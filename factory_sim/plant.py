"""A plant as data: stations, machines and opening hours, read from `catalogue/plants/*.toml`. Pure."""

from __future__ import annotations

from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, model_validator

from factory_sim import calendar, passage
from factory_sim.calendar import ShiftCalendar
from factory_sim.contracts import Maker
from factory_sim.passage import Layout
from factory_sim.steps import code

MOST_SLOTS = 10_000
"""Pieces that a station's machines may have in work at once: promises remember each in every replication."""
TEN_YEARS = 10.0 * 365 * 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]


def _(text: str) -> str:
    """Marks a sentence for the translators; it is translated where it is shown."""
    return text


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Frozen):
    ko: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Shift(Frozen):
    """The same hours on some days of the week; 00:00 closes at the end of the day."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    opens: time
    closes: time

    def of_days(self) -> list[calendar.Shift]:
        return [calendar.Shift(WEEKDAYS.index(day), self.opens, self.closes) for day in self.days]


class Opening(Frozen):
    """Opening hours in the plant's time zone: shifts, or in short the days and hours of one. Holidays are free."""

    timezone: str = "Asia/Seoul"
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    opens: time | None = None
    closes: time | None = None
    shifts: tuple[Shift, ...] = ()
    holidays: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _is_a_calendar(self) -> Opening:
        is_short = (bool(self.days), self.opens is not None, self.closes is not None)
        if is_short != (not self.shifts,) * 3:
            raise ValueError(_("opening hours are shifts, or days with the time when they open and close"))
        if len(set(self.holidays)) != len(self.holidays):
            raise ValueError(_("a holiday is named twice"))
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(_("there is no such time zone")) from None
        self.calendar()
        return self

    def calendar(self) -> ShiftCalendar:
        shifts = self.shifts
        if self.opens is not None and self.closes is not None:
            shifts = (Shift.model_construct(days=self.days, opens=self.opens, closes=self.closes),)
        of_days = sorted(each for shift in shifts for each in shift.of_days())
        return ShiftCalendar(self.timezone, tuple(of_days), frozenset(self.holidays))


class BreakdownRow(Frozen):
    """How often each machine breaks down: after `between` minutes on average, for `repair` minutes on average.

    On the operating clock only minutes of work bring a breakdown nearer, on the calendar's every minute in which the
    plant is open. Both times are exponential.
    """

    clock: Literal["operating", "calendar"] = "operating"
    between: float = Field(gt=0, le=TEN_YEARS, allow_inf_nan=False)
    repair: float = Field(gt=0, le=TEN_YEARS, allow_inf_nan=False)


class Sensor(Frozen):
    """What a station's machines measure in every operation, and between which limits it is good.

    A `curve` is its course in shares of the operation's time and of the value, which is then its highest. Faults of
    inspections that it `detects` show in it. What is `of_colour` is compared with the first colour of the design; what
    is `only_after` an operation is not measured on pieces that go without that.
    """

    id: Slug
    name: Bilingual
    unit: str = Field(default="", max_length=20)
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)
    curve: tuple[tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]], ...] = ()
    detects: tuple[Slug, ...] = ()
    of_colour: bool = False
    only_after: Slug | None = None

    @model_validator(mode="after")
    def _has_limits_and_goes_on(self) -> Sensor:
        if self.low >= self.high:
            raise ValueError(_("a sensor's lower limit is below its upper one"))
        shares = [share for share, _ in self.curve]
        if any(later <= share for share, later in pairwise(shares)):
            raise ValueError(_("a sensor's curve goes on in time"))
        return self


class StationType(Frozen):
    """Equal machines that share one queue, served by the plan, and first come, first served where there is none.

    Only so many pieces as there are `places` may wait for them (any number where it is left out); a machine takes up to
    `batch` pieces of one family at once, and starts when it is full or its oldest piece has waited `patience` minutes.
    `setups` are the minutes from family to family. The rules stand in `factory_sim.engine.model`.
    """

    id: Slug
    name: Bilingual
    machines: int = Field(ge=1, le=1000)
    places: int | None = Field(default=None, ge=0)
    batch: int = Field(default=1, ge=1, le=1000)
    patience: float = Field(default=0, ge=0, allow_inf_nan=False)
    setups: dict[Slug, dict[Slug, Annotated[float, Field(ge=0, allow_inf_nan=False)]]] = Field(default_factory=dict)
    breakdowns: BreakdownRow | None = None
    sensors: tuple[Sensor, ...] = ()

    @model_validator(mode="after")
    def _waits_only_for_a_batch(self) -> StationType:
        if self.patience and self.batch == 1:
            raise ValueError(_("only a batch needs patience"))
        return self

    @model_validator(mode="after")
    def _can_be_reckoned_with(self) -> StationType:
        if self.machines * self.batch > MOST_SLOTS:
            raise ValueError(_("the machines of a station take too many pieces at once"))
        # Every breakdown since the calendar's first day is drawn at the first tick.
        if self.breakdowns and self.breakdowns.between < self.machines:
            raise ValueError(_("the machines of a station together break down once a minute at most"))
        if len({sensor.id for sensor in self.sensors}) != len(self.sensors):
            raise ValueError(_("two sensors of a station have the same id"))
        return self

    def as_passed(self) -> passage.Station:
        """The station as a promise's recursion knows it."""
        setups = [(code(a), code(b), minutes) for a, row in self.setups.items() for b, minutes in row.items()]
        return passage.Station(self.machines, self.batch, self.patience, tuple(setups))

    def families(self) -> set[str]:
        return {*self.setups, *(family for row in self.setups.values() for family in row)}


class Way(Frozen):
    """The minutes that a piece is on its way from one station to another."""

    origin: Slug
    target: Slug
    minutes: float = Field(gt=0, allow_inf_nan=False)


class LotSize(Frozen):
    """How much of a material comes in one lot, in the products' unit, and how many days after it is ordered."""

    id: Slug
    unit: str = Field(min_length=1, max_length=20)
    lot: float = Field(gt=0)
    lead_days: float = Field(default=0, ge=0, le=3650)


class PlantDefinition(Frozen):
    """A whole plant. `seed` makes every run of the simulation repeatable; `stations` stand in downstream order.

    Where the `maker` reports, nothing is simulated.
    In a plant that is `planned` a worker finds the order in which pieces are served; else the first to come is first.
    """

    schema_version: Literal[1, 2]
    slug: Slug
    name: Bilingual
    seed: int
    maker: Maker = Maker.SIMULATION
    opening: Opening
    stations: tuple[StationType, ...] = Field(min_length=1)
    planned: bool = False
    transport: tuple[Way, ...] = ()
    materials: tuple[LotSize, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> PlantDefinition:
        ids = [station.id for station in self.stations]
        if len(ids) != len(set(ids)):
            raise ValueError(_("two stations have the same id"))
        if len(self.lot_sizes()) != len(self.materials):
            raise ValueError(_("a material is named twice"))
        ways = [(way.origin, way.target) for way in self.transport]
        if len(ways) != len(set(ways)):
            raise ValueError(_("a way is named twice"))
        if not {station for way in ways for station in way} <= set(ids):
            raise ValueError(_("a way begins or ends at a station that the plant does not have"))
        return self

    def station(self, station_id: str) -> StationType:
        return next(station for station in self.stations if station.id == station_id)

    def only_adds_to(self, old: PlantDefinition) -> bool:
        """Whether this is the old definition with nothing but more station types and ways to them, or other lots.

        It may be planned or no longer.
        """
        kept = tuple(station for station in self.stations if station.id in old.machines())
        known = old.machines()
        ways = tuple(way for way in self.transport if way.origin in known and way.target in known)
        free = {"materials": old.materials, "planned": old.planned}
        return self.model_copy(update={"stations": kept, "transport": ways, **free}) == old

    def lot_sizes(self) -> dict[tuple[str, str], float]:
        """How much a lot holds, by material and unit."""
        return {(each.id, each.unit): each.lot for each in self.materials}

    def machines(self) -> dict[str, int]:
        return {station.id: station.machines for station in self.stations}

    def layout(self) -> Layout:
        """What a promise's recursion knows of it."""
        stations = {station.id: station.as_passed() for station in self.stations}
        return Layout(stations, {(way.origin, way.target): way.minutes for way in self.transport})


def read_plant(data: dict[str, Any]) -> PlantDefinition:
    """Validate a plant; raises pydantic's ValidationError naming the field."""
    return PlantDefinition.model_validate(data)
