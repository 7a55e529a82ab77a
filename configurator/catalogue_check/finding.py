"""What the gate says: each finding has a stable code, a place and a sentence. Pure; translated where it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from configurator.definition import refusals
from configurator.definition.refusals import Place, Value, Values, filled, plain_words

Severity = Literal["error", "warning"]


def _(text: str) -> str:
    """Marks a sentence for the translators."""
    return text


SENTENCES = refusals.SENTENCES | {
    # Rules
    "contradiction": _("no design satisfies all rules together: %(rules)s"),
    "never_possible": _("%(option)s can never be chosen (%(rules)s)"),
    "single_option": _("%(group)s leaves no choice: only %(option)s is possible"),
    "preset_breaks": _("%(preset)s breaks %(rules)s"),
    "silent_rule": _("%(rule)s says nothing: no design that the other rules allow could break it"),
    # Pictures
    "engraving_colourless": _("nothing colours the engraving's %(part)s"),
    "view_unbaked": _("%(view)s has no view.json in %(folder)s"),
    "plates_unreadable": _("the plates of %(view)s cannot be read: %(error)s"),
    "number_colourless": _("nothing colours the number's %(part)s"),
    "panel_missing": _("no view has a panel %(panel)s for the engraving"),
    "print_panel_missing": _("no view has a panel %(panel)s to print on"),
    "number_panel_missing": _("no view has a panel %(panel)s for the piece's number"),
    "part_colourless": _("%(view)s shows %(parts)s, which no option colours"),
    "part_sometimes_colourless": _("%(view)s shows %(parts)s, which %(groups)s colours only while it exists"),
    "uneven_colours": _("%(option)s does not colour the same parts as its neighbours"),
    "uneven_finishes": _("%(option)s does not finish the same parts as its neighbours"),
    "part_unfinished": _("%(option)s finishes %(part)s, of which no view has another finish than the usual one"),
    "finish_unbaked": _("%(option)s gives %(part)s the finish %(finish)s, which no view has"),
    "look_colourless": _("after %(operation)s %(parts)s should look otherwise, which not every design colours"),
    "look_unbaked": _("after %(operation)s %(part)s should have the finish %(finish)s, which no view has"),
    "model_missing": _("the folder %(folder)s of the model lacks %(files)s"),
    "plates_changed": _(
        "the plates in %(folder)s have changed since %(version)s was published, which is drawn from them:"
        " bake into a new folder"
    ),
    # The model for 3D
    "model_unreadable": _("the model in %(folder)s cannot be shown: %(error)s"),
    "model_parts_missing": _("the model in %(folder)s has no material %(parts)s"),
    "model_parts_unknown": _("the model in %(folder)s has the material %(parts)s, which no option colours"),
    "model_panel_missing": _("the model in %(folder)s has no sheet %(panels)s to print or engrave on"),
    "model_finish_unknown": _("model.json in %(folder)s does not say what %(finishes)s is made of"),
    "model_not_in_metres": _("the model in %(folder)s is %(height)s m high and stands at %(lowest)s m"),
    # Texts
    "text_blank": _("%(where)s is blank"),
    "not_korean": _("%(where)s has no Korean letter: %(given)s"),
    "not_english": _("%(where)s is in Korean: %(given)s"),
    "font_lacks_letters": _("the engraving's font %(font)s lacks Hangul, Latin letters or digits %(characters)s"),
    "font_lacks_symbols": _("the engraving's font %(font)s lacks the symbols %(characters)s"),
    # Making
    "no_plant": _("there is no plant %(plant)s"),
    "no_station": _("%(operation)s needs the station %(station)s, which plant %(plant)s does not have"),
    # Against the version before
    "group_dropped": _("%(group)s is in version %(version)s and must stay readable: retire it instead"),
    "option_dropped": _("%(option)s is in version %(version)s and must stay readable: retire it instead"),
    "nothing_changed": _("nothing has changed since version %(version)s"),
    # Drafts that are not complete yet
    "missing": _("%(where)s is missing"),
    "string_too_short": _("%(where)s is empty"),
    "string_too_long": _("%(where)s is longer than %(max_length)s characters"),
    "too_short": _("%(where)s needs at least %(min_length)s"),
    "greater_than": _("%(where)s must be more than %(gt)s"),
    "greater_than_equal": _("%(where)s must be at least %(ge)s"),
    "less_than": _("%(where)s must be less than %(lt)s"),
    "less_than_equal": _("%(where)s must be at most %(le)s"),
    "extra_forbidden": _("%(where)s is not known here"),
    "string_pattern_mismatch": _("%(where)s is not written as it must be: %(given)s"),
    "doubled_id": _("%(where)s has %(ids)s twice"),
    "invalid": _("%(where)s is not valid: %(message)s"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that the gate found. `code` is a key of SENTENCES; only errors keep a product from being published."""

    code: str
    place: Place
    values: Values = field(default_factory=dict)
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    @property
    def sentence(self) -> str:
        """In English, with ids."""
        return self.sentence_in(str, plain_words)

    def sentence_in(self, translate: Callable[[str], str], words: Callable[[Place], str]) -> str:
        """In a language, with every place in words."""
        return filled(translate(SENTENCES[self.code]), self.values, words)


def error(code: str, place: str, **values: Value) -> Finding:
    return Finding(code, Place(place), values)


def warning(code: str, place: str, **values: Value) -> Finding:
    return Finding(code, Place(place), values, "warning")
