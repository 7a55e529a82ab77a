"""Whose designs: those of an account, and those that a browser saved while nobody was signed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from configurator.models import Design


@dataclass(frozen=True)
class Shelf:
    """One person's designs. `codes` are those that the browser's session remembers."""

    user: User | None = None
    codes: tuple[str, ...] = ()

    def owns(self, design: Design) -> bool:
        if design.author_id is not None:
            return self.user is not None and self.user.pk == design.author_id
        return design.code in self.codes

    def designs(self) -> QuerySet[Design]:
        """All of them, also those that were taken off the list."""
        mine = Q(author=None, code__in=self.codes)
        return Design.objects.filter(mine | Q(author=self.user) if self.user else mine)

    def listed(self) -> QuerySet[Design]:
        """Those on the list, the newest first, with what a page needs."""
        found = self.designs().filter(unlisted_at=None).select_related("version__product", "parent")
        return found.order_by("-created_at", "-pk")
