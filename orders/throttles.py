"""Limits per client address; the rates stand in settings."""

from typing import Any

from django.utils.translation import gettext as _

from core.http import AddressThrottle
from core.problems import Problem
from editions.person_limit import holder


class TooManyLetters(Problem):
    """Enough letters were sent to an address for now."""

    code = "too_many_letters"
    status = 429
    passing = True


class QuoteThrottle(AddressThrottle):
    scope = "quote"


class HoldThrottle(AddressThrottle):
    scope = "hold"


class ChangeThrottle(AddressThrottle):
    """Changing and cancelling orders."""

    scope = "change"


class DesignThrottle(AddressThrottle):
    """Saving designs."""

    scope = "design"


class LookUpThrottle(AddressThrottle):
    """Opening designs by their codes: nobody tries them all."""

    scope = "lookup"


class OrderThrottle(AddressThrottle):
    scope = "order"


class AppealThrottle(AddressThrottle):
    scope = "appeal"


class LedgerThrottle(AddressThrottle):
    """Pages and files of price ledgers and draws."""

    scope = "ledger"


class LobbyThrottle(AddressThrottle):
    """Coming into a lobby."""

    scope = "lobby"


class StandingThrottle(AddressThrottle):
    """What is left of an edition, asked again and again by pages that have no stream."""

    scope = "standing"


class PromisesThrottle(AddressThrottle):
    """How promises were kept: a thousand rows each."""

    scope = "promises"


class WaitingThrottle(AddressThrottle):
    """Joining and leaving a waiting list."""

    scope = "waiting"


class WaitingLetterThrottle(AddressThrottle):
    """Letters to one e-mail address that somebody typed, from wherever."""

    scope = "waiting_letter"

    def __init__(self, email: str) -> None:
        super().__init__()
        self.email = email

    def get_ident(self, request: Any) -> str:
        return holder("address", self.email)


def check_letters(request: Any, email: str) -> None:
    """Count a letter to an address; raise TooManyLetters beyond the rate."""
    if not WaitingLetterThrottle(email).allow_request(request, None):  # type: ignore[arg-type]
        raise TooManyLetters(_("We have written to this address several times. Please look there, or wait an hour."))
