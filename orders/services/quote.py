"""The quote: is the design possible, what does it cost, when is it ready. Signed, so that it can come back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from configurator.artwork_service import note_use
from configurator.artwork_session import NOBODY, Uploader
from configurator.configuration import Configuration
from configurator.selectors import definition_of
from configurator.validation import checked_configuration
from core.metrics import counted
from core.problems import Problem
from editions.contracts import Offer
from editions.models import Edition
from editions.pricing import Breakdown
from editions.selectors import current_price
from editions.shipping import delivery_to
from factory_sim.plant_queue import PlantQueue
from orders.contracts import Quote
from orders.selectors import queue_for
from orders.work_ahead import work_of

SALT = "orders.quote"
LIFETIME = timedelta(minutes=10)


class QuoteExpired(Problem):
    """The quote is older than its lifetime."""

    code = "quote_expired"
    status = 410


class ForgedQuote(Problem):
    """The quote is not one of ours, or not for this edition."""

    code = "invalid_quote"
    status = 400


def make_quote(
    *, edition: Edition, data: Mapping[str, Any], now: datetime, uploader: Uploader = NOBODY, destination: str = ""
) -> Quote:
    """Validate a configuration (`version`, `choices`, `engraving`, `artwork`), price it with its shipping to a country
    (the edition's own without one) and promise a date.

    A picture is priced only for its `uploader`. Raises ArtworkNotYours and what `make_offer` raises.
    """
    offer, queue = _offer(edition, data, now, destination)
    placement = offer.configuration.artwork
    uploader.check(placement)
    if placement:
        # Until the quote has become an order, nothing else keeps the picture from the sweep.
        note_use(sha256=placement.artwork, now=now)
    token = _sign(edition.slug, offer)
    return Quote(edition=edition.slug, offer=offer, token=token, expires_at=now + LIFETIME, queue=queue)


def make_offer(*, edition: Edition, data: Mapping[str, Any], now: datetime, destination: str = "") -> Offer:
    """What a design costs and when it would be ready, whoever asks.

    Raises the Problems of configurator.validation, and NotDeliveredThere.
    """
    return _offer(edition, data, now, destination)[0]


def _offer(edition: Edition, data: Mapping[str, Any], now: datetime, destination: str) -> tuple[Offer, PlantQueue]:
    """The offer, and the queue that it is promised behind."""
    delivery = delivery_to(edition, destination)
    definition = definition_of(edition.version)
    configuration = checked_configuration(definition, data, expected_version=edition.version.key)
    queue = queue_for(edition.version, now)
    (promise,) = queue.promises([work_of(edition.version_id, configuration)])
    offer = Offer(
        configuration=configuration,
        price=current_price(edition, definition, configuration, delivery.lines),
        likely_at=promise.likely_at,
        safe_at=promise.safe_at,
        destination=delivery.country,
    )
    return offer, queue


@counted("quote")
def read_quote(token: str, *, edition: Edition) -> Offer:
    """The offer in a quote that a client sends back; raises QuoteExpired or ForgedQuote."""
    try:
        data = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except signing.SignatureExpired:
        raise QuoteExpired(_("This price was valid for ten minutes. Please look at the current one.")) from None
    except signing.BadSignature:
        raise ForgedQuote(_("This price did not come from this shop. Please look at the current one.")) from None
    if data["edition"] != edition.slug:
        raise ForgedQuote(_("This price belongs to another edition."))
    return Offer(
        configuration=Configuration.from_json(data["configuration"]),
        price=Breakdown.from_json(data["price"]),
        likely_at=datetime.fromisoformat(data["likely_at"]),
        safe_at=datetime.fromisoformat(data["safe_at"]),
        destination=data["destination"],
    )


def _sign(edition: str, offer: Offer) -> str:
    data = {
        "edition": edition,
        "configuration": offer.configuration.as_json(),
        "price": offer.price.as_json(),
        "likely_at": offer.likely_at.isoformat(),
        "safe_at": offer.safe_at.isoformat(),
        "destination": offer.destination,
    }
    return signing.dumps(data, salt=SALT, compress=True)
