"""The units of scarce components: taken, kept, sold and freed together with the piece that they go into."""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from configurator.definition import ProductDefinition
from core.problems import Problem
from editions import locks
from editions.contracts import Scarce
from editions.models import Component, ComponentUnit, Edition, Hold, PieceState
from editions.selectors import scarce_components, unit_availability

PAUSE_SECONDS = 0.005
SWAP_SECONDS = 3.0


class Busy(Problem):
    """There is enough, but others are taking it at this very moment."""

    code = "busy"
    status = 409
    passing = True


class ComponentHeld(Problem):
    """Too few units of a component are free, but some are only held."""

    code = "component_held"
    status = 409


class ComponentSoldOut(Problem):
    """Too few units of a component are left, and none will come back by itself."""

    code = "component_sold_out"
    status = 410


class StockDiffers(Problem):
    """A price card counts other units of a component than there are."""

    code = "stock_differs"
    status = 409


@dataclass(frozen=True)
class NewComponent:
    """A component of which there are only so many units; `slug` is its id in the product's definition."""

    slug: str
    name_ko: str
    name_en: str
    stock: int


@dataclass(frozen=True)
class Design:
    """The choices for which units are taken, in the product's words, to say which option is gone."""

    definition: ProductDefinition
    choices: Mapping[str, str]

    def options_with(self, component: str) -> list[tuple[str, str]]:
        """The chosen options that take a component, as (group, option)."""
        chosen = ((group, self.definition.option(group, option)) for group, option in self.choices.items())
        return [(group, option.id) for group, option in chosen if component in option.components]

    def names_with(self, component: str, language: str) -> str:
        return ", ".join(
            self.definition.option(group, option).name.of(language) for group, option in self.options_with(component)
        )


@transaction.atomic
def stock_component(*, component: NewComponent, edition: Edition | None = None) -> Component:
    """Lay in a component, for one edition or for all that have none of their own: one row per unit."""
    created = Component.objects.create(edition=edition, **vars(component))
    ComponentUnit.objects.bulk_create(ComponentUnit(component=created) for _ in range(component.stock))
    return created


def check_ladders(edition: Edition) -> None:
    """Raise StockDiffers unless each component on the price card has exactly the stock that the card says."""
    for ladder in edition.card.components:
        stocks = Component.objects.filter(slug=ladder.component)
        found = stocks.filter(edition=edition).first() or stocks.filter(edition=None).first()
        if found is None or found.stock != ladder.stock:
            raise StockDiffers(
                _("The price card counts %(stock)d units of %(component)s, and there are %(found)d.")
                % {"stock": ladder.stock, "component": ladder.component, "found": found.stock if found else 0}
            )


def take_units(
    *, scarce: Sequence[Scarce], design: Design, earlier: Hold | None, now: datetime, deadline: float
) -> list[int]:
    """The ids of locked units for a design, for `write_held`; those of a hold that it replaces come first.

    What the replaced hold has and the design does not need is freed. `deadline` is by `time.monotonic`.
    Raises ComponentHeld, ComponentSoldOut or Busy.
    """
    return _units_for(scarce, _kept_units(earlier), design, now, deadline)


@transaction.atomic
def swap_units(*, edition: Edition, hold: Hold, design: Design, now: datetime) -> None:
    """Give the owner of a sold piece the units of another design, for good: what it does not need any more is free.

    Raises ComponentHeld, ComponentSoldOut or Busy; then nothing is written.
    """
    scarce = scarce_components(edition, design.definition.units(design.choices))
    mine = locks.lock_units_of(hold)
    deadline = time.monotonic() + SWAP_SECONDS
    wanted = set(_units_for(scarce, _by_component(mine), design, now, deadline)) - {unit.pk for unit in mine}
    new = list(ComponentUnit.objects.filter(pk__in=wanted))
    ComponentUnit.objects.filter(pk__in=wanted).update(hold=hold)
    _sell(new)


