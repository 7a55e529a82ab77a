"""An old design on another version of its product: what can be kept is kept, the rest is repaired and named. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from configurator.configuration import Configuration
from configurator.definition import Group, Option, ProductDefinition
from configurator.rules import ABSENT

Refusal = Callable[[Configuration], tuple[str, str] | None]
"""Which personal content of a configuration cannot be made, `engraving` or `artwork`, and why in words."""


class Kind(StrEnum):
    """What became of a part of the design. `reason` or `rules` say why, where there is something to say."""

    OPTION_GONE = "option_gone"
    RULE = "rule"
    GROUP_GONE = "group_gone"
    GROUP_ABSENT = "group_absent"
    GROUP_NEW = "group_new"
    ENGRAVING_GONE = "engraving_gone"
    FONT_GONE = "font_gone"
    ARTWORK_GONE = "artwork_gone"
    RENAMED = "renamed"
    COLOUR = "colour"
    PRICE = "price"
    ENGRAVING_PRICE = "engraving_price"
    ARTWORK_PRICE = "artwork_price"


NOTES = frozenset({Kind.RENAMED, Kind.COLOUR, Kind.PRICE, Kind.ENGRAVING_PRICE, Kind.ARTWORK_PRICE})


@dataclass(frozen=True)
class Change:
    """One difference: in which group, from which option to which, by which rules of the new version."""

    kind: Kind
    group: str = ""
    before: str = ""
    after: str = ""
    rules: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Moved:
    """A design on another version, and every difference in the maker's order."""

    configuration: Configuration
    changes: tuple[Change, ...]

    @property
    def repaired(self) -> bool:
        """Whether something was chosen anew: otherwise only names, colours or prices are other ones."""
        return any(change.kind not in NOTES for change in self.changes)


def moved(
    configuration: Configuration,
    old: ProductDefinition,
    new: ProductDefinition,
    new_version: str,
    refusal: Refusal = lambda _: None,
) -> Moved:
    """The design on `new`, whose key is `new_version`: valid by its rules, with the fewest choices changed.

    `refusal` looks at the personal content as it would be made on the new version.
    """
    still_offered = {
        group.id: configuration.choices[group.id]
        for group in new.groups
        if configuration.choices.get(group.id) in {option.id for option in group.offered}
    }
    choices = repaired(new, still_offered)
    found, content = _with_content(replace(configuration, version=new_version, choices=choices), old, new, refusal)
    changes = (*_choice_changes(configuration.choices, choices, old, new), *content)
    return Moved(found, (*changes, *_content_prices(found, old, new)))


def repaired(definition: ProductDefinition, wanted: Mapping[str, str]) -> dict[str, str]:
    """A whole, valid design with as many of the wanted choices as can be had together.

    What is open gets the usual option, the cheapest possible one where that cannot be had. Raises ValueError for a
    product that allows no design at all, which is never published.
    """
    found = definition.engine.complete({}, _weights(definition, wanted))
    if found is None:
        raise ValueError(f"{definition.slug} allows no design")
    return definition.settled(found)


def _weights(definition: ProductDefinition, wanted: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Weights under which one choice kept outweighs every usual option, and that outweighs every price."""
    usual = 1 + sum(max(option.price for option in group.options) for group in definition.groups)
    kept = usual * (1 + len(definition.groups))
    weights = {}
    for group in definition.groups:
        # Whether a group exists that nobody chose in says nothing for or against a design.
        weights[group.id, ABSENT] = usual
        for option in group.offered:
            weights[group.id, option.id] = usual * (definition.preset.get(group.id) == option.id) - option.price
    for choice in wanted.items():
        weights[choice] += kept
    return weights


def _choice_changes(
    before: Mapping[str, str], after: Mapping[str, str], old: ProductDefinition, new: ProductDefinition
) -> Iterator[Change]:
    groups = {group.id: group for group in new.groups}
    for group in old.groups:
        if group.id in before:
            yield from _group_changes(group.option(before[group.id]), groups.get(group.id), group, after, new)
    for group in new.groups:
        if group.id in after and group.id not in before:
            yield Change(Kind.GROUP_NEW, group.id, after=after[group.id])


def _group_changes(
    option: Option, group: Group | None, was: Group, after: Mapping[str, str], new: ProductDefinition
) -> Iterator[Change]:
    """What became of one choice of the old design; `group` is its group in the new version."""
    if group is None:
        yield Change(Kind.GROUP_GONE, was.id, option.id)
    elif group.id not in after:
        yield Change(Kind.GROUP_ABSENT, was.id, option.id)
    elif after[group.id] == option.id:
        yield from _option_notes(group.id, option, group.option(option.id))
    elif option.id not in {each.id for each in group.offered}:
        yield Change(Kind.OPTION_GONE, group.id, option.id, after[group.id])
    else:
        blocked = new.engine.explain(after, (group.id, option.id))
        yield Change(Kind.RULE, group.id, option.id, after[group.id], rules=blocked.rules)


def _option_notes(group: str, before: Option, after: Option) -> Iterator[Change]:
    """What is other about an option that was kept."""
    if before.name != after.name:
        yield Change(Kind.RENAMED, group, before.id, after.id)
    if (before.swatch, before.colours, before.finishes) != (after.swatch, after.colours, after.finishes):
        yield Change(Kind.COLOUR, group, before.id, after.id)
    if before.price != after.price:
        yield Change(Kind.PRICE, group, before.id, after.id)


def _with_content(
    configuration: Configuration, old: ProductDefinition, new: ProductDefinition, refusal: Refusal
) -> tuple[Configuration, list[Change]]:
    """The configuration with what can still be cut and printed of its personal content."""
    changes = []
    if configuration.engraving:
        font = configuration.font or old.engraving.font
        offered = font in new.engraving.offered_fonts
        if not offered:
            changes.append(Change(Kind.FONT_GONE, before=font, after=new.engraving.font))
        usual = not offered or font == new.engraving.font
        configuration = replace(configuration, font="" if usual else font)
    if configuration.artwork and not _same_panel(old, new):
        changes.append(Change(Kind.ARTWORK_GONE))
        configuration = replace(configuration, artwork=None)
    refused = refusal(configuration)
    if refused and refused[0] == "engraving" and configuration.engraving:
        changes.append(Change(Kind.ENGRAVING_GONE, before=configuration.engraving, reason=refused[1]))
        configuration = replace(configuration, engraving="")
        refused = refusal(configuration)
    if refused and refused[0] == "artwork" and configuration.artwork:
        changes.append(Change(Kind.ARTWORK_GONE, reason=refused[1]))
        configuration = replace(configuration, artwork=None)
    return configuration, changes


def _same_panel(old: ProductDefinition, new: ProductDefinition) -> bool:
    before, after = old.artwork, new.artwork
    if before is None or after is None:
        return False
    return (before.panel, before.width_mm, before.height_mm) == (after.panel, after.width_mm, after.height_mm)


def _content_prices(found: Configuration, old: ProductDefinition, new: ProductDefinition) -> Iterator[Change]:
    if found.engraving and old.engraving.price != new.engraving.price:
        yield Change(Kind.ENGRAVING_PRICE)
    if found.artwork and old.artwork and new.artwork and old.artwork.price != new.artwork.price:
        yield Change(Kind.ARTWORK_PRICE)
