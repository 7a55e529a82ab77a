"""Where a piece goes: the total that is shown is the total that is held, ordered, paid and entered, to the country."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils.translation import override

from editions.models import Edition, LedgerEntry
from editions.pricing import CurveCard, Line, Zone
from editions.services import PriceChanged, hold_piece
from editions.shipping import DestinationChanged, NotDeliveredThere
from orders.models import Order
from orders.options import OptionWords
from orders.services.hold import hold_design
from orders.services.notify import receipt_of, send_letter
from orders.services.place import Buyer, place_order
from orders.services.quote import make_quote, read_quote
from orders.services.suggest import NothingWithinBudget, suggest_choices
from orders.shipping_words import delivery_of, tax_text
from tests import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(now: datetime) -> Edition:
    return samples.open_edition(now=now, shipping=samples.ZONES)


@pytest.mark.parametrize(
    ("country", "zone", "amount"), [("", "kr", 3_500), ("JP", "asia", 14_000), ("US", "world", 26_000)]
)
def test_what_is_quoted_is_held_ordered_charged_and_entered(
    shipped: Edition, now: datetime, country: str, zone: str, amount: int
) -> None:
    quote = make_quote(edition=shipped, data=samples.design(shipped), now=now, destination=country)
    offer = read_quote(quote.token, edition=shipped)
    hold = hold_design(edition=shipped, offer=offer, now=now)
    order = place_order(hold_token=hold.token, buyer=Buyer("mina@example.com", "en"), now=now)

    assert offer == quote.offer
    assert offer.price.total == 58_000 + amount
    assert offer.price.shipping == Line("shipping", zone, amount)
    assert {hold.total, order.total, int(order.payments.get().total)} == {58_000 + amount}
    assert {offer.destination, hold.destination, order.destination} == {country or "KR"}
    items = list(order.payments.get().get_purchased_items())
    assert [int(item.price) for item in items] == [58_000, amount]


def test_the_ledger_has_the_zone_and_not_the_country_and_is_checked_with_the_orders(
    shipped: Edition, now: datetime
) -> None:
    order = samples.order_in_review(shipped, now=now, destination="TW")

    entry = shipped.ledger.get(kind="sale")
    assert entry.total == order.total == 58_000 + 5_000 + 14_000
    assert (entry.breakdown or {})["lines"][-1] == {"kind": "shipping", "key": "asia", "amount": 14_000}
    assert b"TW" not in entry.as_link().entry.canonical()
    assert (shipped.ledger.get(sequence=1).terms or {})["shipping"] == [zone.as_json() for zone in samples.ZONES]
    call_command("verify_ledger", shipped.slug, verbosity=0)


def test_an_edition_without_zones_is_as_it_was(edition: Edition, now: datetime) -> None:
    order = samples.order_in_review(edition, now=now, destination="JP")

    assert (order.total, order.destination, order.price.shipping) == (63_000, "", None)
    assert "shipping" not in (LedgerEntry.objects.get(sequence=1).terms or {})
    call_command("verify_ledger", edition.slug, verbosity=0)


def test_a_country_outside_all_zones_is_refused_before_anything_is_held(shipped: Edition, now: datetime) -> None:
    with samples.nothing_written(), pytest.raises(NotDeliveredThere) as refusal:
        make_quote(edition=shipped, data=samples.design(shipped), now=now, destination="BR")

    assert refusal.value.extra == {"field": "destination", "countries": ["KR", "JP", "TW", "US", "DE"]}
    assert "Korea, Asia, Rest of the world" in refusal.value.detail


def test_another_country_than_the_quoted_one_is_refused_at_the_hold_and_at_the_order(
    shipped: Edition, now: datetime
) -> None:
    offer = make_quote(edition=shipped, data=samples.design(shipped), now=now, destination="KR").offer
    hold = hold_design(edition=shipped, offer=offer, now=now, destination="KR")

    with samples.nothing_written():
        with pytest.raises(DestinationChanged):
            hold_design(edition=shipped, offer=offer, now=now, destination="JP")
        with pytest.raises(NotDeliveredThere):
            hold_design(edition=shipped, offer=offer, now=now, destination="BR")
        with pytest.raises(DestinationChanged):
            place_order(hold_token=hold.token, buyer=Buyer("mina@example.com", "en", destination="JP"), now=now)
    place_order(hold_token=hold.token, buyer=Buyer("mina@example.com", "en", destination="KR"), now=now)
    assert Order.objects.count() == 1


def test_a_price_that_rose_asks_again_with_shipping_in_both(now: datetime) -> None:
    shipped = samples.open_edition(now=now, shipping=samples.ZONES)
    offer = make_quote(edition=shipped, data=samples.design(shipped), now=now, destination="JP").offer
    for _ in range(3):
        samples.order_in_review(shipped, now=now)

    with pytest.raises(PriceChanged) as refusal:
        hold_piece(edition=samples.current(shipped), offer=offer, now=now)

    assert refusal.value.extra["total"] == 64_000 + 14_000


def test_what_options_cost_is_said_with_shipping(shipped: Edition, now: datetime) -> None:
    offer = make_quote(edition=shipped, data=samples.design(shipped), now=now, destination="US").offer
    words = OptionWords(shipped, offer.configuration, "en", (samples.ZONES[2].line,))
    options = {each["id"]: each for group in words.groups for each in words.group(group)["options"]}

    assert (options["indigo"]["total"], options["indigo"]["difference"]) == ("89000", "5000")
    indigo = make_quote(edition=shipped, data=samples.design(shipped, glaze="indigo"), now=now, destination="US")
    assert indigo.offer.price.total == 89_000


def test_a_limit_includes_shipping(shipped: Edition, now: datetime) -> None:
    wish: dict[str, Any] = {
        "edition": shipped,
        "data": samples.design(shipped),
        "keep": (),
        "budget": 64_000,
        "kind": "fit",
        "seed": 1,
    }

    assert suggest_choices(**wish, now=now, destination="KR")
    with pytest.raises(NothingWithinBudget):
        suggest_choices(**wish, now=now, destination="JP")


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("KR", "including ₩5,591 VAT and shipping to South Korea"),
        ("JP", "including shipping to Japan; no VAT is charged, import charges there are not included"),
    ],
)
def test_tax_is_the_zones(shipped: Edition, now: datetime, country: str, text: str) -> None:
    offer = make_quote(edition=shipped, data=samples.design(shipped), now=now, destination=country).offer
    delivery = delivery_of(offer.price, shipped, offer.destination)

    assert tax_text(shipped.money(offer.price.total), shipped, delivery, "en") == text


def test_in_euro_shipping_and_its_tax_are_right_to_the_cent(now: datetime) -> None:
    zones = (
        Zone("de", "독일", "Germany", ("DE",), 590, Decimal(19)),
        Zone("kr", "한국", "Korea", ("KR",), 2_450),
    )
    edition = samples.open_edition(now=now, currency="EUR", card=CurveCard(5, 5_805, 7_299), shipping=zones)
    order = samples.order_in_review(edition, now=now)

    assert (order.total, order.payments.get().total) == (5_805 + 5_000 + 590, Decimal("113.95"))
    Order.objects.filter(pk=order.pk).update(language="en")
    order.refresh_from_db()
    with override("en"):
        assert receipt_of(order)[-2:] == [
            "Shipping to Germany: €5.90",
            "Total: €113.95 (including €18.19 VAT and shipping to Germany)",
        ]
    call_command("verify_ledger", edition.slug, verbosity=0)


def test_the_letter_has_shipping_as_a_line(shipped: Edition, now: datetime, mailoutbox: list[EmailMessage]) -> None:
    order = samples.order_in_review(shipped, now=now, destination="JP")
    Order.objects.filter(pk=order.pk).update(language="en")

    send_letter(order_id=order.pk, status="in_review")

    body = str(mailoutbox[0].body)
    assert "Shipping to Japan: ₩14,000\nTotal: ₩77,000 (including shipping to Japan; no VAT" in body
