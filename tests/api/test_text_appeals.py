"""`POST /text-appeals`: the maker is asked for a text that the screening holds back."""

from collections.abc import Callable
from typing import Any

import pytest

from configurator.models import ScreeningAppeal
from editions.models import Edition
from tests import samples
from tests.api.calls import Caller, expect_problem, quote_request

pytestmark = pytest.mark.django_db


def appeal(edition: Edition, text: str = "Dick & Jane", /, **changes: Any) -> dict[str, Any]:
    return {**quote_request(edition, text, glaze="indigo"), "email": "mina@example.com"} | changes


def test_a_text_is_asked_for_with_the_design_that_it_is_for(korean_api: Caller, edition: Edition) -> None:
    answer = korean_api.post("/text-appeals", appeal(edition))

    assert (answer.status, answer.body["status"]) == (201, "open")
    asked = ScreeningAppeal.objects.get()
    assert (asked.text, asked.email, asked.language) == ("Dick & Jane", "mina@example.com", "ko")
    assert asked.page.startswith("/ko/editions/first-firing/studio/?")
    assert "glaze=indigo" in asked.page
    assert asked.page.endswith("&engraving=Dick+%26+Jane")
    # The way back leads to the same design.
    assert "Dick &amp; Jane" in korean_api.client.get(asked.page).content.decode()


def test_no_address_is_needed(api: Caller, edition: Edition) -> None:
    request = appeal(edition)
    del request["email"]

    answer = api.post("/text-appeals", request)

    assert (answer.status, ScreeningAppeal.objects.get().email) == (201, "")
    assert "look again" in answer.body["detail"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"email": "nobody"}, 400, "invalid"),
        ({"email": "x" * 300 + "@example.com"}, 400, "invalid"),
        ({"edition": "nothing"}, 404, "not_found"),
        ({"configuration": {}}, 400, "invalid"),
    ],
)
def test_a_question_of_another_shape_is_refused(
    api: Caller, edition: Edition, change: dict[str, Any], status: int, code: str
) -> None:
    with samples.nothing_written():
        expect_problem(api.post("/text-appeals", appeal(edition, **change)), status, code)


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("Mina", 409, "nothing_to_ask"),
        ("", 409, "nothing_to_ask"),
        ("Dick 🐳", 422, "uncuttable_characters"),
        ("Dick" * 10_000, 422, "engraving_too_long"),
    ],
)
def test_a_text_that_need_not_or_cannot_be_asked_for(
    api: Caller, edition: Edition, text: str, status: int, code: str
) -> None:
    with samples.nothing_written():
        expect_problem(api.post("/text-appeals", appeal(edition, text)), status, code)


def test_too_many_questions_are_refused(api: Caller, edition: Edition, allow: Callable[[str, str], None]) -> None:
    allow("appeal", "2/min")

    answers = [api.post("/text-appeals", appeal(edition, f"Dick {number}")) for number in range(3)]

    assert [answer.status for answer in answers] == [201, 201, 429]
    assert ScreeningAppeal.objects.count() == 2
