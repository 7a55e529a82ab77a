"""Each product of the catalogue all the way: found in the shop, designed group by group, ordered, given to a plant."""

import io
import re
from datetime import datetime

import pytest
from django.core.management import call_command
from django.test import Client
from payments import PaymentStatus
from PIL import Image

from configurator.compile import work_spec
from configurator.configuration import Configuration
from configurator.palette import suiting
from configurator.picture_address import picture_address
from configurator.pictures.plates import load_view
from configurator.selectors import definition_of, view_folder
from configurator.studio import group_states
from editions.models import Edition, Hold
from factory_sim.contracts import WorkSpec
from factory_sim.models import ProductionOrder
from orders.services.pay import settle_payment
from orders.services.place import Buyer, place_order
from orders.services.produce import ordered_work, start_production
from orders.services.review import approve_order
from tests import samples
from tests.journeys.forms import form_of

pytestmark = pytest.mark.django_db

EDITIONS = {"maru60": "first-row", "on-dam": "first-firing", "sijeom": "sixty-minutes"}
PARTS_OF_WORK = {"maru60": "engrave", "on-dam": "press", "sijeom": "number"}


@pytest.fixture
def shop(db: None) -> None:
    """The demo as `make run` opens it."""
    call_command("load_demo", stdout=io.StringIO())
    call_command("factory_clock", "run", verbosity=0)


@pytest.fixture(params=sorted(EDITIONS))
def edition(request: pytest.FixtureRequest, shop: None) -> Edition:
    return Edition.objects.select_related("version__product").get(slug=EDITIONS[request.param])


def total_of(page: str) -> str:
    found = re.search(r'data-part="total"[^>]*>([^<]+)<', page)
    assert found
    return found[1]


def test_the_shop_shows_every_edition_with_its_picture_price_and_date(shop: None, client: Client) -> None:
    page = client.get("/en/").content.decode()

    assert re.findall(r'href="/en/editions/([^/"]+)/studio/"', page) == [
        *("sixty-minutes", "first-row", "first-firing", "cobalt-night"),
    ]
    assert re.findall(r"<dt>Price from</dt><dd>([^<]+)</dd>", page) == ["₩486,000", "₩332,000", "₩58,000", "₩62,000"]
    pictures = re.findall(r'<img class="photo" src="([^"]+)"', page)
    assert [client.get(address).status_code for address in pictures] == [200, 200, 200, 200]


def test_every_group_leads_on_in_the_studio_and_every_view_is_drawn(edition: Edition, client: Client) -> None:
    definition = definition_of(edition.version)
    address = f"/en/editions/{edition.slug}/studio/"
    page = client.get(address).content.decode()

    assert form_of(page)["engraving"] == ""
    base = total_of(page)
    for state in group_states(definition, definition.started(), "en"):
        assert state.name.replace("’", "&#x27;") in page or state.name in page
        if state.options:
            turned = client.get(address, state.options[-1].choices)
            assert turned.status_code == 200, state.id
            dearer = state.options[-1].cost > 0
            assert (total_of(turned.content.decode()) != base) is dearer, state.id
    configuration = Configuration(edition.version.key, definition.started(), "지우")
    for view in definition.views:
        drawn = client.get(picture_address(configuration, view.id, 400))
        assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/webp")


def test_a_piece_is_ordered_and_its_own_plant_gets_the_work(edition: Edition, client: Client, now: datetime) -> None:
    definition = definition_of(edition.version)
    form = form_of(client.get(f"/en/editions/{edition.slug}/studio/", {"engraving": "지우"}).content.decode())
    answer = client.post(f"/en/editions/{edition.slug}/hold/", form)
    assert client.get(answer["Location"]).status_code == 200
    buyer = Buyer(email="mina@example.com", language="ko", note="", account=None, accepts_no_return=True)
    order = place_order(hold_token=Hold.objects.get().token, buyer=buyer, now=now)
    order.payments.get().change_status(PaymentStatus.PREAUTH)
    settle_payment(order_id=order.pk, now=now)

    reviewer = samples.reviewer()
    client.force_login(reviewer)
    assert "지우" in client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    approve_order(order_id=order.pk, actor=reviewer, now=now)
    start_production(order_id=order.pk, now=now)

    made = ProductionOrder.objects.select_related("plant").get()
    assert made.plant.slug == definition.plant
    work = WorkSpec.from_json(made.work_spec)
    assert work == ordered_work(order)
    assert work.operations == work_spec(definition, order.configuration).operations
    assert PARTS_OF_WORK[definition.slug] in {each["id"] for each in made.work_spec["operations"]}
    assert client.get(f"/ko/orders/{order.token}/").status_code == 200


def test_a_picture_s_colours_lead_to_a_possible_design_that_costs_nothing_unseen(edition: Edition) -> None:
    """A group that colours nothing has its usual option, whatever its swatch looks like."""
    definition = definition_of(edition.version)
    view = load_view(view_folder(definition, definition.views[0]))

    choices, _shades = suiting(definition, Image.new("RGB", (40, 40), "#B5573C"), view)

    assert definition.engine.is_valid(choices)
    assert definition.missing(choices) == ()
    unseen = [group.id for group in definition.groups if not any(option.colours for option in group.offered)]
    assert [choices[group] for group in unseen] == [definition.preset[group] for group in unseen]


def test_designs_of_two_products_stand_side_by_side(shop: None, client: Client) -> None:
    codes = []
    for slug in ("first-row", "sixty-minutes"):
        form = form_of(client.get(f"/en/editions/{slug}/studio/", {"engraving": "Mina"}).content.decode())
        answer = client.post(f"/en/editions/{slug}/designs/", form)
        assert client.get(answer["Location"]).status_code == 200
        codes.append(answer["Location"].rstrip("/").rpartition("/")[2])

    page = client.get("/en/compare/", {"a": codes[0], "b": codes[1]})

    assert page.status_code == 200
    for words in ("Switches", "Second hand", "₩341,000", "₩498,000"):
        assert words in page.content.decode()
