"""Sentences that explain imported rules, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from configurator.uvl.model import Feature

Texts = dict[str, str]

FIRST_SYLLABLE, FINALS = 0xAC00, 28
DIGITS_WITH_FINAL = "013678"


def names_of(feature: Feature) -> Texts:
    """The feature's name in both languages: from `name_ko` and `name_en`, else the feature's own."""
    own = {language: feature.attributes.get(f"name_{language}") for language in ("ko", "en")}
    return {language: text if isinstance(text, str) and text else feature.name for language, text in own.items()}


def exists_only_with(parent: Texts) -> Texts:
    return {
        "ko": f"‘{parent['ko']}’{_object(parent['ko'])} 골라야 고를 수 있어요.",
        "en": f"There is a choice only with “{parent['en']}”.",
    }


def at_least_one(options: Sequence[Texts], parent: Texts | None) -> Texts:
    """One of the options is needed; with a parent, while that is chosen."""
    if parent:
        return needs([parent], options)
    if len(options) == 1:
        return {
            "ko": f"‘{options[0]['ko']}’{_topic(options[0]['ko'])} 꼭 골라야 해요.",
            "en": f"“{options[0]['en']}” must be chosen.",
        }
    return {
        "ko": f"{_korean(options)} 가운데 하나는 꼭 골라야 해요.",
        "en": f"At least one of {_english(options, 'and')} must be chosen.",
    }


def needs(causes: Sequence[Texts], options: Sequence[Texts]) -> Texts:
    """All causes together need one of the options."""
    last = options[-1]["ko"]
    wanted = f"{_korean(options)} 가운데 하나를" if len(options) > 1 else f"‘{last}’도"
    verb = "needs" if len(causes) == 1 else "together need"
    return {
        "ko": f"{_chosen(causes)} {wanted} 골라야 해요.",
        "en": f"{_english(causes, 'and')} {verb} {_english(options, 'or')}.",
    }


def excludes(causes: Sequence[Texts], forbidden: Texts) -> Texts:
    """The causes together forbid an option; without causes it is never to be had."""
    name = forbidden["ko"]
    if not causes:
        return {"ko": f"‘{name}’{_topic(name)} 고를 수 없어요.", "en": f"“{forbidden['en']}” cannot be chosen."}
    return {
        "ko": f"{_chosen(causes)} ‘{name}’{_topic(name)} 고를 수 없어요.",
        "en": f"{_english(causes, 'and')} cannot be combined with “{forbidden['en']}”.",
    }


def with_and_without(name: Texts) -> tuple[Texts, Texts]:
    """The names of the two options of an optional feature."""
    return (
        {"ko": f"{name['ko']} 있음", "en": f"With {name['en']}"},
        {"ko": f"{name['ko']} 없음", "en": f"Without {name['en']}"},
    )


def _chosen(causes: Sequence[Texts]) -> str:
    together = "함께 " if len(causes) > 1 else ""
    return f"{_korean(causes)}{_object(causes[-1]['ko'])} {together}고르면"


def _korean(names: Sequence[Texts]) -> str:
    return ", ".join(f"‘{name['ko']}’" for name in names)


def _english(names: Sequence[Texts], conjunction: str) -> str:
    quoted = [f"“{name['en']}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {conjunction} {quoted[-1]}"


def _object(word: str) -> str:
    return _particle(word, "을", "를")


def _topic(word: str) -> str:
    return _particle(word, "은", "는")


def _particle(word: str, closed: str, open_: str) -> str:
    """The particle that the word's last sound asks for; both where it is written in other letters."""
    last = word[-1:]
    if "가" <= last <= "힣":
        return closed if (ord(last) - FIRST_SYLLABLE) % FINALS else open_
    if last.isascii() and last.isdigit():
        return closed if last in DIGITS_WITH_FINAL else open_
    return f"{closed}({open_})"
