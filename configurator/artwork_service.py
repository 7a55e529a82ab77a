"""Customers' pictures: kept once, whoever sends them, and removed when nobody uses them."""

import hashlib
import os
import tempfile
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from configurator.artwork.isolated import Prepared, prepare
from configurator.artwork.limits import Limits, Refused
from configurator.models import Artwork
from configurator.selectors import artwork_file
from core.problems import Problem

KEEP_UNUSED = timedelta(days=30)


class UnusablePicture(Problem):
    """The file is no picture that can be printed; `code` says why."""

    status = 422

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail, field="artwork")
        self.code = code


def limits() -> Limits:
    return Limits(file_bytes=settings.ARTWORK_BYTES)


def keep_artwork(*, content: bytes, account: User | None, now: datetime) -> Artwork:
    """Prepare and keep a picture; the same picture, sent again, is the same row. Raises UnusablePicture."""
    try:
        prepared = prepare(content, limits())
    except Refused as refusal:
        raise refused(refusal) from None
    return _keep(prepared, account, now)


def refused(refusal: Refused) -> UnusablePicture:
    """A refusal in words that help."""
    sentences = {
        "picture_too_large": _("This file is too large: pictures may have up to %(megabytes)d MB, drawings 1 MB.")
        % {"megabytes": settings.ARTWORK_BYTES // 1_000_000},
        "picture_unknown_kind": _(
            "This is not a picture that can be printed. Please send PNG, JPEG, WebP, HEIC or SVG."
        ),
        "picture_damaged": _(
            "This file is damaged or incomplete. Please save the picture once more and send it again."
        ),
        "picture_animated": _("This picture moves. Please send a still one."),
        "picture_too_many_pixels": _(
            "This picture has too many pixels. Please send a smaller copy; 3,000 across is plenty."
        ),
        "picture_too_small": _("This picture is too small to be printed: it needs at least 32 pixels each way."),
        "picture_too_complex": _("This picture is too intricate to be opened safely. Please save it as a PNG."),
        "svg_not_allowed": _(
            "This drawing has something in it that cannot be printed: %(what)s. Please turn texts into"
            " outlines, flatten effects, or save it as a PNG."
        )
        % {"what": refusal.what},
    }
    return UnusablePicture(refusal.reason, sentences[refusal.reason])


@transaction.atomic
def _keep(prepared: Prepared, account: User | None, now: datetime) -> Artwork:
    sha256 = hashlib.sha256(prepared.content).hexdigest()
    # Waits for `remove_unused`, where that is removing this very picture; then both row and file are made anew.
    artwork, is_new = Artwork.objects.select_for_update().get_or_create(
        sha256=sha256,
        defaults={
            "width": prepared.width,
            "height": prepared.height,
            "size": len(prepared.content),
            "kind": prepared.kind,
            "created_at": now,
            "used_on": now.date(),
        },
    )
    if not is_new:
        note_use(sha256=sha256, now=now)
    if account:
        artwork.uploaders.add(account)
    _write(artwork_file(sha256), prepared.content)
    return artwork


def note_use(*, sha256: str, now: datetime) -> None:
    """Somebody has use for a picture today; written once a day."""
    Artwork.objects.filter(sha256=sha256, used_on__lt=now.date()).update(used_on=now.date())


def remove_unused(*, kept: Collection[str], now: datetime) -> int:
    """Remove the pictures that nobody has used for a month; `kept` are those that must stay for ever.

    A quote notes the use, and a piece is held and ordered within the hour after it: what is removed here is not on
    its way into an order. Returns how many were removed.
    """
    old = Artwork.objects.filter(used_on__lt=(now - KEEP_UNUSED).date()).exclude(sha256__in=kept)
    return sum(_remove(pk, now) for pk in old.values_list("pk", flat=True))


@transaction.atomic
def _remove(pk: int, now: datetime) -> bool:
    artwork = Artwork.objects.select_for_update().filter(pk=pk, used_on__lt=(now - KEEP_UNUSED).date()).first()
    if artwork is None:
        return False
    file = artwork_file(artwork.sha256)
    artwork.delete()
    # Last, under the row's lock: a picture that is sent again meanwhile is written after this.
    file.unlink(missing_ok=True)
    return True


def _write(file: Path, content: bytes) -> None:
    """The whole file or none, whatever happens while it is written."""
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(file)
