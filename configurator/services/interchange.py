"""Definitions as JSON files: what is exported and imported again is exported as the same bytes."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import User
from configurator.drafting import Unreadable, as_data, read_json, write_json
from configurator.models import Draft, ProductVersion
from configurator.selectors import definition_of, newest_version
from configurator.services.drafts import begin, replace_content
from core.problems import Problem

SENTENCES = {
    "too_large": gettext_lazy("This file is larger than a product definition may be."),
    "not_utf8": gettext_lazy("This file is not text in UTF-8."),
    "not_json": gettext_lazy("This file is not JSON that can be read: %(detail)s"),
    "not_an_object": gettext_lazy("This file is JSON, but not an object."),
}


class UnreadableFile(Problem):
    """The file is no JSON of a product definition."""

    code = "unreadable_file"
    status = 422


def version_json(version: ProductVersion) -> bytes:
    """A published version as a file, without what is as usual."""
    return write_json(as_data(definition_of(version)))


def draft_json(draft: Draft) -> bytes:
    """A draft as a file, whatever state it is in."""
    return write_json(draft.content)


def import_json(*, raw: bytes, name: str, actor: User, now: datetime) -> Draft:
    """A new draft with the content of a file called `name`; raises UnreadableFile and UnfitContent."""
    return import_content(content=_read(raw), name=name, actor=actor, now=now)


def import_json_into(*, draft_id: int, raw: bytes, expected_revision: int, actor: User, now: datetime) -> Draft:
    """Put a file's content in a draft's place; raises UnreadableFile and as `replace_content`."""
    content = _read(raw)
    return replace_content(
        draft_id=draft_id, content=content, expected_revision=expected_revision, actor=actor, now=now
    )


@transaction.atomic
def import_content(*, content: dict[str, Any], name: str, actor: User, now: datetime) -> Draft:
    """A new draft with data from elsewhere, based on the newest version of its product; raises UnfitContent."""
    slug = str(content.get("slug", ""))
    return begin(slug=slug, content=content, based_on=newest_version(slug), origin=name, actor=actor, now=now)


def _read(raw: bytes) -> dict[str, Any]:
    try:
        return read_json(raw)
    except Unreadable as error:
        raise UnreadableFile(SENTENCES[error.code] % {"detail": error.detail}, field="file") from error
