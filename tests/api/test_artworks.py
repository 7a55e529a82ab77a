"""Pictures over the API: sent, priced for their sender alone, their colours taken over."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from configurator.models import Artwork
from editions.models import Edition
from tests import samples
from tests.api.calls import Answer, Caller, expect_problem, send_picture
from tests.unit.configurator.hostile_pictures import HOSTILE, picture, saved

pytestmark = pytest.mark.django_db

PNG = saved("PNG", picture((600, 400)))


def send(client: Client, edition: Edition, content: bytes | None = PNG, language: str = "en", **headers: str) -> Answer:
    return send_picture(client, edition, content, language, **headers)


def quoted(client: Client, edition: Edition, placement: dict[str, Any] | None) -> Answer:
    data = {"edition": edition.slug, "configuration": {**samples.design(edition), "artwork": placement}}
    return Caller(client).post("/quotes", data)


def test_a_picture_is_sent_placed_and_priced(client: Client, edition: Edition) -> None:
    sent = send(client, edition)

    assert sent.status == 201
    assert (sent.body["width"], sent.body["height"]) == (600, 400)
    assert sent.body["placement"] == {
        "artwork": sent.body["artwork"], "x_mm": 0, "y_mm": 0, "width_mm": 62.0, "degrees": 0,
    }  # fmt: skip
    assert client.get(sent.body["address"]).status_code == 200

    plain, printed = quoted(client, edition, None), quoted(client, edition, sent.body["placement"])
    assert (plain.status, printed.status) == (200, 200)
    assert plain.body["artwork"] is None
    assert printed.body["artwork"] == {
        "dpi": 246,
        "quality": "good",
        "largest_mm": 211.6,
        "largest_good_mm": 101.6,
        "width_mm": 62.0,
        "height_mm": 41.33,
        "text": "246 dpi: printed sharp.",
    }
    assert int(printed.body["price"]["total"]) == int(plain.body["price"]["total"]) + 12_000
    assert {"name": "Your own picture", "amount": "12000", "amount_text": "₩12,000"} in printed.body["price"]["lines"]
    assert printed.body["promise"]["safe_at"] > plain.body["promise"]["safe_at"]
    assert printed.body["picture"]["alt"].endswith("Your own picture")


def test_a_soft_print_is_accepted_and_says_so(client: Client, edition: Edition) -> None:
    placement = send(client, edition).body["placement"]

    answer = quoted(client, edition, {**placement, "width_mm": 120})

    assert answer.status == 200
    assert answer.body["artwork"]["quality"] == "fair"
    assert answer.body["artwork"]["text"] == "127 dpi: a little soft. Up to 101.6 mm wide it is sharp."


@pytest.mark.parametrize(
    ("where", "code", "extra"),
    [
        ({"width_mm": 300}, "artwork_too_coarse", {"field": "artwork", "largest_mm": 211.6}),
        ({"x_mm": 90}, "artwork_off_panel", {"field": "artwork"}),
        ({"artwork": "0" * 64}, "artwork_unknown", {"field": "artwork"}),
    ],
)
def test_a_print_that_cannot_be_made_is_refused(
    client: Client, edition: Edition, where: dict[str, Any], code: str, extra: dict[str, Any]
) -> None:
    placement = send(client, edition).body["placement"]

    with samples.nothing_written():
        answer = quoted(client, edition, {**placement, **where})

    assert expect_problem(answer, 422, code) == extra


def test_a_stranger_sees_the_picture_but_cannot_have_it_printed(client: Client, edition: Edition) -> None:
    sent = send(client, edition).body
    stranger = Client()

    with samples.nothing_written():
        answer = quoted(stranger, edition, sent["placement"])

    assert expect_problem(answer, 403, "artwork_not_yours") == {"field": "artwork"}
    assert stranger.get(sent["address"]).status_code == 200
    # The control: the sender's own browser, the same request.
    assert quoted(client, edition, sent["placement"]).status == 200


def test_an_account_has_its_pictures_in_every_browser(edition: Edition) -> None:
    mina = User.objects.create_user("mina@example.com", "a long pass phrase")
    here, there, other = Client(), Client(), Client()
    here.force_login(mina)
    there.force_login(mina)
    other.force_login(User.objects.create_user("other@example.com", "a long pass phrase"))

    placement = send(here, edition).body["placement"]

    assert [quoted(each, edition, placement).status for each in (there, other)] == [200, 403]


@pytest.mark.parametrize(
    "name", ["text", "gif", "apng", "png 30000 x 30000", "svg script", "jpeg truncated in its pixels"]
)
def test_a_hostile_file_is_refused_in_the_visitor_s_language(client: Client, edition: Edition, name: str) -> None:
    build, reason = HOSTILE[name]

    with samples.nothing_written():
        answer = send(client, edition, build())

    assert expect_problem(answer, 422, reason) == {"field": "artwork"}
    assert "artworks" not in client.session


def test_more_bytes_than_allowed_are_never_kept(client: Client, edition: Edition, settings: Settings) -> None:
    settings.ARTWORK_BYTES = settings.UPLOAD_BYTES = 100_000

    with samples.nothing_written():
        answer = send(client, edition, bytes(3_000_000))

    assert expect_problem(answer, 422, "picture_too_large") == {"field": "artwork"}
    # The control: below the limit the same bytes are looked at.
    expect_problem(send(client, edition, bytes(90_000)), 422, "picture_unknown_kind")


def test_a_form_without_a_file_says_so(client: Client, edition: Edition) -> None:
    expect_problem(send(client, edition, None), 422, "no_picture", "Please choose a picture first.")


def test_a_foreign_page_cannot_send_a_picture(edition: Edition) -> None:
    strict = Client(enforce_csrf_checks=True)

    with samples.nothing_written():
        answer = send(strict, edition)
    expect_problem(answer, 403, "permission_denied")

    strict.get(f"/en/editions/{edition.slug}/studio/")
    token = strict.cookies["dure_csrf"].value
    assert send(strict, edition, PNG, "en", **{"X-CSRFToken": token}).status == 201


def test_pictures_are_limited(client: Client, edition: Edition, allow: Callable[[str, str], None]) -> None:
    allow("upload", "1/min")
    assert send(client, edition).status == 201

    assert send(client, edition).status == 429
    assert Artwork.objects.count() == 1


def test_a_design_takes_a_picture_s_colours(client: Client, edition: Edition) -> None:
    from PIL import Image

    sea = Image.new("RGB", (90, 90), "#2B3F63")
    sea.paste("#C8442A", (0, 0, 90, 15))
    sent = send(client, edition, saved("PNG", sea)).body

    answer = Caller(client).post("/palette", {"edition": edition.slug, "artwork": sent["artwork"]})

    assert answer.status == 200
    assert answer.body["choices"]["glaze"] == "indigo"
    assert answer.body["colours"][0] == "#2B3F63"
    data = {"edition": edition.slug, "configuration": samples.design(edition, **answer.body["choices"])}
    assert Caller(client).post("/quotes", data).status == 200


def test_colours_are_the_sender_s_too(client: Client, edition: Edition) -> None:
    artwork = send(client, edition).body["artwork"]

    answer = Caller(Client()).post("/palette", {"edition": edition.slug, "artwork": artwork})

    expect_problem(answer, 403, "artwork_not_yours")
