"""Users are known by their e-mail address, whatever its case."""

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory

from accounts.models import User
from tests import samples

pytestmark = pytest.mark.django_db

PASSWORD = "four wooden tumblers"
SIGN_UP = {"password1": PASSWORD, "password2": PASSWORD}


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_an_address_belongs_to_one_user_in_any_case() -> None:
    User.objects.create_user("mina@example.com", PASSWORD)

    refused = pytest.raises(IntegrityError, match="accounts_user_email_any_case")
    with samples.nothing_written(), refused, transaction.atomic():
        User.objects.create_user("MINA@Example.COM", PASSWORD)


def test_a_user_has_no_user_name_and_prints_as_her_address() -> None:
    user = User.objects.create_user("mina@EXAMPLE.com", PASSWORD, language="en")

    assert str(user) == "mina@example.com"
    assert (user.language, user.is_staff, user.is_superuser) == ("en", False, False)
    assert not hasattr(User, "username") or User.username is None
    assert user.check_password(PASSWORD)


def test_a_superuser_is_staff() -> None:
    user = samples.superuser()

    assert (user.is_staff, user.is_superuser) == (True, True)


def test_signing_up_makes_a_user_and_signs_her_in(client: Client) -> None:
    response = client.post("/en/account/signup/", {"email": "mina@example.com", **SIGN_UP})

    assert (response.status_code, response.headers["Location"]) == (302, "/en/pieces/")
    assert signed_in(client)
    assert User.objects.get().email == "mina@example.com"


def test_signing_up_twice_makes_no_second_user_whatever_the_case(client: Client) -> None:
    User.objects.create_user("mina@example.com", PASSWORD)

    with samples.nothing_written():
        client.post("/en/account/signup/", {"email": "Mina@Example.com", **SIGN_UP})

    assert not signed_in(client)


@pytest.mark.parametrize("password", ["short", "password123", "mina@example.com"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    form = {"email": "mina@example.com", "password1": password, "password2": password}

    with samples.nothing_written():
        response = client.post("/en/account/signup/", form)

    assert response.status_code == 200
    assert not signed_in(client)


@pytest.mark.parametrize("address", ["mina@example.com", "MINA@example.com"])
def test_signing_in_does_not_depend_on_the_case_of_the_address(client: Client, address: str) -> None:
    User.objects.create_user("mina@example.com", PASSWORD)

    client.post("/ko/account/login/", {"login": address, "password": PASSWORD})

    assert signed_in(client)


def test_a_wrong_password_signs_nobody_in(client: Client) -> None:
    User.objects.create_user("mina@example.com", PASSWORD)

    response = client.post("/en/account/login/", {"login": "mina@example.com", "password": "wrong"})

    assert response.status_code == 200
    assert not signed_in(client)
    assert authenticate(RequestFactory().post("/"), email="mina@example.com", password="wrong") is None


@pytest.mark.parametrize(
    ("address", "korean", "english"),
    [
        ("login", "로그인", "Sign In"),
        ("signup", "회원가입", "Sign Up"),
        ("password/reset", "비밀번호 초기화", "Password Reset"),
    ],
)
def test_the_pages_of_the_account_are_in_both_languages(
    client: Client, address: str, korean: str, english: str
) -> None:
    pages = {language: client.get(f"/{language}/account/{address}/") for language in ("ko", "en")}

    texts = {language: page.content.decode() for language, page in pages.items()}
    assert [page.status_code for page in pages.values()] == [200, 200]
    for language, heading in (("ko", korean), ("en", english)):
        assert f'<html lang="{language}">' in texts[language]
        assert f"<h1>{heading}</h1>" in texts[language].replace("\n", "").replace("  ", "")
    assert 'type="password"' in texts["ko"] or address == "password/reset"
