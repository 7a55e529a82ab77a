"""What the studio's page shows for a set of choices, valid or not: nothing that was chosen or typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from configurator.artwork_session import NOBODY, Uploader
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition, View
from configurator.selectors import definition_of
from configurator.studio import GroupState, OptionState, conflicting, option_state, option_texts, usual_option
from core.problems import Problem
from editions.contracts import Availability, Delivery
from editions.models import Edition
from editions.pricing import zone_of
from editions.selectors import availability, current_price
from editions.shipping import home_delivery
from factory_sim.plant_queue import PlantQueue
from orders.artwork_part import ArtworkPart, artwork_part
from orders.budget import Budget, BudgetRange, budget_range
from orders.engraving_part import EngravingPart, is_about_text
from orders.options import OptionWords
from orders.personal import design_query
from orders.present import (
    present_availability,
    present_model,
    present_photo,
    present_picture,
    present_quote,
    present_views,
)
from orders.services.quote import make_quote
from orders.shipping_words import destination_choices
from orders.shown_options import ShownGroup, ShownOption

SMALL_PICTURE = 400
CONTENT = ("engraving", "font", "artwork")


@dataclass(frozen=True)
class StudioPage:
    """The studio as a page. `shown` is the quote in words and `queue` what it is promised behind, None while there is
    a `problem`.
    """

    edition: Edition
    definition: ProductDefinition
    language: str
    choices: Mapping[str, str]
    content: Mapping[str, Any]
    configuration: Configuration
    picture: dict[str, Any]
    artwork: ArtworkPart | None
    availability: Availability
    availability_text: str
    shown: dict[str, Any] | None
    problem: Problem | None
    budget: Budget
    view: View
    destination: str
    queue: PlantQueue | None

    @cached_property
    def delivery(self) -> Delivery:
        """Where it goes, home while the country that was asked for lies outside all zones."""
        zone = zone_of(self.edition.zones, self.destination)
        return Delivery(self.destination, zone) if zone else home_delivery(self.edition)

    @property
    def destinations(self) -> list[dict[str, Any]]:
        """The countries to choose from, by zone; none where shipping to anywhere is in the price."""
        return destination_choices(self.edition, self.destination, self.language)

    @property
    def tagline(self) -> str:
        return self.definition.tagline.of(self.language)

    @property
    def story(self) -> str:
        return self.definition.story.of(self.language)

    @property
    def version(self) -> str:
        return self.edition.version.key

    @property
    def lettering(self) -> EngravingPart:
        cut = self.shown["engraving"] if self.shown else None
        text, font = self.content["engraving"], self.content["font"]
        return EngravingPart(self.edition, self.definition, self.language, text, font, cut, self.problem)

    @property
    def returns(self) -> dict[str, Any]:
        """Whether the piece can be returned; nothing is said of a design that cannot be made."""
        return self.shown["returns"] if self.shown else {"personal": False, "text": ""}

    @property
    def artwork_problem(self) -> str:
        about = self.problem is not None and self.problem.extra.get("field") == "artwork"
        return self.problem.detail if self.problem and self.artwork and about else ""

    @property
    def page_problem(self) -> str:
        if self.problem is None or is_about_text(self.problem) or self.artwork_problem:
            return ""
        return self.problem.detail

    @cached_property
    def pictures(self) -> dict[str, dict[str, str]]:
        """The addresses of the picture by view."""
        return present_views(self.definition, self.configuration)

    @property
    def views(self) -> list[dict[str, Any]]:
        """The views to turn to; none when there is but one."""
        rows = self.definition.views if len(self.definition.views) > 1 else ()
        return [{"id": view.id, "name": view.name.of(self.language), "chosen": view is self.view} for view in rows]

    @cached_property
    def model(self) -> dict[str, str] | None:
        """Where the design's model is, None for a product without one."""
        return present_model(self.definition, self.configuration)

    @cached_property
    def words(self) -> OptionWords:
        if self.shown:
            return OptionWords(self.edition, self.configuration, self.language, self.delivery.lines, self.queue)
        # Of a text that cannot be cut only one thing matters here: that there is one, which has its price.
        text = self.content["engraving"][: self.definition.engraving.longest]
        wanted = Configuration(self.version, self.choices, text, artwork=self.configuration.artwork)
        return OptionWords(self.edition, wanted, self.language, self.delivery.lines)

    @cached_property
    def groups(self) -> tuple[ShownGroup, ...]:
        """Every group; one that does not exist beside the choices has no options."""
        return tuple(self._group(state) for state in self.words.groups)

    @cached_property
    def repairs(self) -> list[dict[str, Any]]:
        """While choices do not go together: for each of them, what keeping it would change, and where that leads."""
        found = []
        for group, option in conflicting(self.definition, self.choices):
            state = option_state(self.definition, self.choices, (group, option), self.language)
            address = studio_address(self.edition, state.choices, self.kept)
            group_name = self.definition.group(group).name.of(self.language)
            found.append({"name": f"{group_name}: {state.name}", "address": address, **self.words.option(group, state)})
        return found

    @property
    def kept(self) -> dict[str, Any]:
        """What goes along to another design: personal content and the limit."""
        return {**self.content, "budget": self.budget.written}

    @property
    def query(self) -> str:
        """The design as an address carries it."""
        return urlencode(design_query({**self.content, "choices": self.choices}))

    @cached_property
    def presets(self) -> list[dict[str, Any]]:
        """Designs to start from, each with its price and a small picture; the product's own comes first."""
        starts: list[tuple[str, str, str, dict[str, str]]] = [
            ("", self.definition.name.of(self.language), "", self.definition.started())
        ]
        for preset in self.definition.presets:
            texts = preset.name.of(self.language), preset.story.of(self.language)
            starts.append((preset.id, *texts, self.definition.started(preset.id)))
        return [self._preset(*start) for start in starts]

    @property
    def budget_text(self) -> str:
        return self.words.money(self.budget.minor or 0)

    @property
    def above_budget(self) -> str:
        """By how much the design is above the limit; empty when it is not."""
        above = 0 if self.budget.minor is None else self.words.now - self.budget.minor
        return self.words.money(above) if above > 0 else ""

    @cached_property
    def budget_range(self) -> BudgetRange:
        return budget_range(self.edition, sum(line.amount for line in self.delivery.lines))

    def _group(self, state: GroupState) -> ShownGroup:
        words = self.words.group(state)
        known = {
            option.id: {**said, "over": self._over(state.id, option)}
            for option, said in zip(state.options, words["options"], strict=True)
        }
        options = (
            ShownOption(**option_texts(option, self.language), words=known.get(option.id, {}))
            for option in self.definition.group(state.id).offered
        )
        return ShownGroup(state, words, tuple(options))

    def _over(self, group: str, option: OptionState) -> str:
        """Whether an option breaks the limit: `now`, `always` or not."""
        limit = self.budget.minor
        if limit is None or option.chosen:
            return ""
        if self.words.least(group, option) > limit:
            return "always"
        return "now" if self.words.total(option) > limit else ""

    def _preset(self, preset_id: str, name: str, story: str, choices: dict[str, str]) -> dict[str, Any]:
        plain = Configuration(self.version, choices)
        total = current_price(self.edition, self.definition, plain, self.delivery.lines).total
        return {
            "id": preset_id,
            "name": name,
            "story": story,
            "choices": choices,
            "chosen": choices == self.choices,
            "total_text": self.words.money(total),
            "address": studio_address(self.edition, choices, self.kept),
            "picture": present_picture(self.definition, plain, self.language, size=SMALL_PICTURE)["url"],
        }


