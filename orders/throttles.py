"""Limits per client address; the rates stand in settings."""

from core.http import AddressThrottle


class QuoteThrottle(AddressThrottle):
    scope = "quote"


class HoldThrottle(AddressThrottle):
    scope = "hold"


class OrderThrottle(AddressThrottle):
    scope = "order"


class AppealThrottle(AddressThrottle):
    scope = "appeal"
