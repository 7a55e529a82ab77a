"""The draft as a customer would see it: the picture, every option with its price, and why some are not possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.translation import get_language

from configurator.admin.addresses import draft_address
from configurator.admin.pages import DraftPage
from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from configurator.picture_address import Subject
from configurator.picture_service import draw
from configurator.studio import GroupState, OptionState, description, group_states
from configurator.throttles import PictureThrottle
from configurator.validation import checked_engraving
from core.http import limited
from core.problems import Problem

SIZE = 800


@dataclass(frozen=True)
class OptionLine:
    """An option, and the address of the preview with it."""

    state: OptionState
    address: str
    price: str


@dataclass(frozen=True)
class GroupLines:
    state: GroupState
    options: tuple[OptionLine, ...]


class PreviewPage(DraftPage):
    """Choose options one by one. A draft that cannot be drawn says why instead."""

    template = "admin/configurator/draft/preview.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        definition = self.report.definition
        drawable = definition is not None and not any(found.place.startswith("views") for found in self.report.errors)
        if definition is None or not drawable or not definition.engine.is_valid({}):
            return self.page(unshown=[self.words.sentence(found) for found in self.report.errors])
        configuration, problem = _configuration(definition, request)
        language = get_language() or "en"
        states = [state for state in group_states(definition, configuration.choices, language) if state.exists]
        return self.page(
            status=422 if problem else 200,
            groups=[self._lines(state, configuration) for state in states],
            pictures=[self._picture(configuration, view.id) for view in definition.views],
            alt=description(definition, configuration, language),
            price=_price(definition, configuration),
            engraving_name=definition.engraving.name.of(language),
            configuration=configuration,
            typed=request.GET.get("engraving", "") if problem else configuration.engraving,
            problem=problem,
            broken=self._broken(definition, configuration),
        )

    def _lines(self, state: GroupState, configuration: Configuration) -> GroupLines:
        return GroupLines(
            state,
            tuple(
                OptionLine(
                    option,
                    _query({**configuration.choices, state.id: option.id}, configuration.engraving),
                    f"+{option.price:,}" if option.price else "",
                )
                for option in state.options
            ),
        )

    def _picture(self, configuration: Configuration, view: str) -> str:
        address = draft_address(self.draft.pk, "picture", view=view)
        return f"{address}{_query(configuration.choices, configuration.engraving)}&revision={self.draft.revision}"

    def _broken(self, definition: ProductDefinition, configuration: Configuration) -> list[str]:
        broken = definition.engine.broken_rules(configuration.choices)
        return [definition.sentences[rule].of(get_language() or "en") for rule in broken]


@method_decorator(limited(PictureThrottle, methods=("GET",)), name="dispatch")
class PicturePage(DraftPage):
    """The picture of a configuration of a draft; nothing is kept of it."""

    def get(self, request: HttpRequest, view: str) -> HttpResponse:
        definition = self.report.definition
        if definition is None or view not in {each.id for each in definition.views}:
            raise Http404
        if any(found.place.startswith("views") for found in self.report.errors):
            raise Http404
        configuration, _problem = _configuration(definition, request)
        response = HttpResponse(draw(definition, Subject(configuration), view, SIZE, "webp"), content_type="image/webp")
        add_never_cache_headers(response)
        return response


def _configuration(definition: ProductDefinition, request: HttpRequest) -> tuple[Configuration, str]:
    """What the address asks for, as far as it can be chosen, and what is wrong with the engraving."""
    offered = {group.id: {option.id for option in group.offered} for group in definition.groups}
    asked = {group: str(request.GET[group]) for group in offered if request.GET.get(group) in offered[group]}
    choices = definition.settled({**definition.started(), **asked})
    problem = ""
    try:
        engraving = checked_engraving(definition, request.GET.get("engraving", ""))
    except Problem as refused:
        engraving, problem = "", refused.detail
    return Configuration("draft", choices, engraving), problem


def _price(definition: ProductDefinition, configuration: Configuration) -> int:
    """What the choices add to the edition's price, in minor units."""
    added = sum(definition.prices.get(choice, 0) for choice in configuration.choices.items())
    return added + (definition.engraving.price if configuration.engraving else 0)


def _query(choices: Mapping[str, str], engraving: str) -> str:
    return "?" + urlencode({**choices, **({"engraving": engraving} if engraving else {})})
