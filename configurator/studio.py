"""What the studio shows: every group and option, what picking it leads to, and why it cannot be had as it is. Pure.

Amounts are sums of option prices in integer minor units: what a design costs beyond them (the card's step, personal
content) is the same before and after a pick.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from configurator.configuration import Configuration, Placement
from configurator.definition import FONT_NAMES, Focus, Group, Option, ProductDefinition
from configurator.rules import Choice, RulesEngine
from factory_sim.contracts import Particular

State = Literal["chosen", "free", "blocked"]
Prices = frozenset[tuple[Choice, int]]

BEYOND = 2**40
"""More than any design costs."""

_cheapest: WeakKeyDictionary[RulesEngine, dict[Prices, Mapping[Choice, int]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Change:
    """A group whose choice changes beside the one that was picked, in words; empty where it does not exist."""

    group: str
    before: str
    after: str


@dataclass(frozen=True)
class OptionState:
    """An option, and the whole design that picking it now leads to.

    A `free` option leaves the other choices alone, apart from groups that come or cease to exist; a `blocked` one
    cannot be had without changing others, for the `reasons` given. `cheapest` is what the options of the cheapest
    design with it cost by the definition, whatever else is chosen.
    """

    id: str
    name: str
    story: str
    touch: str
    sound: str
    swatch: str
    price: int
    state: State
    reasons: tuple[str, ...]
    choices: Mapping[str, str]
    cost: int
    cheapest: int
    changes: tuple[Change, ...]

    @property
    def chosen(self) -> bool:
        return self.state == "chosen"

    @property
    def blocked(self) -> bool:
        return self.state == "blocked"


@dataclass(frozen=True)
class GroupState:
    """A group as it is shown. One that does not exist beside the choices says so in its `sentence`."""

    id: str
    name: str
    hint: str
    sentence: str
    exists: bool
    focus: Focus
    options: tuple[OptionState, ...]

    @property
    def chosen(self) -> OptionState | None:
        return next((option for option in self.options if option.chosen), None)

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Why options are blocked: the names of those that share a reason, by reason."""
        found: dict[str, list[str]] = {}
        for option in self.options:
            if option.blocked:
                found.setdefault(" ".join(option.reasons), []).append(option.name)
        return found


def group_states(definition: ProductDefinition, choices: Mapping[str, str], language: str) -> tuple[GroupState, ...]:
    """All groups beside whole choices, valid or not, in a language."""
    possible = definition.engine.domains(choices)
    return tuple(
        GroupState(
            id=group.id,
            name=group.name.of(language),
            hint=group.hint.of(language),
            sentence=group.sentence.of(language) if group.sentence else "",
            exists=group.exists_beside(choices),
            focus=group.focus,
            options=tuple(
                _option_state(definition, choices, (group.id, option.id), language, is_free=choice in possible)
                for option in group.offered
                for choice in [(group.id, option.id)]
            )
            if group.exists_beside(choices)
            else (),
        )
        for group in definition.groups
    )


def option_state(
    definition: ProductDefinition, choices: Mapping[str, str], wanted: Choice, language: str
) -> OptionState:
    """One option that is wanted beside the choices of the other groups, which need not go with it."""
    is_free = wanted in definition.engine.domains(choices)
    others = {group: option for group, option in choices.items() if group != wanted[0]}
    return _option_state(definition, others, wanted, language, is_free=is_free)


def conflicting(definition: ProductDefinition, choices: Mapping[str, str]) -> tuple[Choice, ...]:
    """The choices that stand in rules which the whole choices break, in the maker's order."""
    broken = set(definition.engine.rules_broken_by(choices))
    named = {group for rule in definition.rules if rule.id in broken for side in rule.sides for group in side}
    return tuple((group, option) for group, option in choices.items() if group in named)


def picked(definition: ProductDefinition, choices: Mapping[str, str], wanted: Choice) -> dict[str, str]:
    """The whole design once a possible option is picked: the others stay, and groups that come to exist get their
    usual choice, or where that breaks a rule the first of the maker's that does not."""
    kept = definition.settled({**choices, wanted[0]: wanted[1]})
    whole = dict(kept)
    while missing := definition.missing(whole):
        whole |= {group.id: usual_option(definition, group) for group in missing}
    if definition.engine.rules_broken_by(whole):
        usual = {(group.id, usual_option(definition, group)): 1 for group in definition.groups}
        whole = definition.engine.complete(kept, usual) or whole
    return in_order(definition, whole)


def usual_option(definition: ProductDefinition, group: Group) -> str:
    """What a group has until somebody chooses: the preset's option, or the first one offered."""
    return definition.preset.get(group.id, group.offered[0].id)


def in_order(definition: ProductDefinition, choices: Mapping[str, str]) -> dict[str, str]:
    """The choices in the maker's order."""
    return {group.id: choices[group.id] for group in definition.groups if group.id in choices}


def options_cost(definition: ProductDefinition, choices: Mapping[str, str]) -> int:
    """What the options of a design add to its price."""
    return cost_at(definition.prices, choices)


def cost_at(prices: Mapping[Choice, int], choices: Mapping[str, str]) -> int:
    """What the options of a design cost at some prices."""
    return sum(prices.get(choice, 0) for choice in choices.items())


def cheapest_with(
    definition: ProductDefinition, prices: Mapping[Choice, int] | None = None, gone: Collection[Choice] = ()
) -> Mapping[Choice, int]:
    """For every option, what the options of the cheapest design with it cost. Worked out once per engine and prices.

    An option that is in no design without those that are `gone` is left out.
    """
    known = without(gone, definition.prices if prices is None else prices)
    kept = _cheapest.setdefault(definition.engine, {})
    key = frozenset(known.items())
    if key not in kept:
        found = definition.engine.cheapest_per_option({}, known)
        kept[key] = {choice: cost for choice, cost in found.items() if cost < BEYOND}
    return kept[key]


