"""The page on which an order's design is changed: what is open with its options, what is fixed and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from configurator.configuration import Configuration
from configurator.definition import FONT_NAMES, ProductDefinition
from configurator.fixing import ENGRAVING
from configurator.selectors import definition_of
from configurator.studio import Change, changes_between, lettering, option_texts
from core.problems import Problem
from orders.models import Order, OrderRevision
from orders.options import OptionWords, change_text
from orders.present import present_photo, present_price, present_promise
from orders.services.change import Proposal
from orders.shown_options import ShownGroup, ShownOption
from orders.studio_page import known_choices, whole_choices
from orders.until import PartUntil, parts_until


@dataclass(frozen=True)
class ChangePage:
    """The form. `choices`, `engraving` and `font` are what stands in it, valid or not."""

    order: Order
    language: str
    choices: Mapping[str, str]
    engraving: str
    font: str
    parts: tuple[PartUntil, ...]
    problem: Problem | None = None

    @property
    def definition(self) -> ProductDefinition:
        return definition_of(self.order.edition.version)

    @cached_property
    def groups(self) -> list[ShownGroup]:
        """The groups that are open, with what each of their options leads to."""
        is_open = {part.id for part in self.parts if part.is_open}
        words = OptionWords(
            self.order.edition,
            Configuration(self.order.edition.version.key, self.choices, self.order.configuration.engraving),
            self.language,
            tuple(line for line in (self.order.price.shipping,) if line),
            order=self.order,
        )
        return [self._group(words, state) for state in words.groups if state.id in is_open]

    @property
    def fixed(self) -> list[tuple[PartUntil, str]]:
        """What is fixed, with what it is fixed to."""
        ordered = self.order.configuration
        chosen = {
            group.id: group.option(ordered.choices[group.id]).name.of(self.language)
            for group in self.definition.groups
            if group.id in ordered.choices
        }
        chosen[ENGRAVING] = lettering(ordered, self.language)
        return [(part, chosen.get(part.id, "")) for part in self.parts if not part.is_open]

    @property
    def takes_text(self) -> bool:
        return any(part.id == ENGRAVING and part.is_open for part in self.parts)

    @property
    def text_name(self) -> str:
        return self.definition.engraving.name.of(self.language)

    @property
    def text_hint(self) -> str:
        return self.definition.engraving.hint.of(self.language)

    @property
    def typefaces(self) -> list[dict[str, Any]]:
        """The typefaces to choose from; none when there is but one."""
        row = self.definition.engraving
        offered = row.offered_fonts if len(row.offered_fonts) > 1 else ()
        chosen = row.font_of(self.font)
        return [{"id": font, "name": FONT_NAMES[font].of(self.language), "chosen": font == chosen} for font in offered]

    @property
    def picture(self) -> dict[str, Any]:
        """The piece as it is ordered."""
        return photo_of(self.order, self.order.configuration, self.language)

    @property
    def text_problem(self) -> str:
        about = self.problem is not None and self.problem.extra.get("field") in {ENGRAVING, "font"}
        return self.problem.detail if self.problem and about else ""

    def _group(self, words: OptionWords, state: Any) -> ShownGroup:
        said = words.group(state)
        known = {option.id: row for option, row in zip(state.options, said["options"], strict=True)}
        options = (
            ShownOption(**option_texts(option, self.language), words=known.get(option.id, {}))
            for option in self.definition.group(state.id).offered
        )
        return ShownGroup(state, said, tuple(options))


def change_page(
    order: Order, data: Mapping[str, Any], now: datetime, language: str, problem: Problem | None = None
) -> ChangePage:
    """The page for what was chosen and typed so far."""
    definition = definition_of(order.edition.version)
    return ChangePage(
        order=order,
        language=language,
        choices=known_choices(definition, data["choices"]),
        engraving=data["engraving"],
        font=data["font"],
        parts=parts_until(order, now, language),
        problem=problem,
    )


def change_data(order: Order, form: Mapping[str, str]) -> dict[str, Any]:
    """The design in a form. What it does not name stays as it is ordered."""
    definition, ordered = definition_of(order.edition.version), order.configuration
    named = {group.id: form[group.id] for group in definition.groups if group.id in form}
    return {
        "choices": whole_choices(definition, {**ordered.choices, **named}),
        "engraving": form.get("engraving", ordered.engraving),
        "font": form.get("font", ordered.font),
    }


def design_revisions(order: Order, language: str) -> list[tuple[OrderRevision, list[str]]]:
    """Every change that an order's design went through, in words, the first one first."""
    definition = definition_of(order.edition.version)
    return [
        (
            each,
            _changes(definition, Configuration.from_json(each.before), Configuration.from_json(each.after), language),
        )
        for each in order.revisions.order_by("number")
    ]


def present_proposal(order: Order, proposal: Proposal, language: str) -> dict[str, Any]:
    """What a change makes of an order, to be confirmed."""
    definition, after = definition_of(order.edition.version), proposal.after
    return {
        "changes": _changes(definition, proposal.before, after, language),
        "picture": photo_of(order, after, language),
        "price": present_price(proposal.price, order.edition, language, order.destination),
        "promise": present_promise(proposal.promise.likely_at, proposal.promise.safe_at, language),
        "was": present_promise(order.likely_at, order.safe_at, language),
        "becomes_personal": after.is_personal and order.personal_accepted_at is None,
        "configuration": after,
        "safe_at": proposal.promise.safe_at.isoformat(),
    }


def _changes(definition: ProductDefinition, before: Configuration, after: Configuration, language: str) -> list[str]:
    """`Lid: Bamboo → Walnut`, for all in which two designs differ."""
    changes = [change_text(each) for each in changes_between(definition, before.choices, after.choices, language)]
    if (before.engraving, before.font) != (after.engraving, after.font):
        name = definition.engraving.name.of(language)
        texts = (f"“{lettering(each, language)}”" if each.engraving else "" for each in (before, after))
        changes.append(change_text(Change(name, *texts)))
    return changes


def photo_of(order: Order, configuration: Configuration, language: str) -> dict[str, Any]:
    """The picture of the very piece, with its number, in a design."""
    definition = definition_of(order.edition.version)
    return present_photo(definition, configuration, language, number=order.piece.engraved_number)
