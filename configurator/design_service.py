"""Saving designs, naming them, taking them over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from configurator.codes import new_code
from configurator.configuration import Configuration, normalise_text
from configurator.models import LONGEST_NAME, Design, ProductVersion
from configurator.selectors import definition_of
from configurator.shelf import Shelf
from configurator.validation import checked_configuration
from core.problems import Problem

MOST_WITHOUT_ACCOUNT = 200
CODE_ATTEMPTS = 5
ZERO_WIDTH_JOINER = "\u200d"


class NameTooLong(Problem):
    """A design's name has more characters than are kept."""

    code = "name_too_long"
    status = 422


class UnprintableName(Problem):
    """A design's name has control characters."""

    code = "unprintable_name"
    status = 422


class ShelfFull(Problem):
    """A browser without an account remembers no more designs."""

    code = "too_many_designs"
    status = 409


class NoFreeCode(Exception):
    """Several new codes in a row were taken: the codes are used up, or not random."""


@dataclass(frozen=True)
class NewDesign:
    """A design to be saved: `data` is the configuration as a client sends it, `made_for` the edition's slug."""

    version: ProductVersion
    data: Mapping[str, Any]
    made_for: str
    parent: Design | None = None
    name: str = ""


@transaction.atomic
def save_design(*, draft: NewDesign, shelf: Shelf, now: datetime) -> tuple[Design, bool]:
    """Save a design that can be made, and say whether it is new: the same one, saved again, is the same row.

    Raises the Problems of configurator.validation, NameTooLong, UnprintableName, or ShelfFull.
    """
    definition = definition_of(draft.version)
    configuration = checked_configuration(definition, draft.data, expected_version=draft.version.key)
    name = checked_name(draft.name)
    if shelf.user:
        # A form that was sent twice waits here, and then finds what it has saved.
        User.objects.select_for_update().get(pk=shelf.user.pk)
    found = _saved_before(shelf, configuration, draft.parent)
    if found:
        return _put_back(found, name), False
    if shelf.user is None and len(shelf.codes) >= MOST_WITHOUT_ACCOUNT:
        raise ShelfFull(
            _("This browser remembers %(count)d designs already. Sign in to keep more.")
            % {"count": MOST_WITHOUT_ACCOUNT}
        )
    return _create(draft, configuration, name=name, author=shelf.user, created_at=now), True


@transaction.atomic
def claim_designs(*, codes: Iterable[str], user: User, now: datetime) -> int:
    """Give an account the designs that its browser saved before, and count them; never one that has an author."""
    return Design.objects.filter(code__in=list(codes), author=None).update(author=user, claimed_at=now)


@transaction.atomic
def rename_design(*, code: str, shelf: Shelf, name: str) -> None:
    """Name a design. Raises Design.DoesNotExist when it is not the person's own, NameTooLong, UnprintableName."""
    if not shelf.designs().filter(code=code).update(name=checked_name(name)):
        raise Design.DoesNotExist(code)


@transaction.atomic
def unlist_design(*, code: str, shelf: Shelf, now: datetime) -> None:
    """Take a design off its owner's list; its address keeps working. Raises Design.DoesNotExist as above."""
    if not shelf.designs().filter(code=code).update(unlisted_at=now):
        raise Design.DoesNotExist(code)


def checked_name(raw: str) -> str:
    """The name in its one spelling, or the Problem that it has."""
    # Before anything looks at it: normalising costs time that grows with the text.
    name = normalise_text(raw) if len(raw) <= 4 * LONGEST_NAME else raw
    if len(name) > LONGEST_NAME:
        raise NameTooLong(_("A name has at most %(longest)d characters.") % {"longest": LONGEST_NAME}, field="name")
    if not all(character.isprintable() or character == ZERO_WIDTH_JOINER for character in name):
        raise UnprintableName(_("The name has characters that cannot be seen. Please type it once more."), field="name")
    return name


def _saved_before(shelf: Shelf, configuration: Configuration, parent: Design | None) -> Design | None:
    """The same design of the same person: started from the same one, or that very one, unchanged."""
    origin = Q(parent=parent) | Q(pk=parent.pk) if parent else Q(parent=None)
    return shelf.designs().filter(origin, fingerprint=configuration.fingerprint).order_by("pk").first()


def _put_back(design: Design, name: str) -> Design:
    design.unlisted_at = None
    design.name = name or design.name
    design.save(update_fields=["unlisted_at", "name"])
    return design


def _create(draft: NewDesign, configuration: Configuration, **columns: Any) -> Design:
    columns |= {
        "version": draft.version,
        "configuration_json": configuration.as_json(),
        "fingerprint": configuration.fingerprint,
        "choices_key": configuration.choices_key,
        "parent": draft.parent,
        "made_for": draft.made_for,
    }
    for _attempt in range(CODE_ATTEMPTS):
        # The constraint decides which of two equal codes is new; the other one tries again.
        design, is_new = Design.objects.get_or_create(code=new_code(), defaults=columns)
        if is_new:
            return design
    raise NoFreeCode
