"""What the studio shows: every group and option with its price, whether it is possible and why not. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from configurator.configuration import Configuration, Placement
from configurator.definition import FONT_NAMES, ProductDefinition
from configurator.rules import Blocked


@dataclass(frozen=True)
class OptionState:
    """An option as it is shown."""

    id: str
    name: str
    story: str
    swatch: str
    price_text: str
    chosen: bool
    reason: str
    colours: Mapping[str, str]

    @property
    def blocked(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True)
class GroupState:
    """A group as it is shown."""

    id: str
    name: str
    hint: str
    options: tuple[OptionState, ...]

    @property
    def chosen_name(self) -> str:
        return next((option.name for option in self.options if option.chosen), "")

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Why options are blocked: the names of those that share a reason, by reason."""
        found: dict[str, list[str]] = {}
        for option in self.options:
            if option.blocked:
                found.setdefault(option.reason, []).append(option.name)
        return found

    @property
    def chosen_story(self) -> str:
        return next((option.story for option in self.options if option.chosen), "")


def group_states(
    definition: ProductDefinition, choices: Mapping[str, str], language: str, price_text: Callable[[int], str]
) -> tuple[GroupState, ...]:
    """All groups under the given choices, in a language. `price_text` writes what an option adds, in minor units."""
    blocked = definition.engine.blocked(choices)
    sentences = {rule: sentence.of(language) for rule, sentence in definition.sentences.items()}
    return tuple(
        GroupState(
            id=group.id,
            name=group.name.of(language),
            hint=group.hint.of(language),
            options=tuple(
                OptionState(
                    id=option.id,
                    name=option.name.of(language),
                    story=option.story.of(language),
                    swatch=option.swatch,
                    price_text=price_text(option.price) if option.price else "",
                    chosen=choices.get(group.id) == option.id,
                    reason=_reason(blocked.get((group.id, option.id)), sentences),
                    colours=option.colours,
                )
                for option in group.offered
            ),
        )
        for group in definition.groups
        if group.exists_beside(choices)
    )


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


def lettering(configuration: Configuration, language: str) -> str:
    """The engraved text, and the typeface where it is another than the usual one."""
    font = next((name.of(language) for key, name in FONT_NAMES.items() if key == configuration.font), "")
    return f"{configuration.engraving} ({font})" if font else configuration.engraving


def in_millimetres(placement: Placement) -> str:
    """Where a print lies, in figures alone: width, then right and down of the panel's middle, then its turn."""
    turned = f" · {placement.degrees:g}°" if placement.degrees else ""
    return f"{placement.width_mm:g} mm · → {placement.x_mm:g} mm · ↓ {placement.y_mm:g} mm{turned}"


def _reason(blocked: Blocked | None, sentences: Mapping[str, str]) -> str:
    return " ".join(sentences[rule] for rule in blocked.rules) if blocked else ""