def studio_page(
    *,
    edition: Edition,
    data: Mapping[str, Any],
    language: str,
    now: datetime,
    problem: Problem | None = None,
    budget: Budget | None = None,
    uploader: Uploader = NOBODY,
    view: str = "",
    destination: str = "",
) -> StudioPage:
    """The page for `data` (`version`, `choices`, `engraving`), seen in a `view`, the first when there is none of that
    id, with shipping to a country, the edition's own without one. A `problem` that happened before is shown first.
    """
    definition = definition_of(edition.version)
    shown, found, queue = None, problem, None
    try:
        quote = make_quote(edition=edition, data=data, now=now, uploader=uploader, destination=destination)
        shown, queue = present_quote(quote, edition, language), quote.queue
    except Problem as trouble:
        found = problem or trouble
    choices = known_choices(definition, data["choices"])
    part = artwork_part(definition, data, edition, language)
    printed = part.placed.placement if part and part.placed else None
    # Whoever was given a shared design sees its picture, also where it cannot be ordered.
    possible = Configuration(edition.version.key, choices, artwork=printed)
    drawn = Configuration.from_json(shown["configuration"]) if shown else possible
    left = availability(edition, now)
    seen = next((each for each in definition.views if each.id == view), definition.views[0])
    return StudioPage(
        edition=edition,
        definition=definition,
        language=language,
        choices=choices,
        content={name: data.get(name) or "" for name in CONTENT},
        configuration=drawn,
        picture=present_photo(definition, drawn, language, seen.id),
        artwork=part,
        availability=left,
        availability_text=present_availability(left),
        shown=shown,
        problem=found,
        budget=budget or Budget(),
        view=seen,
        destination=destination or home_delivery(edition).country,
        queue=queue,
    )


def studio_address(edition: Edition, choices: Mapping[str, str], content: Mapping[str, Any]) -> str:
    """Where a design is looked at; `content` is what is personal, and a limit (`budget`)."""
    query = design_query({**content, "choices": choices})
    if content.get("budget"):
        query["budget"] = content["budget"]
    return f"{reverse('orders:studio', kwargs={'slug': edition.slug})}?{urlencode(query)}"


def whole_choices(definition: ProductDefinition, named: Mapping[str, str]) -> dict[str, str]:
    """The choices named, and the usual ones of the groups that exist beside them without one."""
    kept = dict(named)
    for group in definition.groups:
        if group.id not in kept and group.exists_beside(kept):
            kept[group.id] = usual_option(definition, group)
    return kept


def known_choices(definition: ProductDefinition, choices: Mapping[str, str]) -> dict[str, str]:
    """The choices that exist, and the preset's for groups whose choice does not."""
    kept: dict[str, str] = {}
    for group in definition.groups:
        if group.exists_beside(kept):
            known = {option.id for option in group.offered}
            usual = usual_option(definition, group)
            kept[group.id] = choices[group.id] if choices.get(group.id) in known else usual
    return kept
