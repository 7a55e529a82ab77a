"""Consent to record behaviour: nothing without it, a key for a month with it, and a browser's own refusal wins."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts.consent import COOKIE, SALT, Consent, read_consent, write_consent
from editions.models import Edition
from insights.models import BehaviourEvent
from tests import samples

pytestmark = pytest.mark.django_db

NOVEMBER = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)


def look(client: Client, edition: Edition, **headers: str) -> None:
    assert client.get(f"/en/editions/{edition.slug}/", headers=headers).status_code == 200


def answer(client: Client, granted: str, **form: str) -> HttpResponse:
    return client.post("/en/consent/", {"granted": granted, **form})  # type: ignore[return-value]


def consent_in(client: Client, now: datetime, **headers: str) -> Consent:
    request = RequestFactory(headers=headers).get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    return read_consent(request, now=now)


def visitors() -> list[str]:
    return list(BehaviourEvent.objects.order_by("pk").values_list("visitor", flat=True))


def test_nobody_who_was_not_asked_is_recorded(client: Client, edition: Edition, now: datetime) -> None:
    with samples.nothing_written():
        look(client, edition)

    assert consent_in(client, now) == Consent(granted=None, visitor="")
    assert COOKIE not in client.cookies


def test_who_agrees_is_recorded_under_a_pseudonymous_key(client: Client, edition: Edition) -> None:
    answer(client, "yes")

    look(client, edition)
    look(client, edition)

    (first, second) = visitors()
    assert first == second
    assert len(first) == 24
    assert set(first) <= set("0123456789abcdef")


def test_two_visitors_have_two_keys(edition: Edition) -> None:
    for client in (Client(), Client()):
        answer(client, "yes")
        look(client, edition)

    assert len(set(visitors())) == 2


def test_the_key_changes_with_the_month_and_nothing_recorded_links_the_two(client: Client, edition: Edition) -> None:
    with time_machine.travel(NOVEMBER, tick=False) as clock:
        answer(client, "yes")
        look(client, edition)
        clock.move_to(DECEMBER - timedelta(seconds=1))
        look(client, edition)
        clock.move_to(DECEMBER)
        look(client, edition)

    november, still_november, december = visitors()
    assert november == still_november
    assert november != december
    seed = signing.loads(client.cookies[COOKIE].value, salt=SALT)["seed"]
    assert len(seed) >= 20
    assert seed not in str(BehaviourEvent.objects.values())


def test_who_knows_a_seed_still_cannot_derive_the_key_without_the_shops_secret(
    client: Client, now: datetime, settings: Settings
) -> None:
    from accounts import consent

    answer(client, "yes")
    seed = signing.loads(client.cookies[COOKIE].value, salt=SALT)["seed"]
    key = consent_in(client, now).visitor
    assert consent._key_of_month(seed, now) == key

    settings.SECRET_KEY = "another-shop"

    assert consent._key_of_month(seed, now) != key


def test_who_refuses_is_not_recorded_and_has_no_key(client: Client, edition: Edition, now: datetime) -> None:
    answer(client, "yes")
    answer(client, "no")

    with samples.nothing_written():
        look(client, edition)

    assert consent_in(client, now) == Consent(granted=False, visitor="")
    assert signing.loads(client.cookies[COOKIE].value, salt=SALT) == {"granted": False, "seed": ""}


@pytest.mark.parametrize("granted", ["", "YES", "true", "1"])
def test_only_a_clear_yes_is_a_yes(client: Client, now: datetime, granted: str) -> None:
    answer(client, granted)

    assert consent_in(client, now) == Consent(granted=False)


def test_a_forged_cookie_is_no_answer(client: Client, edition: Edition, now: datetime) -> None:
    response = HttpResponse()
    write_consent(response, granted=True, secure=False)
    value = response.cookies[COOKIE].value
    unsigned = value.split(":")[0] + ":" + "x" * 6 + ":" + "A" * 43
    elsewhere = signing.dumps({"granted": True, "seed": "mine"}, salt="some.other.purpose")
    for forged in (unsigned, value[:-1] + ("A" if value[-1] != "A" else "B"), elsewhere, "yes", ""):
        client.cookies[COOKIE] = forged
        with samples.nothing_written():
            look(client, edition)
        assert consent_in(client, now) == Consent(granted=None)


def test_control_the_cookie_that_the_shop_wrote_is_an_answer(client: Client, edition: Edition, now: datetime) -> None:
    response = HttpResponse()
    write_consent(response, granted=True, secure=False)
    client.cookies[COOKIE] = response.cookies[COOKIE].value

    look(client, edition)

    assert consent_in(client, now).granted is True
    assert BehaviourEvent.objects.count() == 1


def test_an_answer_is_asked_for_again_after_half_a_year(client: Client) -> None:
    with time_machine.travel(NOVEMBER, tick=False) as clock:
        answer(client, "yes")
        clock.move_to(NOVEMBER + timedelta(days=180))
        assert consent_in(client, NOVEMBER).granted is True
        clock.move_to(NOVEMBER + timedelta(days=180, seconds=2))
        assert consent_in(client, NOVEMBER) == Consent(granted=None)


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_a_browser_that_asks_not_to_be_tracked_overrides_a_yes(
    client: Client, edition: Edition, now: datetime, header: str
) -> None:
    answer(client, "yes")

    with samples.nothing_written():
        look(client, edition, **{header: "1"})

    assert consent_in(client, now, **{header: "1"}) == Consent(granted=False, visitor="")
    look(client, edition, **{header: "0"})
    assert BehaviourEvent.objects.count() == 1


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client: Client, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True

    answer(client, "yes")

    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert cookie["max-age"] == 180 * 24 * 3600


def test_the_answer_leads_back_to_where_it_was_asked(client: Client, edition: Edition) -> None:
    assert answer(client, "yes", next="/ko/editions/first-firing/?glaze=indigo").headers["Location"] == (
        "/ko/editions/first-firing/?glaze=indigo"
    )


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example", ""],
)
def test_the_answer_leads_nobody_to_another_site(client: Client, target: str) -> None:
    response = answer(client, "yes", next=target)

    assert (response.status_code, response.headers["Location"]) == (302, "/en/")


def test_an_answer_is_sent_not_followed(client: Client) -> None:
    assert client.get("/en/consent/?granted=yes").status_code == 405
    assert COOKIE not in client.cookies


def test_another_site_cannot_answer_for_the_visitor() -> None:
    client = Client(enforce_csrf_checks=True)

    assert answer(client, "yes").status_code == 403
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("language", "granted", "sentence"),
    [
        ("en", "yes", "At the moment you agree."),
        ("en", "no", "At the moment nothing is noted."),
        ("ko", "yes", "지금은 동의하신 상태입니다."),
        ("ko", "no", "지금은 아무것도 기록하지 않습니다."),
    ],
)
def test_the_privacy_page_says_what_holds(client: Client, language: str, granted: str, sentence: str) -> None:
    answer(client, granted)

    assert sentence in client.get(f"/{language}/privacy/").content.decode()
