"""Archiving: an edition that sells nothing any more leaves the shop window and keeps its address."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.problems import Problem
from editions import locks
from editions.models import Edition
from editions.selectors import availability


class StillSelling(Problem):
    """The edition is not over: something can still be had, or it has not opened yet."""

    code = "still_selling"
    status = 409


@transaction.atomic
def archive_edition(*, edition_id: int, now: datetime) -> bool:
    """Archive an edition that is closed or sold out, for good; says whether this call did it. Raises StillSelling."""
    edition = locks.lock_edition(edition_id)
    if edition.archived_at is not None:
        return False
    to_come = now < edition.opens_at
    if to_come or (edition.is_open(now) and availability(edition, now).state != "sold_out"):
        raise StillSelling(
            _("%(edition)s still sells: only a closed or a sold-out edition is archived.") % {"edition": edition}
        )
    Edition.objects.filter(pk=edition.pk).update(archived_at=now)
    return True
