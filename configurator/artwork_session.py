"""Who may have a picture printed: the account that sent it, or the browser's session."""

from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.models import User
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


NOBODY = Uploader()


def uploader_of(request: HttpRequest | Any) -> Uploader:
    """The visitor behind a request (Django's or the API's)."""
    account = request.user if isinstance(request.user, User) else None
    return Uploader(frozenset(request.session.get(KEY, [])), account)


def remember_artwork(session: SessionBase, sha256: str) -> None:
    """This session has sent the picture; the latest thirty are remembered."""
    earlier = [each for each in session.get(KEY, []) if each != sha256]
    session[KEY] = [*earlier, sha256][-MOST_REMEMBERED:]
