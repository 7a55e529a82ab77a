"""A draw that anyone can repeat: who chooses first on an opening day, when, and with what odds.

Nothing here knows Django. `docs/verifying-a-draw.md` says the same for whoever wants to check a draw.
"""

from editions.draw.admission import admitted_at, places_admitted
from editions.draw.lot import FORMAT, SEED_BYTES, Terms, commitment, digest, drawn_order, list_file, order_file
from editions.draw.odds import Odds, odds_at_place, odds_before_the_draw

__all__ = [
    "FORMAT",
    "SEED_BYTES",
    "Odds",
    "Terms",
    "admitted_at",
    "commitment",
    "digest",
    "drawn_order",
    "list_file",
    "odds_at_place",
    "odds_before_the_draw",
    "order_file",
    "places_admitted",
]
