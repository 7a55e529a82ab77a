"""Is this configuration one that can be made? If not: which of the reasons, in words that help."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from configurator.artwork_check import checked_artwork
from configurator.compile import engraving_area
from configurator.configuration import Configuration, normalise_text
from configurator.definition import ProductDefinition
from configurator.models import AppealStatus
from configurator.pictures import engraving
from configurator.screening import read_lists, screen
from configurator.selectors import decisions_about
from core.problems import Problem


class StaleVersion(Problem):
    """The design was made for another version of the product."""

    code = "stale_version"
    status = 409


class IncompleteDesign(Problem):
    """A group has no choice."""

    code = "incomplete_design"
    status = 422


class UnknownOption(Problem):
    """A group or an option that the product does not have."""

    code = "unknown_option"
    status = 422


class UnknownFont(Problem):
    """A typeface that the product does not offer."""

    code = "unknown_font"
    status = 422


class ForbiddenCombination(Problem):
    """The choices break a rule; `rules` names them."""

    code = "forbidden_combination"
    status = 422


class EngravingTooLong(Problem):
    """The text does not fit the panel, or is longer than is accepted at all."""

    code = "engraving_too_long"
    status = 422


class UncuttableCharacters(Problem):
    """The font has no outline for some characters; `characters` names them."""

    code = "uncuttable_characters"
    status = 422


class TextNotAccepted(Problem):
    """A text has a word that is not cut without asking: `fragment` is the word and `policy` why.

    Staff can be asked to allow it, unless they have `declined` this very text before.
    """

    code = "text_not_accepted"
    status = 422


def checked_configuration(
    definition: ProductDefinition, data: Mapping[str, Any], *, expected_version: str
) -> Configuration:
    """The configuration that `data` (as of `Configuration.as_json`) describes, or the Problem that it has."""
    if data["version"] != expected_version:
        raise StaleVersion(
            _("This piece has been revised since the design was made. Please look at the design once more."),
            version=expected_version,
        )
    check_options(definition, data["choices"])
    # What was chosen in a group that no longer exists beside the other choices is no part of the design.
    choices = definition.settled(data["choices"])
    _check_complete(definition, choices)
    _check_rules(definition, choices)
    font = checked_font(definition, data.get("font", ""))
    text = checked_engraving(definition, data.get("engraving", ""), font)
    artwork = checked_artwork(definition, data.get("artwork"))
    return Configuration(expected_version, choices, text, font, artwork)


def checked_font(definition: ProductDefinition, font: str) -> str:
    """The font's name, empty for the product's usual one, or the Problem that it is not offered."""
    row = definition.engraving
    if font not in ("", *row.offered_fonts):
        raise UnknownFont(_("This piece is not cut in this typeface."), field="font")
    return "" if font == row.font else font


def checked_engraving(definition: ProductDefinition, raw: str, font: str = "") -> str:
    """The text as it will be cut in a font (as of `checked_font`), or the Problem that it has."""
    text = cuttable_engraving(definition, raw, font)
    _check_words(definition, text)
    return text


def cuttable_engraving(definition: ProductDefinition, raw: str, font: str = "") -> str:
    """The text as it would be cut, whatever it says, or the Problem that it cannot be."""
    row = definition.engraving
    # Before anything looks at the text: normalising and measuring cost time that grows with it.
    if len(raw) > 4 * row.longest:
        raise _too_long(definition)
    text = normalise_text(raw)
    if len(text) > row.longest:
        raise _too_long(definition)
    _check_characters(definition, text, row.font_of(font))
    if not engraving.fits(text, row.font_of(font), engraving_area(definition)):
        raise _too_long(definition)
    return text


def _check_characters(definition: ProductDefinition, text: str, font: str) -> None:
    unknown = engraving.uncuttable(text, font)
    allowed = engraving.allowed_characters(font, definition.engraving.symbols)
    left_out = tuple(dict.fromkeys(each for each in text if ord(each) not in allowed))
    if unknown:
        sentence = ngettext(
            "The typeface cannot cut this character: %(characters)s",
            "The typeface cannot cut these characters: %(characters)s",
            len(unknown),
        )
    else:
        sentence = ngettext(
            "This character is not cut on this piece: %(characters)s",
            "These characters are not cut on this piece: %(characters)s",
            len(left_out),
        )
    if left_out:
        raise UncuttableCharacters(
            sentence % {"characters": " ".join(map(_visible, unknown or left_out))},
            characters=list(unknown or left_out),
            field="engraving",
        )


def _check_words(definition: ProductDefinition, text: str) -> None:
    """Screen a text, unless staff have allowed it for this product."""
    lists = read_lists()
    verdict = screen(text, lists)
    if verdict is None:
        return
    decisions = decisions_about(definition.slug, text)
    if AppealStatus.ALLOWED in decisions:
        return
    declined = AppealStatus.DECLINED in decisions
    if declined:
        sentence = _("“%(fragment)s” is not cut: %(reason)s The maker has looked at this text and declined it.")
    else:
        sentence = _("“%(fragment)s” is not cut without asking: %(reason)s You can ask the maker to look at it.")
    fragment = "".join(map(_visible, verdict.fragment))
    reason = lists.policies[verdict.policy].reason(get_language() or "en")
    raise TextNotAccepted(
        sentence % {"fragment": fragment, "reason": reason},
        field="engraving",
        fragment=fragment,
        policy=verdict.policy,
        declined=declined,
    )


def _too_long(definition: ProductDefinition) -> EngravingTooLong:
    row = definition.engraving
    return EngravingTooLong(
        _("This text does not fit: there are %(width)g mm for at most %(longest)d characters.")
        % {"width": row.width_mm - 2 * row.margin_mm, "longest": row.longest},
        field="engraving",
    )


def check_options(definition: ProductDefinition, choices: Mapping[str, str]) -> None:
    """Raises UnknownOption for a group or an option that the product does not offer."""
    groups = {group.id: group for group in definition.groups}
    for group_id, option_id in choices.items():
        if group_id not in groups:
            name = "".join(map(_visible, group_id[:40]))
            raise UnknownOption(_("This piece has no choice called “%(name)s”.") % {"name": name})
        if option_id not in {option.id for option in groups[group_id].offered}:
            name = groups[group_id].name.of(get_language() or "en")
            raise UnknownOption(
                _("“%(group)s” has no option “%(option)s”. Please choose one of those shown.")
                % {"group": name, "option": str(option_id)[:40]},
                field=group_id,
            )


def _check_complete(definition: ProductDefinition, choices: Mapping[str, str]) -> None:
    missing = [group.name.of(get_language() or "en") for group in definition.missing(choices)]
    if missing:
        raise IncompleteDesign(_("Still to be chosen: %(groups)s") % {"groups": ", ".join(missing)})


def _check_rules(definition: ProductDefinition, choices: dict[str, str]) -> None:
    broken = definition.engine.rules_broken_by(choices)
    if broken:
        language = get_language() or "en"
        sentences = [definition.sentences[rule].of(language) for rule in broken]
        raise ForbiddenCombination(" ".join(sentences), rules=list(broken))


def _visible(character: str) -> str:
    shown = character.isprintable() and ord(character) not in engraving.INVISIBLE
    return character if shown else f"U+{ord(character):04X}"
