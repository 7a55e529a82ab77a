"""Where a piece of an edition goes, and what is refused because it goes nowhere near."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.problems import Problem
from editions.contracts import Delivery
from editions.models import Edition
from editions.pricing import zone_of


class NotDeliveredThere(Problem):
    """The country lies outside all zones of the edition; `countries` are those to which it goes."""

    code = "not_delivered_there"
    status = 422


def home_delivery(edition: Edition) -> Delivery:
    """To the first country of the edition's own zone, where nobody has said anything else."""
    zone = next(iter(edition.zones), None)
    return Delivery(zone.countries[0], zone) if zone else Delivery()


def delivery_to(edition: Edition, country: str) -> Delivery:
    """To a country, or home without one; raises NotDeliveredThere. Without zones it makes no difference."""
    if not country or not edition.zones:
        return home_delivery(edition)
    zone = zone_of(edition.zones, country)
    if zone is None:
        language = get_language() or "en"
        raise NotDeliveredThere(
            _("This edition is not delivered there. It goes to: %(zones)s. Nothing was held or charged.")
            % {"zones": ", ".join(each.name(language) for each in edition.zones)},
            field="destination",
            countries=[each for known in edition.zones for each in known.countries],
        )
    return Delivery(country, zone)


class DestinationChanged(Problem):
    """The price was made for another country than the one that is asked for now."""

    code = "destination_changed"
    status = 409


def check_destination(*, edition: Edition, quoted: str, said: str) -> None:
    """Raise DestinationChanged when a country is said that is not the one of the price, or NotDeliveredThere."""
    if said and delivery_to(edition, said).country != quoted:
        raise DestinationChanged(
            _("The destination has changed since this price was shown. This is the price now: please confirm."),
            field="destination",
        )