def _units_for(
    scarce: Sequence[Scarce], kept: dict[int, list[int]], design: Design, now: datetime, deadline: float
) -> list[int]:
    """Locked units for a design, first of those that are kept, by component; the rest of these is freed."""
    taken: list[int] = []
    missing: list[Scarce] = []
    for each in scarce:
        mine = kept.pop(each.component_id, [])
        taken += mine[: each.units]
        kept[each.component_id] = mine[each.units :]
        if len(mine) < each.units:
            missing.append(replace(each, units=each.units - len(mine)))
    _free([unit for units in kept.values() for unit in units])
    return taken + _free_units(missing, design, now, deadline)


def write_held(*, units: Collection[int], hold: Hold, until: datetime) -> None:
    """Give locked units to a hold."""
    if units:
        ComponentUnit.objects.filter(pk__in=units).update(state=PieceState.HELD, hold=hold, held_until=until)


def prolong_units(*, hold: Hold, until: datetime) -> bool:
    """Keep a hold's units for longer; whether it still has them all."""
    if not hold.units:
        return True
    units = [unit.pk for unit in locks.lock_units_of(hold)]
    ComponentUnit.objects.filter(pk__in=units).update(held_until=until)
    return len(units) == sum(hold.units.values())


def sell_units(*, hold: Hold) -> bool:
    """Give a hold's units to its owner for good and count those never ordered before; False when some are gone.

    Nothing is written when it is False.
    """
    if not hold.units:
        return True
    units = locks.lock_units_of(hold)
    if len(units) != sum(hold.units.values()):
        return False
    _sell(units)
    return True


def _sell(units: Collection[ComponentUnit]) -> None:
    """Mark locked units as sold and count those never ordered before."""
    new: defaultdict[int, int] = defaultdict(int)
    for unit in units:
        new[unit.component_id] += not unit.was_ordered
    rows = ComponentUnit.objects.filter(pk__in=[unit.pk for unit in units])
    rows.update(state=PieceState.SOLD, held_until=None, was_ordered=True)
    for component in locks.lock_components(new):
        Component.objects.filter(pk=component.pk).update(units_ordered=F("units_ordered") + new[component.pk])


def free_units(*, hold: Hold) -> None:
    """Take back the units of a piece that is given back."""
    _free([unit.pk for unit in locks.lock_units_of(hold)])


def _kept_units(earlier: Hold | None) -> dict[int, list[int]]:
    """The units of a hold that is replaced, by component."""
    return _by_component(locks.lock_units_of(earlier)) if earlier and earlier.units else {}


def _by_component(units: Collection[ComponentUnit]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for unit in units:
        found.setdefault(unit.component_id, []).append(unit.pk)
    return found


def _free(units: Collection[int]) -> None:
    if units:
        ComponentUnit.objects.filter(pk__in=units).update(state=PieceState.FREE, hold=None, held_until=None)


def _free_units(wanted: Sequence[Scarce], design: Design, now: datetime, deadline: float) -> list[int]:
    """Locked units. SKIP LOCKED alone would call a component sold out while others only look at it."""
    needs = {each.component_id: each.units for each in wanted}
    found = locks.lock_available_units(needs, now) if needs else {}
    while short := next((each for each in wanted if len(found[each.component_id]) < each.units), None):
        left = unit_availability(short.component_id, now)
        if left.available < short.units:
            raise _gone(short, design, may_come_back=left.available + left.held >= short.units)
        if time.monotonic() > deadline:
            raise Busy(_("Many people are choosing at this moment. Please try again."))
        time.sleep(PAUSE_SECONDS)
        found = locks.lock_available_units(needs, now)
    return [unit for units in found.values() for unit in units]


def _gone(scarce: Scarce, design: Design, *, may_come_back: bool) -> Problem:
    options = [f"{group}/{option}" for group, option in design.options_with(scarce.slug)]
    name = {"option": design.names_with(scarce.slug, get_language() or "en")}
    if may_come_back:
        sentence = _(
            "%(option)s: all that is left is held by others; it may come back within ten minutes, or choose another."
        )
        return ComponentHeld(sentence % name, component=scarce.slug, options=options)
    sentence = _("%(option)s is used up in this edition. Please choose another.")
    return ComponentSoldOut(sentence % name, component=scarce.slug, options=options)
