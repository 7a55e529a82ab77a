"""Whatever creates something does so once, however often it is sent: every route is in a table here."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import get_resolver, reverse

from configurator.admin.drafts import PAGES
from configurator.admin.pages import DraftPage
from configurator.models import Artwork, Design, Draft, ProductVersion, ScreeningAppeal
from core.idempotency import is_once, once, once_per_form
from core.models import KeptAnswer
from editions.lab_form import EXAMPLE
from editions.models import Edition, Hold, LobbyEntry, PricePlan
from orders.models import Order
from tests import lobbies, samples
from tests.unit.configurator.hostile_pictures import picture, saved

pytestmark = pytest.mark.django_db

CREATING = {
    "api:artworks",
    "api:designs",
    "api:holds",
    "api:orders",
    "api:text-appeals",
    "orders:add_picture",
    "orders:ask_for_text",
    "orders:change",
    "orders:checkout",
    "orders:hold",
    "orders:lobby",
    "orders:save_design",
}
CREATING_FOR_STAFF = {
    "configurator_draft_add",
    "configurator_productversion_begin",
    "configurator_productversion_roll_back",
    "editions_lab",
    "factory_sim_set_clock",
}
NOT_CREATING = {
    "accounts:consent": "an answer in a cookie",
    "api:palette": "reads",
    "api:quotes": "signs what it says, and keeps nothing",
    "api:suggestions": "reads",
    "plants:reports": "a message's id is its key",
    "orders:cancel": "a step of the table of transitions",
    "orders:pay": "one payment per order, served one at a time under the order's lock",
    "orders:rename_design": "sets a name",
    "orders:suggest": "reads",
    "orders:leave_line": "takes away",
    "orders:unlist_design": "takes away",
    "orders:use_palette": "reads",
    "orders:waiting": "one place per address and edition, which the database says",
    "orders:waiting_place": "confirms a place, once, or takes it away",
}
"""What takes a POST all the same, and why it needs no key."""
NOT_CREATING_FOR_STAFF = {
    "configurator_appeal_decide": "a step of the table of transitions",
    "editions_edition_withdraw": "takes away",
    "factory_sim_command": "a step of the table of commands",
    "factory_sim_floor": "reads",
    "factory_sim_outlook": "reads",
    "factory_sim_station": "reads",
    "factory_sim_stations": "reads",
    "factory_sim_work": "a report has a key of its own, made of the piece and its next event",
    "factory_sim_figures": "reads",
    "factory_sim_figures_file": "reads",
    "factory_sim_what_if": "reads",
    "factory_sim_timetable": "reads",
    "factory_sim_timetable_file": "reads",
    "orders_order_decide": "a step of the table of transitions",
    "configurator_productversion_export": "reads",
    "configurator_productversion_uvl": "reads",
}
OTHERS = ("account_", "mfa_", "account/", "process_payment", "static_process_payment", "schema", "favicon.ico")
"""Pages of libraries, which bring guards of their own: one account per address, one payment per token."""
APPS = ("configurator_", "editions_", "factory_sim_", "orders_")
USUAL = ("_changelist", "_history", "_delete", "_change")
DUMMIES: dict[str, Any] = {
    "slug": "nothing",
    "code": "nothing",
    "token": "nothing",
    "view": "front",
    "digest": "nothing",
}
DUMMIES |= {"size": 800, "kind": "webp", "language": "en", "version_id": 1}


def routes(patterns: Any = None, within: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every route with its name and namespace, and what serves it."""
    found: Any = get_resolver().url_patterns if patterns is None else patterns
    for each in found:
        if hasattr(each, "url_patterns"):
            yield from routes(each.url_patterns, (*within, each.namespace) if each.namespace else within)
        else:
            yield ":".join((*within, each.name or str(each.pattern))), each


def served_once(route: Any) -> bool:
    view = route.callback
    return is_once(getattr(view.cls, "post", view) if hasattr(view, "cls") else view)


def takes_posts(client: Client, name: str, route: Any) -> bool:
    arguments = {each: DUMMIES[each] for each in route.pattern.converters}
    return client.post(reverse(name, kwargs=arguments)).status_code != 405


def test_every_route_that_creates_something_does_so_once(client: Client) -> None:
    client.force_login(samples.superuser())
    ours = {name: each for name, each in routes() if not name.startswith(("admin:", *OTHERS))}
    posted = {name for name, each in ours.items() if takes_posts(client, name, each)}

    assert posted == CREATING | NOT_CREATING.keys(), "a new route belongs into one of the tables"
    assert {name for name in posted if served_once(ours[name])} == CREATING


def test_every_page_of_the_desk_that_creates_something_does_so_once() -> None:
    own = {name.removeprefix("admin:"): each for name, each in routes() if name.startswith("admin:")}
    own = {
        name: each
        for name, each in own.items()
        if name.startswith(("configurator_", "editions_", "factory_sim_", "orders_"))
    }
    drafts = {f"configurator_draft_{name}" for name in PAGES}
    # A draft's page changes the revision that was seen, and no other: a form sent twice is refused.
    assert all(issubclass(page, DraftPage) for _, page, _ in PAGES.values())
    special = {name for name in own if not name.endswith(USUAL)} - drafts
    # Django's own forms of columns add nothing: those rows are written by services, but a lobby, one for an edition.
    special -= {name for name in special if name.endswith("_add")} - CREATING_FOR_STAFF

    assert special == CREATING_FOR_STAFF | NOT_CREATING_FOR_STAFF.keys()
    assert {name for name in special if served_once(own[name])} == CREATING_FOR_STAFF


