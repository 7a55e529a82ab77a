"""From a quote to a held piece."""

from datetime import datetime

from django.db import transaction

from editions.contracts import Offer
from editions.models import Edition, Hold
from editions.services import Wish, hold_piece
from editions.shipping import check_destination
from orders.services.pay import withdraw_for_change


def hold_design(
    *, edition: Edition, offer: Offer, now: datetime, wish: Wish | None = None, destination: str = ""
) -> Hold:
    """Hold a piece of a design. The unpaid order of the hold that it replaces is cancelled.

    `destination` is the country that stands in the form, if one does. Raises DestinationChanged and what `hold_piece`
    raises; then nothing is written, and the earlier order stands.
    """
    check_destination(edition=edition, quoted=offer.destination, said=destination)
    if not (wish and wish.replaces):
        return hold_piece(edition=edition, offer=offer, now=now, wish=wish)
    with transaction.atomic():
        withdraw_for_change(hold_token=wish.replaces, now=now)
        return hold_piece(edition=edition, offer=offer, now=now, wish=wish)
