"""What is wrong with a definition: a stable code, where it is, and a sentence that the edge may translate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence


class Place(str):
    """A part of a definition by its ids: `groups.glaze.options.indigo`, `rules.indigo-shrinks`, `preset`."""

    __slots__ = ()


Value = str | int | float | Place | Sequence[Place]
Values = Mapping[str, Value]


def _(text: str) -> str:
    """Marks a sentence for the translators; it is translated where it is shown."""
    return text


SENTENCES = {
    "declared_twice": _("%(kind)s %(ids)s is declared twice"),
    "unknown_option": _("%(where)s names %(group)s: %(options)s, which does not exist"),
    "unknown_view": _("%(group)s turns the picture to the view %(view)s, which does not exist"),
    "unknown_component": _("%(option)s takes %(components)s, which is not among the components"),
    "component_without_use": _("no option takes the component %(component)s"),
    "depends_on_later": _("%(group)s depends on %(others)s, which must be declared before it"),
    "condition_without_sentence": _("%(group)s needs both `when` and `sentence`, or neither"),
    "all_retired": _("%(group)s has no option that is not retired"),
    "says_not_one_thing": _("%(rule)s must say one thing: requires, excludes, or at_least/at_most with of"),
    "counts_without_number": _("%(rule)s counts: it needs `of`, and `at_least` or `at_most`"),
    "always": _("%(rule)s needs `when`: an option that is always required or excluded is none"),
    "wants_too_many": _("%(rule)s wants at least %(least)s of %(most)s groups"),
    "allows_all": _("%(rule)s allows %(allowed)s of %(most)s groups, which says nothing"),
    "wants_more_than_it_allows": _("%(rule)s wants at least %(least)s and at most %(most)s"),
    "too_many_cases": _("%(rule)s stands for %(cases)s combinations; at most %(most)s are accepted: divide it"),
    "rework_forwards": _("%(fault)s of %(operation)s does not go back to an earlier operation"),
    "rework_left_out": _("%(fault)s of %(operation)s goes back to %(target)s, which may be left out"),
    "rework_or_scrap": _("%(fault)s of %(operation)s needs either `rework_from` or `scrap`"),
    "rework_beside": _("%(fault)s of %(operation)s begins again what %(others)s may still be at work with"),
    "needs_later": _("%(operation)s needs %(others)s, which must be declared before it"),
    "material_without_operation": _("%(material)s is used up by %(operation)s, which does not exist"),
    "material_left_over": _("%(material)s is used up by %(operation)s, which may be left out"),
    "preset_incomplete": _("the preset must name every group"),
    "preset_lacks": _("%(preset)s must name %(groups)s"),
    "preset_costs": _("the preset's %(option)s costs extra"),
    "preset_retired": _("%(preset)s names %(option)s, which is retired"),
    "font_not_offered": _("the usual font %(font)s is not among the fonts offered"),
}


class Refused(ValueError):
    """A definition that contradicts itself. `code` is a key of SENTENCES, `values` fill its sentence."""

    def __init__(self, code: str, place: str, **values: Value) -> None:
        self.code = code
        self.place = Place(place)
        self.values: Values = values
        super().__init__(filled(SENTENCES[code], values, plain_words))


def filled(template: str, values: Values, words: Callable[[Place], str]) -> str:
    """A sentence with its values put in, each place in words."""
    return template % {name: _shown(value, words) for name, value in values.items()}


def plain_words(place: Place) -> str:
    """A place as its ids say it: `group glaze`, `glaze indigo`, `rule indigo-shrinks`, `the preset winter-night`."""
    match place.split("."):
        case ["groups", group, "options", option]:
            return f"{group} {option}"
        case [*_rest, "presets", preset]:
            return f"the preset {preset}"
        case ["preset" | "engraving" | "artwork" | "numbering" | "model" as only]:
            return f"the {only}"
        case [*_rest, kind, identifier] if kind.endswith("s"):
            return f"{kind.removesuffix('s')} {identifier}"
        case _:
            return str(place)


def _shown(value: Value, words: Callable[[Place], str]) -> str:
    if isinstance(value, Place):
        return words(value)
    if isinstance(value, (str, int, float)):
        return str(value)
    return ", ".join(words(place) for place in value)