def test_control_a_view_that_is_not_decorated_is_noticed() -> None:
    def view(request: Any) -> Any:
        raise NotImplementedError

    assert [is_once(each) for each in (view, once(view), once_per_form(view))] == [False, True, True]


# --- Each form of the shop, sent twice ---------------------------------------------------------------


def tumbler_form(edition: Edition, **more: str) -> dict[str, Any]:
    return {**samples.PRESET, "version": edition.version.key, **more}


def save(edition: Edition, now: datetime) -> tuple[str, dict[str, Any]]:
    return f"/en/editions/{edition.slug}/designs/", tumbler_form(edition, engraving="Mina")


def ask(edition: Edition, now: datetime) -> tuple[str, dict[str, Any]]:
    design = urlencode(tumbler_form(edition, engraving="Dick & Jane"))
    return f"/en/editions/{edition.slug}/text/", {"design": design, "answer_to": "mina@example.com"}


def send_picture(edition: Edition, now: datetime) -> tuple[str, dict[str, Any]]:
    return f"/en/editions/{edition.slug}/picture/", tumbler_form(edition, engraving="")


def order(edition: Edition, now: datetime) -> tuple[str, dict[str, Any]]:
    hold = samples.held(edition, now=now)
    return f"/en/holds/{hold.token}/", {"email": "mina@example.com", "note": "", "made_for_me": "on"}


def with_file(form: dict[str, Any], path: str, width: int = 600) -> dict[str, Any]:
    """A browser sends the file anew each time."""
    if not path.endswith("/picture/"):
        return form
    content = saved("PNG", picture((width, 400)))
    return {**form, "artwork_file": SimpleUploadedFile("mine.png", content, content_type="image/png")}


@pytest.mark.parametrize(
    ("prepare", "model"), [(save, Design), (ask, ScreeningAppeal), (send_picture, Artwork), (order, Order)]
)
def test_a_form_sent_twice_does_its_work_once_and_leads_to_the_same_place(
    edition: Edition,
    client: Client,
    now: datetime,
    prepare: Callable[[Edition, datetime], tuple[str, dict[str, Any]]],
    model: type[Model],
) -> None:
    path, form = prepare(edition, now)
    form["csrfmiddlewaretoken"] = "a" * 64

    first = client.post(path, with_file(form, path))
    with samples.nothing_written():
        again = client.post(path, with_file(form, path))

    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert (model.objects.count(), KeptAnswer.objects.count()) == (1, 1)  # type: ignore[attr-defined]


def test_another_picture_with_the_same_form_is_another_picture(edition: Edition, client: Client, now: datetime) -> None:
    path, form = send_picture(edition, now)
    form["csrfmiddlewaretoken"] = "a" * 64

    places = [client.post(path, with_file(form, path, width))["Location"] for width in (600, 500)]

    assert places[0] != places[1]
    assert Artwork.objects.count() == 2


def test_a_lobbys_form_enters_once_and_after_a_refusal_works_again(client: Client, now: datetime) -> None:
    lobby = lobbies.coming_lobby(now)
    path, form = f"/en/editions/{lobby.edition.slug}/lobby/", {"csrfmiddlewaretoken": "a" * 64}

    with time_machine.travel(now, tick=False):
        assert client.post(path, form).status_code == 302
    assert (LobbyEntry.objects.count(), KeptAnswer.objects.count()) == (0, 0)
    with time_machine.travel(now + lobbies.COMES, tick=False):
        assert [client.post(path, form).status_code for _ in range(2)] == [302, 302]
    assert (LobbyEntry.objects.count(), KeptAnswer.objects.count()) == (1, 1)


def test_a_hold_is_made_once_per_form(edition: Edition, client: Client, now: datetime) -> None:
    page = client.get(f"/en/editions/{edition.slug}/studio/").content.decode()
    quote = page.partition('name="quote" value="')[2].partition('"')[0]
    form = tumbler_form(edition, quote=quote)
    path = f"/en/editions/{edition.slug}/hold/"

    for token in ("a" * 64, "a" * 64, "b" * 64):
        assert client.post(path, {**form, "csrfmiddlewaretoken": token}).status_code == 302

    assert Hold.objects.count() == 2, "control: another form is another hold"


def test_staff_record_a_plan_and_begin_a_draft_once(edition: Edition, client: Client, now: datetime) -> None:
    client.force_login(samples.maker())
    token = {"csrfmiddlewaretoken": "a" * 64}
    begin = f"/admin/configurator/productversion/{edition.version_id}/draft/"

    for _ in range(2):
        assert client.post("/admin/editions/priceplan/lab/", {**EXAMPLE, **token}).status_code == 302
        assert client.post(begin, token).status_code == 302

    assert (PricePlan.objects.count(), Draft.objects.count(), ProductVersion.objects.count()) == (1, 1, 1)
    client.post(begin, {"csrfmiddlewaretoken": "b" * 64})
    assert Draft.objects.count() == 2, "control: another form is another draft"


def test_a_form_may_be_sent_again_after_a_day(edition: Edition, client: Client, now: datetime) -> None:
    path, form = save(edition, now)
    form["csrfmiddlewaretoken"] = "a" * 64
    client.post(path, form)

    with time_machine.travel(now + timedelta(hours=25), tick=False):
        client.post(path, form)

    assert KeptAnswer.objects.get().claimed_at == now + timedelta(hours=25)
