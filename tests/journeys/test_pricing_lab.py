"""The pricing lab in the admin: a question in the address, an answer on the page, a plan recorded by a button."""

import re

import pytest
from django.test import Client

from editions.lab.question import Question
from editions.models import PricePlan
from tests import samples

LAB = "/admin/editions/priceplan/lab/"
ASKED = {
    "curve": "exponential",
    "currency": "KRW",
    "worth": "30000",
    "spread": "25",
    "visitors_a_day": "5",
    "days": "8",
    "stock": "8",
    "steps": "3",
    "unit": "1000",
    "visitors_percent": "100",
    "worth_percent": "100",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    """The browser of somebody who may plan prices."""
    client.force_login(samples.superuser())
    return client


def test_the_first_page_shows_an_example(desk: Client) -> None:
    page = desk.get(LAB).content.decode()

    assert page.count('<svg class="lab-chart"') == 2
    assert page.count('<g class="spread') == 5
    assert not re.search(r"<[^>]* style=", page)
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names))


def test_an_answer_compares_the_policies_and_shows_the_card(desk: Client) -> None:
    context = desk.get(LAB, ASKED).context

    assert [row.name for row in context["rows"]] == ["fixed", "line", "card", "published", "never_lower", "free"]
    assert context["rows"][-1].share == "100.0 %"
    assert (context["steps"][0][0], context["steps"][-1][1]) == (1, 8)
    assert context["what_if"] is None


def test_a_slider_shows_the_same_card_under_another_demand(desk: Client) -> None:
    planned, otherwise = (desk.get(LAB, {**ASKED, "visitors_percent": percent}).context for percent in ("100", "50"))

    assert otherwise["steps"] == planned["steps"]
    assert float(otherwise["what_if"].share.removesuffix(" %")) < 95.0


def test_recording_keeps_the_question_and_its_author(desk: Client) -> None:
    answer = desk.post(LAB, ASKED)
    plan = PricePlan.objects.get()

    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/admin/editions/priceplan/{plan.pk}/change/")
    assert Question.from_json(plan.question) == Question("exponential", 30_000, 5.0, 8.0, 8, 3, 1_000, 25.0)
    assert (plan.currency, plan.author.is_superuser) == ("KRW", True)


def test_cents_are_asked_in_units_of_the_currency(desk: Client) -> None:
    desk.post(LAB, {**ASKED, "currency": "USD", "worth": "29.99", "unit": "0.5"})
    plan = PricePlan.objects.get()

    assert (plan.question["worth"], plan.question["unit"]) == (2_999, 50)


@pytest.mark.parametrize(
    ("field", "value"), [("stock", "500"), ("visitors_a_day", "1000000"), ("worth", ""), ("curve", "x")]
)
def test_what_cannot_be_asked_is_said_beside_its_field_and_nothing_is_kept(
    desk: Client, field: str, value: str
) -> None:
    page = desk.post(LAB, {**ASKED, field: value})

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert "rows" not in page.context
    assert not PricePlan.objects.exists()


def test_the_lab_is_for_staff_with_the_permission() -> None:
    other = Client()
    assert other.get(LAB).status_code == 302
    other.force_login(samples.reviewer())

    assert other.get(LAB).status_code == 403
    assert other.post(LAB, ASKED).status_code == 403
    assert not PricePlan.objects.exists()


def test_the_list_of_plans_leads_to_the_lab(desk: Client) -> None:
    assert LAB in desk.get("/admin/editions/priceplan/").content.decode()
