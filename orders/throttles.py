"""Limits per client address; the rates stand in settings."""

from core.http import AddressThrottle


class QuoteThrottle(AddressThrottle):
    scope = "quote"


class HoldThrottle(AddressThrottle):
    scope = "hold"


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
