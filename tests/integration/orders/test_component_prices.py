"""Prices "from" and the budget's range where components are scarce: what they say can be paid now."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from payments import PaymentStatus

from configurator.configuration import Configuration
from configurator.selectors import definition_of
from configurator.studio import option_state
from editions.models import Component, ComponentUnit, Edition, PieceState
from editions.pricing import ComponentLadder, PriceCard, Step
from editions.selectors import option_prices
from editions.services import sell_piece
from orders.budget import budget_range
from orders.change_page import change_data, change_page
from orders.models import Order
from orders.options import OptionWords
from orders.services.change import PriceDiffers, propose_change
from orders.services.pay import settle_payment
from orders.services.place import Buyer, place_order
from orders.services.suggest import NothingWithinBudget, suggest_choices
from tests import samples

pytestmark = pytest.mark.django_db

CARD = PriceCard((Step(1, 58_000),), (ComponentLadder("cobalt", 3, (Step(1, 1_000), Step(2, 7_000))),))


@pytest.fixture
def scarce(now: datetime, tmp_path: Path) -> Edition:
    """Three units of cobalt, the first 1,000 won and then 7,000."""
    return samples.scarce_edition(tmp_path, now=now, card=CARD, cobalt=3, gold=3)


def least(edition: Edition, group: str, option: str) -> str:
    """The price from which an option is offered beside the preset."""
    edition.refresh_from_db()
    definition = definition_of(edition.version)
    preset = definition.started()
    words = OptionWords(edition, Configuration(edition.version.key, preset), "en")
    return str(words.option(group, option_state(definition, preset, (group, option), "en"))["from_total"])


def sell(edition: Edition, now: datetime, glaze: str) -> None:
    sell_piece(hold=samples.held(edition, now=now, glaze=glaze), now=now)


def use_up(slug: str) -> None:
    """Everything of a component was sold."""
    component = Component.objects.get(slug=slug)
    hold = ComponentUnit.objects.exclude(hold=None).values_list("hold", flat=True).first()
    ComponentUnit.objects.filter(component=component).update(
        state=PieceState.SOLD, hold=hold, held_until=None, was_ordered=True
    )
    Component.objects.filter(pk=component.pk).update(units_ordered=component.stock)


def test_from_has_the_ladder_of_the_component_at_its_step(scarce: Edition, now: datetime) -> None:
    assert least(scarce, "glaze", "indigo") == "64000"
    assert least(scarce, "lid", "walnut") == "64000"

    sell(scarce, now, glaze="indigo")

    assert least(scarce, "glaze", "indigo") == "70000"
    assert least(scarce, "lid", "walnut") == "64000", "no design needs cobalt for it"


def test_what_it_says_is_what_a_hold_costs(scarce: Edition, now: datetime) -> None:
    sell(scarce, now, glaze="indigo")

    assert least(scarce, "glaze", "indigo") == str(samples.held(scarce, now=now, engraving="", glaze="indigo").total)


def test_an_option_whose_component_is_used_up_is_in_no_price(scarce: Edition, now: datetime) -> None:
    sell(scarce, now, glaze="indigo")
    definition = definition_of(scarce.version)
    before = budget_range(scarce)
    use_up("cobalt")

    prices = option_prices(scarce, definition)

    assert prices.gone == {("glaze", "indigo"), ("stitch", "gold")}
    after = budget_range(scarce)
    assert (after.least, after.most < before.most) == (before.least, True)


def test_a_proposal_within_a_budget_counts_the_component(scarce: Edition, now: datetime) -> None:
    sell(scarce, now, glaze="indigo")

    def proposed(budget: int) -> dict[str, str]:
        data = samples.design(scarce, glaze="indigo")
        return suggest_choices(edition=scarce, data=data, keep=["glaze"], budget=budget, kind="finish", seed=1, now=now)

    scarce.refresh_from_db()
    assert proposed(70_000)["glaze"] == "indigo"
    with pytest.raises(NothingWithinBudget, match="70,000"):
        proposed(69_000)


def test_a_surprise_has_nothing_that_is_used_up(scarce: Edition, now: datetime) -> None:
    sell(scarce, now, glaze="indigo")
    scarce.refresh_from_db()

    def drawn() -> list[dict[str, str]]:
        data = samples.design(scarce)
        return [
            suggest_choices(edition=scarce, data=data, keep=[], budget=None, kind="surprise", seed=seed, now=now)
            for seed in range(12)
        ]

    assert any(each["glaze"] == "indigo" or each.get("stitch") == "gold" for each in drawn()), "control: while there is"
    use_up("cobalt")
    assert not any(each["glaze"] == "indigo" or each.get("stitch") == "gold" for each in drawn())


def test_a_change_shows_the_prices_by_which_it_is_judged(scarce: Edition, now: datetime) -> None:
    """The first unit cost 1,000 won; the next ones, which others pay, cost 7,000."""
    hold = samples.held(scarce, now=now, glaze="indigo", lid="walnut")
    buyer = Buyer(email="mina@example.com", language="ko", accepts_no_return=True)
    order = place_order(hold_token=hold.token, buyer=buyer, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)
    order = settle_payment(order_id=order.pk, now=now)
    sell(scarce, now, glaze="indigo")
    use_up("cobalt")
    scarce.refresh_from_db()
    glazes = {option: shown_while_changed(order, option, now) for option in ("iron-black", "indigo")}

    with pytest.raises(PriceDiffers) as refused:
        propose_change(order, wish(order, glaze="iron-black"), now)

    assert glazes["iron-black"]["difference"] == str(refused.value.extra["difference"]) == "-1000"
    assert glazes["indigo"]["total"] == str(order.total) == "75000"
    assert glazes["indigo"]["from_total"] == "69000", "her own unit is not used up"


def shown_while_changed(order: Order, glaze: str, now: datetime) -> dict[str, Any]:
    page = change_page(order, change_data(order, {}), now, "en")
    group = next(each for each in page.groups if each.state.id == "glaze")
    return next(dict(each.words) for each in group.options if each.id == glaze)


def wish(order: Order, **changed: str) -> dict[str, Any]:
    ordered = order.configuration
    return {"choices": {**ordered.choices, **changed}, "engraving": ordered.engraving, "font": ordered.font}


def test_the_card_says_how_many_units_were_ordered(scarce: Edition, client: Client, now: datetime) -> None:
    sell(scarce, now, glaze="indigo")
    samples.held(scarce, now=now, glaze="indigo")

    page = client.get(f"/en/editions/{scarce.slug}/").content.decode()
    told = client.get(f"/en/editions/{scarce.slug}/standing/").json()["texts"]

    # A hold moves no counter.
    assert '<span class="quiet" data-live="units-cobalt">1 of 3 ordered so far</span>' in page
    assert told["units-cobalt"] == "1 of 3 ordered so far"
