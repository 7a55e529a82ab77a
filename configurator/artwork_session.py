"""Who may have a picture printed: the account that sent it, or the browser's session."""

from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from configurator.artwork_check import ArtworkNotYours
from configurator.configuration import Placement
from configurator.models import Artwork

KEY = "artworks"
MOST_REMEMBERED = 30


@dataclass(frozen=True)
class Uploader:
    """A visitor's pictures: those of her session, and those of her account if she has one."""

    artworks: frozenset[str] = frozenset()
    account: User | None = None

    def sent(self, sha256: str) -> bool:
        """Whether she has sent this picture herself."""
        if sha256 in self.artworks:
            return True
        account = self.account
        return account is not None and Artwork.objects.filter(sha256=sha256, uploaders=account).exists()

    def check(self, placement: Placement | None) -> None:
        """Raise ArtworkNotYours when the placed picture was sent by somebody else."""
        if placement and not self.sent(placement.artwork):
            raise ArtworkNotYours(
                _("The picture on this piece was sent by somebody else. Please choose one of your own, or remove it."),
                field="artwork",
            )


NOBODY = Uploader()


def uploader_of(request: HttpRequest | Any) -> Uploader:
    """The visitor behind a request (Django's or the API's)."""
    account = request.user if isinstance(request.user, User) else None
    return Uploader(frozenset(request.session.get(KEY, [])), account)


def remember_artwork(session: SessionBase, sha256: str) -> None:
    """This session has sent the picture; the latest thirty are remembered."""
    earlier = [each for each in session.get(KEY, []) if each != sha256]
    session[KEY] = [*earlier, sha256][-MOST_REMEMBERED:]
