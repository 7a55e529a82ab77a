"""Frozen data of this app: what a quote promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from editions.contracts import Offer


@dataclass(frozen=True)
class Quote:
    """An offer for one edition, signed and short-lived. Only `token` goes to a client and comes back."""

    edition: str
    offer: Offer
    token: str
    expires_at: datetime