def dearest(
    definition: ProductDefinition, prices: Mapping[Choice, int] | None = None, gone: Collection[Choice] = ()
) -> int:
    """What the options of the dearest design cost, without those that are `gone`; 0 when there is none."""
    known = definition.prices if prices is None else prices
    worth = {choice: price for choice, price in known.items() if choice not in gone}
    limit = BEYOND - 1 if gone else None
    return cost_at(known, definition.engine.complete({}, worth, without(gone, known), limit) or {})


def without(gone: Collection[Choice], prices: Mapping[Choice, int]) -> dict[Choice, int]:
    """Prices at which no design with an option that is gone costs less than BEYOND."""
    return {**prices, **dict.fromkeys(gone, BEYOND)}


def changes_between(
    definition: ProductDefinition, before: Mapping[str, str], after: Mapping[str, str], language: str, apart: str = ""
) -> tuple[Change, ...]:
    """Every group, apart from one, in which two designs differ, in words."""

    def name(group: Group, choices: Mapping[str, str]) -> str:
        return group.option(choices[group.id]).name.of(language) if group.id in choices else ""

    return tuple(
        Change(group.name.of(language), name(group, before), name(group, after))
        for group in definition.groups
        if group.id != apart and before.get(group.id) != after.get(group.id)
    )


def option_texts(option: Option, language: str) -> dict[str, str]:
    """What is always said of an option, in a language."""
    return {
        "id": option.id,
        "name": option.name.of(language),
        "story": option.story.of(language),
        "touch": option.touch.of(language) if option.touch else "",
        "sound": option.sound or "",
        "swatch": option.swatch,
    }


def description(definition: ProductDefinition, configuration: Configuration, language: str) -> str:
    """The piece in words, for the picture's alternative text and for lists: what a person without eyes for it needs."""
    chosen = [
        f"{group.name.of(language)} {group.option(configuration.choices[group.id]).name.of(language)}"
        for group in definition.groups
        if group.id in configuration.choices
    ]
    if configuration.engraving:
        chosen.append(f"{definition.engraving.name.of(language)} “{configuration.engraving}”")
    if configuration.artwork and definition.artwork:
        chosen.append(definition.artwork.name.of(language))
    return f"{definition.name.of(language)}: {', '.join(chosen)}"


def choice_lines(
    definition: ProductDefinition, configuration: Configuration, language: str
) -> tuple[tuple[str, str, str], ...]:
    """Every choice as (group, option, swatch), the engraving and the print if there are."""
    lines = [
        (group.name.of(language), option.name.of(language), option.swatch)
        for group in definition.groups
        if group.id in configuration.choices
        for option in [group.option(configuration.choices[group.id])]
    ]
    if configuration.engraving:
        lines.append((definition.engraving.name.of(language), lettering(configuration, language), ""))
    if configuration.artwork and definition.artwork:
        lines.append((definition.artwork.name.of(language), in_millimetres(configuration.artwork), ""))
    return tuple(lines)


def particulars(definition: ProductDefinition, configuration: Configuration) -> tuple[Particular, ...]:
    """The same for whoever makes the piece, in all languages at once."""
    ids = [group.id for group in definition.groups if group.id in configuration.choices]
    ids += ["engraving"] if configuration.engraving else []
    ids += ["artwork"] if configuration.artwork and definition.artwork else []
    lines = {language: choice_lines(definition, configuration, language) for language in ("ko", "en")}
    return tuple(
        Particular(
            id=each,
            name={language: lines[language][number][0] for language in lines},
            value={language: lines[language][number][1] for language in lines},
            colour=lines["en"][number][2],
        )
        for number, each in enumerate(ids)
    )


def lettering(configuration: Configuration, language: str) -> str:
    """The engraved text, and the typeface where it is another than the usual one."""
    font = next((name.of(language) for key, name in FONT_NAMES.items() if key == configuration.font), "")
    return f"{configuration.engraving} ({font})" if font else configuration.engraving


def in_millimetres(placement: Placement) -> str:
    """Where a print lies, in figures alone: width, then right and down of the panel's middle, then its turn."""
    turned = f" · {placement.degrees:g}°" if placement.degrees else ""
    return f"{placement.width_mm:g} mm · → {placement.x_mm:g} mm · ↓ {placement.y_mm:g} mm{turned}"


def _option_state(
    definition: ProductDefinition, choices: Mapping[str, str], wanted: Choice, language: str, *, is_free: bool
) -> OptionState:
    group_id, option_id = wanted
    option = definition.option(group_id, option_id)
    state, after, reasons = _outcome(definition, choices, wanted, language, is_free=is_free)
    return OptionState(
        **option_texts(option, language),
        price=option.price,
        state=state,
        reasons=reasons,
        choices=after,
        cost=options_cost(definition, after),
        cheapest=cheapest_with(definition).get(wanted, 0),
        changes=changes_between(definition, choices, after, language, apart=group_id),
    )


def _outcome(
    definition: ProductDefinition, choices: Mapping[str, str], wanted: Choice, language: str, *, is_free: bool
) -> tuple[State, dict[str, str], tuple[str, ...]]:
    if choices.get(wanted[0]) == wanted[1]:
        return "chosen", dict(choices), ()
    if is_free:
        return "free", picked(definition, choices, wanted), ()
    rules = definition.engine.explain(choices, wanted).rules
    reasons = tuple(definition.sentences[rule].of(language) for rule in rules)
    repair = definition.engine.repair(choices, wanted, definition.prices)
    # A draft may have an option that is in no design at all: it leads nowhere. The publish gate refuses it.
    return "blocked", in_order(definition, repair.choices if repair else choices), reasons
