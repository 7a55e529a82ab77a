"""Beginning, editing and discarding drafts. Every change is noted with who made it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from configurator.drafting import (
    LARGEST,
    UnknownPlace,
    as_data,
    differences,
    shape_findings,
    with_changes,
    write_json,
)
from configurator.models import Draft, DraftChange, Product, ProductVersion
from configurator.selectors import definition_of
from core.problems import Problem


class StaleDraft(Problem):
    """Somebody else has changed the draft since it was shown; `revision` is the one that there is now."""

    code = "stale_draft"
    status = 409


class DraftIsClosed(Problem):
    """The draft was published or discarded."""

    code = "draft_is_closed"
    status = 409


class NoSuchPart(Problem):
    """A change names something that is not in the draft any more."""

    code = "no_such_part"
    status = 409


class UnfitContent(Problem):
    """The data has not the shape of a product definition; `findings` say where."""

    code = "unfit_content"
    status = 422


class ProductExists(Problem):
    """A draft from nothing is for a product that there is not yet."""

    code = "product_exists"
    status = 409


@transaction.atomic
def start_draft(*, slug: str, plant: str, actor: User, now: datetime) -> Draft:
    """A draft of a new product, with nothing in it; raises ProductExists."""
    if Product.objects.filter(slug=slug, versions__isnull=False).exists():
        raise ProductExists(
            _("There is a product “%(slug)s” already: begin from one of its versions.") % {"slug": slug}, field="slug"
        )
    content = {"schema_version": 1, "slug": slug, "plant": plant}
    return begin(slug=slug, content=content, based_on=None, origin="", actor=actor, now=now)


@transaction.atomic
def start_draft_from(*, version_id: int, actor: User, now: datetime) -> Draft:
    """A draft that begins as a published version."""
    version = ProductVersion.objects.select_related("product").get(pk=version_id)
    content = as_data(definition_of(version))
    return begin(slug=version.product.slug, content=content, based_on=version, origin=version.key, actor=actor, now=now)


def edit_draft(
    *, draft_id: int, changes: Mapping[str, Any], expected_revision: int, actor: User, now: datetime
) -> Draft:
    """Set values by place (None takes away, `…@order` sorts a list), and note each that differs.

    Raises StaleDraft, DraftIsClosed, NoSuchPart and UnfitContent.
    """
    with transaction.atomic():
        draft = lock_open_draft(draft_id, expected_revision)
        try:
            content = with_changes(draft.content, changes)
        except UnknownPlace as error:
            raise NoSuchPart(_("This part is not in the draft any more. Nothing was changed.")) from error
        return store(draft, content, actor, now)


def replace_content(
    *, draft_id: int, content: dict[str, Any], expected_revision: int, actor: User, now: datetime
) -> Draft:
    """Put other data in a draft's place; what differs is noted one by one. Raises as `edit_draft`."""
    with transaction.atomic():
        draft = lock_open_draft(draft_id, expected_revision)
        return store(draft, content, actor, now)


@transaction.atomic
def discard_draft(*, draft_id: int, expected_revision: int, actor: User, now: datetime) -> None:
    """Close a draft without publishing it; it stays readable."""
    draft = lock_open_draft(draft_id, expected_revision)
    Draft.objects.filter(pk=draft.pk).update(discarded_at=now, updated_at=now, updated_by=actor)
    note_stage(draft, "discarded", None, actor, now)


def begin(
    *, slug: str, content: dict[str, Any], based_on: ProductVersion | None, origin: str, actor: User, now: datetime
) -> Draft:
    """A new draft with this content; `origin` is the version or the file that it comes from."""
    _check_shape(content, slug)
    people = {"created_at": now, "created_by": actor, "updated_at": now, "updated_by": actor}
    draft = Draft.objects.create(slug=slug, content=content, based_on=based_on, **people)
    note_stage(draft, "begun", {"from": origin} if origin else None, actor, now)
    return draft


def lock_open_draft(draft_id: int, expected_revision: int) -> Draft:
    """The draft, locked until the end of the transaction; raises DraftIsClosed and StaleDraft."""
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if not draft.is_open:
        raise DraftIsClosed(_("This draft was published or discarded; it changes no more."))
    if draft.revision != expected_revision:
        raise StaleDraft(
            _("%(person)s has changed this draft in the meantime. What you typed is still here; it is not saved yet.")
            % {"person": draft.updated_by},
            revision=draft.revision,
        )
    return draft


def store(draft: Draft, content: dict[str, Any], actor: User, now: datetime) -> Draft:
    """Write the content of a locked draft and a row for every difference; nothing when there is none."""
    _check_shape(content, draft.slug)
    found = list(differences(draft.content, content))
    if not found:
        return draft
    draft.content, draft.revision, draft.updated_at, draft.updated_by = content, draft.revision + 1, now, actor
    draft.save(update_fields=["content", "revision", "updated_at", "updated_by"])
    rows = {"draft": draft, "revision": draft.revision, "actor": actor, "at": now}
    DraftChange.objects.bulk_create(
        DraftChange(path=each.place, before=each.before, after=each.after, **rows) for each in found
    )
    return draft


def note_stage(draft: Draft, stage: str, after: Any, actor: User, now: datetime) -> None:
    DraftChange.objects.create(
        draft=draft, revision=draft.revision, actor=actor, at=now, path=f"@{stage}", before=None, after=after
    )


def _check_shape(content: dict[str, Any], slug: str) -> None:
    findings = shape_findings(content)
    if findings:
        raise UnfitContent(_("This has not the shape of a product definition."), findings=findings)
    if content.get("slug") != slug:
        raise UnfitContent(
            _("This is of the product “%(other)s”, and the draft of “%(slug)s”.")
            % {"other": content.get("slug"), "slug": slug},
            findings=(),
        )
    if len(write_json(content)) > LARGEST:
        raise UnfitContent(_("This is larger than a product definition may be."), findings=())
