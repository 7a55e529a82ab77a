"""What became of a design on another version of its product, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from configurator.definition import ProductDefinition
from configurator.migrate import Change, Kind
from editions.models import Edition


class _Words:
    """The names of groups, options and prices, before and after."""

    def __init__(self, old: ProductDefinition, new: ProductDefinition, edition: Edition, language: str) -> None:
        self.old, self.new, self.edition, self.language = old, new, edition, language

    def group(self, change: Change) -> str:
        has_it = any(group.id == change.group for group in self.new.groups)
        return (self.new if has_it else self.old).group(change.group).name.of(self.language)

    def before(self, change: Change) -> str:
        return self.old.option(change.group, change.before).name.of(self.language)

    def after(self, change: Change) -> str:
        return self.new.option(change.group, change.after).name.of(self.language)

    def rules(self, change: Change) -> str:
        return " ".join(self.new.sentences[rule].of(self.language) for rule in change.rules)

    def money(self, minor: int) -> str:
        return self.edition.money(minor).format(self.language)


def present_changes(
    changes: Iterable[Change], old: ProductDefinition, new: ProductDefinition, edition: Edition, language: str
) -> list[str]:
    """One sentence for each change, in the reader's language. Prices are in the edition's currency."""
    words = _Words(old, new, edition, language)
    return [_SENTENCES[change.kind](change, words) for change in changes]


def _option_gone(change: Change, words: _Words) -> str:
    names = {"group": words.group(change), "before": words.before(change), "after": words.after(change)}
    return _("%(group)s: “%(before)s” is no longer made. Now “%(after)s”.") % names


def _rule(change: Change, words: _Words) -> str:
    names = {"group": words.group(change), "before": words.before(change), "after": words.after(change)}
    return _("%(group)s: “%(before)s” became “%(after)s”. %(reason)s") % {**names, "reason": words.rules(change)}


def _group_gone(change: Change, words: _Words) -> str:
    names = {"group": words.group(change), "before": words.before(change)}
    return _("%(group)s (“%(before)s”) is no longer to be chosen.") % names


def _group_absent(change: Change, words: _Words) -> str:
    names = {"group": words.group(change), "before": words.before(change)}
    sentence = words.new.group(change.group).sentence
    reason = sentence.of(words.language) if sentence else ""
    return _("%(group)s (“%(before)s”) falls away. %(reason)s") % {**names, "reason": reason}


def _group_new(change: Change, words: _Words) -> str:
    return _("%(group)s is new: “%(after)s”.") % {"group": words.group(change), "after": words.after(change)}


def _engraving_gone(change: Change, words: _Words) -> str:
    return _("The text “%(text)s” is left out. %(reason)s") % {"text": change.before, "reason": change.reason}


def _font_gone(change: Change, words: _Words) -> str:
    return _("The typeface of the text is no longer offered; it is cut in the usual one.")


def _artwork_gone(change: Change, words: _Words) -> str:
    reason = change.reason or _("The printed area is another one now.")
    return _("Your picture is left out. %(reason)s") % {"reason": reason}


def _renamed(change: Change, words: _Words) -> str:
    names = {"group": words.group(change), "before": words.before(change), "after": words.after(change)}
    return _("%(group)s: “%(before)s” is called “%(after)s” now.") % names


def _colour(change: Change, words: _Words) -> str:
    names = {"group": words.group(change), "after": words.after(change)}
    return _("%(group)s: “%(after)s” looks slightly different, as the pictures show.") % names


def _price(change: Change, words: _Words) -> str:
    before = words.old.option(change.group, change.before).price
    after = words.new.option(change.group, change.after).price
    names = {"group": words.group(change), "after": words.after(change)}
    prices = {"old": words.money(before), "new": words.money(after)}
    return _("%(group)s: “%(after)s” adds %(new)s instead of %(old)s.") % {**names, **prices}


def _engraving_price(change: Change, words: _Words) -> str:
    prices = {"old": words.money(words.old.engraving.price), "new": words.money(words.new.engraving.price)}
    return _("The text adds %(new)s instead of %(old)s.") % prices


def _artwork_price(change: Change, words: _Words) -> str:
    old, new = words.old.artwork, words.new.artwork
    prices = {"old": words.money(old.price if old else 0), "new": words.money(new.price if new else 0)}
    return _("The printed picture adds %(new)s instead of %(old)s.") % prices


_SENTENCES: dict[Kind, Callable[[Change, _Words], str]] = {
    Kind.OPTION_GONE: _option_gone,
    Kind.RULE: _rule,
    Kind.GROUP_GONE: _group_gone,
    Kind.GROUP_ABSENT: _group_absent,
    Kind.GROUP_NEW: _group_new,
    Kind.ENGRAVING_GONE: _engraving_gone,
    Kind.FONT_GONE: _font_gone,
    Kind.ARTWORK_GONE: _artwork_gone,
    Kind.RENAMED: _renamed,
    Kind.COLOUR: _colour,
    Kind.PRICE: _price,
    Kind.ENGRAVING_PRICE: _engraving_price,
    Kind.ARTWORK_PRICE: _artwork_price,
}
