"""Places, values, differences and findings in the words of a person who did not write the definition as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from configurator.catalogue_check import Finding
from configurator.definition import Place
from configurator.drafting import Difference, part

FIELD_LABELS = {
    "name": gettext_lazy("name"),
    "tagline": gettext_lazy("tagline"),
    "story": gettext_lazy("story"),
    "hint": gettext_lazy("hint"),
    "sentence": gettext_lazy("sentence"),
    "touch": gettext_lazy("touch"),
    "sound": gettext_lazy("sound"),
    "price": gettext_lazy("price"),
    "swatch": gettext_lazy("swatch"),
    "colours": gettext_lazy("colours"),
    "finishes": gettext_lazy("finishes"),
    "components": gettext_lazy("scarce components"),
    "retired": gettext_lazy("retired"),
    "focus": gettext_lazy("focus of the picture"),
    "view": gettext_lazy("view"),
    "when": gettext_lazy("when"),
    "requires": gettext_lazy("requires"),
    "excludes": gettext_lazy("excludes"),
    "of": gettext_lazy("of these"),
    "at_least": gettext_lazy("at least"),
    "at_most": gettext_lazy("at most"),
    "choices": gettext_lazy("choices"),
    "preset": gettext_lazy("the design to start from"),
    "presets": gettext_lazy("other designs to start from"),
    "groups": gettext_lazy("groups"),
    "options": gettext_lazy("options"),
    "rules": gettext_lazy("rules"),
    "views": gettext_lazy("views"),
    "operations": gettext_lazy("operations"),
    "faults": gettext_lazy("faults"),
    "materials": gettext_lazy("materials"),
    "engraving": gettext_lazy("engraving"),
    "artwork": gettext_lazy("printed picture"),
    "numbering": gettext_lazy("number of the piece"),
    "model": gettext_lazy("model for 3D"),
    "base_colours": gettext_lazy("colours of parts that cannot be chosen"),
    "plant": gettext_lazy("plant"),
    "ko": gettext_lazy("Korean"),
    "en": gettext_lazy("English"),
}
STAGES = {
    "@begun": gettext_lazy("Draft begun"),
    "@published": gettext_lazy("Published"),
    "@discarded": gettext_lazy("Discarded"),
}
SIDES = ("when", "requires", "excludes", "of")
ROWS = ("groups", "options", "rules", "presets", "views", "operations", "faults", "materials")
LONGEST = 160


@dataclass(frozen=True)
class ChangeRow:
    """A difference as it is read: where, and both values."""

    where: str
    before: str
    after: str


class Words:
    """Names of things in a language. Contents are looked through in turn, so that what was removed has its name too."""

    def __init__(self, *contents: Mapping[str, Any]) -> None:
        self.contents = [dict(content) for content in contents]
        self.language = "ko" if get_language() == "ko" else "en"

    def place(self, place: str) -> str:
        """A place, from the whole to the part: `Body glaze › Indigo › price`."""
        if not place:
            return _("the whole product")
        if place in STAGES:
            return str(STAGES[place])
        path, ordered, _rest = place.partition("@order")
        names = path.split(".")
        found = [self._name(names[:depth]) for depth in range(1, len(names) + 1)]
        shown = [name for depth, name in enumerate(found) if not self._is_passed_over(names, depth)]
        return " › ".join([*shown, pgettext("sequence", "order")] if ordered else shown)

    def option(self, group: str, option: str) -> str:
        """An option's name alone."""
        return self._row(f"groups.{group}.options.{option}") or option

    def sides(self, chosen: Mapping[str, Iterable[str]]) -> str:
        """Options by group in names: `Lid: Walnut, Bog oak; Sleeve: Natural`."""
        found = (
            f"{self.place(f'groups.{group}')}: {', '.join(self.option(group, each) for each in options)}"
            for group, options in chosen.items()
        )
        return "; ".join(found)

    def sentence(self, finding: Finding) -> str:
        """What the gate found, as a sentence that begins and ends like one."""
        sentence = finding.sentence_in(_, self.place)
        return sentence[:1].upper() + sentence[1:] + ("" if sentence.endswith((".", "?", "!", "다", "요")) else ".")

    def changes(self, differences: Iterable[Difference]) -> list[ChangeRow]:
        return [
            ChangeRow(self.place(each.place), self.value(each.place, each.before), self.value(each.place, each.after))
            for each in differences
        ]

    def value(self, place: str, value: Any) -> str:
        """A value in short words; a row or a text by its name."""
        if value is None or value in ("", [], {}):
            return "—"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dict):
            return self._object(place, value)
        if isinstance(value, list):
            return ", ".join(self._listed(place, each) for each in value)
        return _shortened(self._listed(place, value))

    def _object(self, place: str, value: Mapping[str, Any]) -> str:
        if {"ko", "en"} & set(value):
            return _shortened(str(value.get(self.language) or next(iter(value.values()))))
        for name in ("sentence", "name"):
            if isinstance(value.get(name), dict):
                return self._object(place, value[name])
        return _shortened(", ".join(f"{key}: {self.value(f'{place}.{key}', inner)}" for key, inner in value.items()))

    def _listed(self, place: str, value: Any) -> str:
        """One value of a list: an id, in a list of ids, by its name."""
        if isinstance(value, dict):
            return self._object(place, value)
        path = place.removesuffix("@order")
        names = path.split(".")
        if place.endswith("@order"):
            return self._name([*names, str(value)])
        is_choice = len(names) > 1 and names[-2] in (*SIDES, "choices", "preset")
        return self._name(["groups", names[-1], "options", str(value)]) if is_choice else str(value)

    def _name(self, names: list[str]) -> str:
        """What a place is called: a row by its name or its rule's sentence, a field by its label."""
        last = names[-1]
        if len(names) > 1 and names[-2] in ROWS:
            return self._row(".".join(names)) or last
        if len(names) > 1 and names[-2] in (*SIDES, "choices", "preset"):
            return self._row(f"groups.{last}") or last
        return str(FIELD_LABELS.get(last, last))

    def _row(self, place: str) -> str:
        for content in self.contents:
            row = part(content, place)
            text = (row.get("sentence") if ".rules." in f".{place}" else row.get("name")) if row else None
            if text:
                words = _shortened(str(text.get(self.language) or next(iter(text.values()))))
                return f"“{words}”" if ".rules." in f".{place}" else words
        return ""

    def _is_passed_over(self, names: list[str], depth: int) -> bool:
        """What says nothing before a name that follows."""
        return names[depth] in ("groups", "options", "rules") and depth + 1 < len(names)


def places_in_words(words: Words, places: Iterable[Place]) -> list[tuple[Place, str]]:
    return [(place, words.place(place)) for place in places]


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
