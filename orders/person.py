"""By what a visitor is known where an edition has a limit per person or a lobby."""

from secrets import token_urlsafe

from django.http import HttpRequest

from accounts.models import User
from editions.lobby_selectors import lobby_of
from editions.models import Edition
from editions.person_limit import holder
from orders.services.place import account_holders

KEY = "person"
PLACES = "places"
"""In the session, by the edition's short name: the token of the place in line at which a piece is kept for her."""


def holders_of(request: HttpRequest, edition: Edition, *, always: bool = False) -> tuple[str, ...]:
    """The digests of the browser's session and the account; none, and nothing kept, where it does not matter who it is.

    The session's name for its visitor outlasts signing in, which renews the session's key. In a waiting list it
    `always` matters.
    """
    if not always and edition.per_person is None and lobby_of(edition) is None:
        return ()
    if KEY not in request.session:
        request.session[KEY] = token_urlsafe(20)
    return known_holders(request)


def known_holders(request: HttpRequest) -> tuple[str, ...]:
    """The same for a visitor who only looks: nothing is kept for her."""
    session = (holder("session", request.session[KEY]),) if KEY in request.session else ()
    return (*session, *account_holders(request.user if isinstance(request.user, User) else None))
