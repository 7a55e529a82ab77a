"""Frozen data of this app: what a quote promises, and behind which queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from editions.contracts import Offer
from factory_sim.plant_queue import PlantQueue


@dataclass(frozen=True)
class Quote:
    """An offer for one edition, signed and short-lived. Only `token` goes to a client and comes back."""

    edition: str
    offer: Offer
    token: str
    expires_at: datetime
    queue: PlantQueue = field(repr=False, compare=False)
