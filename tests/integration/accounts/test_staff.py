"""Who may enter the workshop: staff with a second factor, and without one only where DEBUG is on."""

import time
from datetime import datetime

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from editions.models import Edition
from tests import samples

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "a long pass phrase"


@pytest.fixture
def mfa_required(settings: Settings) -> None:
    """As in production, where DEBUG is off."""
    settings.STAFF_MFA_REQUIRED = True


def give_authenticator(user: User) -> None:
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(SECRET)}
    )


def admin_pages() -> list[str]:
    """The index and every list, form and history of the admin that needs no row."""
    lists = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]
    return [reverse(name) for name in ("admin:index", "admin:password_change", *lists)]


def statuses(client: Client) -> set[int]:
    return {client.get(page).status_code for page in admin_pages()}


def test_staff_without_an_authenticator_are_sent_to_set_one_up(mfa_required: None, client: Client) -> None:
    client.force_login(samples.superuser())

    first = client.get("/admin/")
    second = client.get(first.headers["Location"])

    assert (first.status_code, first.headers["Location"]) == (302, "/admin/login/?next=/admin/")
    assert second.status_code == 302
    assert second.headers["Location"].endswith("/account/2fa/totp/activate/")
    page = client.get(second.headers["Location"], follow=True).content.decode()
    assert "Staff need a second factor: please set up an authenticator app first." in page


def test_staff_without_an_authenticator_open_no_page_of_the_workshop(
    mfa_required: None, client: Client, edition: Edition
) -> None:
    client.force_login(samples.superuser())

    assert len(admin_pages()) > 10
    assert statuses(client) == {302}


def test_staff_without_an_authenticator_decide_nothing(
    mfa_required: None, client: Client, edition: Edition, now: datetime
) -> None:
    order = samples.order_in_review(edition, now=now)
    client.force_login(samples.superuser())

    with samples.nothing_written():
        response = client.post(f"/admin/orders/order/{order.pk}/decide/", {"approve": "", "reason": ""})

    assert response.headers["Location"].startswith("/admin/login/")


def test_staff_with_an_authenticator_open_every_page(mfa_required: None, client: Client, edition: Edition) -> None:
    user = samples.superuser()
    give_authenticator(user)
    client.force_login(user)

    assert statuses(client) == {200}


def test_while_debugging_no_authenticator_is_needed(settings: Settings, client: Client, edition: Edition) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(samples.superuser())

    assert statuses(client) == {200}


def test_the_password_alone_does_not_sign_in_who_has_an_authenticator(mfa_required: None, client: Client) -> None:
    give_authenticator(samples.superuser())

    asked = client.post("/en/account/login/", {"login": "maker@dure.example", "password": PASSWORD})
    assert asked.headers["Location"].startswith("/en/account/2fa/authenticate/")
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302

    client.post(asked.headers["Location"], {"code": "000000"})
    assert "_auth_user_id" not in client.session

    code = totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time()) // 30))
    client.post(asked.headers["Location"], {"code": code})
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("required", [True, False])
def test_a_customer_is_sent_home(settings: Settings, client: Client, required: bool) -> None:
    settings.STAFF_MFA_REQUIRED = required
    client.force_login(User.objects.create_user("mina@example.com", PASSWORD))

    response = client.get("/admin/", follow=True)

    assert [address for address, _ in response.redirect_chain] == ["/admin/login/?next=/admin/", "/en/"]
    assert "This account may not enter the workshop." in response.content.decode()


def test_a_stranger_signs_in_where_customers_do_and_comes_back(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/orders/order/")

    assert response.headers["Location"] == "/en/account/login/?next=/admin/orders/order/"


def test_a_reviewer_sees_orders_and_texts_and_nothing_else(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)

    open_to_her = {page for page in admin_pages() if client.get(page).status_code == 200}

    hers = {"/admin/orders/order/", "/admin/configurator/screeningappeal/"}
    assert open_to_her == {"/admin/", "/admin/password_change/"} | hers


def test_a_lost_second_factor_is_removed_and_its_secret_never_shown(client: Client) -> None:
    person = samples.superuser()
    give_authenticator(person)
    stored = Authenticator.objects.get()
    client.force_login(person)

    pages = [
        client.get(reverse(f"admin:accounts_secondfactor_{name}", args=arguments)).content.decode()
        for name, arguments in (("changelist", []), ("change", [stored.pk]))
    ]
    removed = client.post(reverse("admin:accounts_secondfactor_delete", args=[stored.pk]), {"post": "yes"})

    assert all(person.email in page for page in pages)
    assert all(stored.data["secret"] not in page and SECRET not in page for page in pages)
    assert removed.status_code == 302
    assert not Authenticator.objects.exists()
