"""Saved designs as pages and forms over HTTP, without JavaScript."""

import io
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from accounts.models import User
from configurator.models import Design
from configurator.shelf import Shelf
from editions.models import Edition
from tests import samples
from tests.journeys.forms import form_of

pytestmark = pytest.mark.django_db

STUDIO = "/en/editions/first-firing/studio/"
SAVE = "/en/editions/first-firing/designs/"
PASSWORD = "a long pass phrase"


@pytest.fixture
def mina(db: None) -> User:
    return User.objects.create_user("mina@example.com", PASSWORD)


def save(client: Client, address: str = STUDIO, **changed: str) -> str:
    """Open the studio, press the save button; the address of the design's page."""
    page = client.get(address, changed).content.decode()
    parent = re.search(r'name="parent" value="([^"]+)"', page)
    answer = client.post(SAVE, {**form_of(page), **({"parent": parent[1]} if parent else {})})
    assert answer.status_code == 302
    return str(answer["Location"])


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def code_in(address: str) -> str:
    found = re.search(r"/d/([^/]+)/", address)
    assert found
    return found[1]


def onward(page: str) -> str:
    found = re.search(r'class="button" href="(/[^"]+studio[^"]+)"', page)
    assert found
    return unescape(found[1])


def test_save_open_compare_and_go_on(edition: Edition, client: Client) -> None:
    first = save(client, glaze="indigo", engraving="Mina")
    page = text_of(client, first)
    assert "<h1>ON:DAM tumbler</h1>" in page
    assert "₩68,000" in page
    assert re.search(r"<dt>Body glaze</dt>\s*<dd>.*?Indigo</dd>", page, re.DOTALL)
    assert "possible pieces; nobody has made this one yet." in page

    second = save(client, onward(page) + "&glaze=celadon")

    child = Design.objects.get(code=code_in(second))
    assert child.parent
    assert child.parent.code == code_in(first)
    # The last `glaze` of the address counts; the author's own text came along.
    assert (child.configuration.choices["glaze"], child.configuration.engraving) == ("celadon", "Mina")
    mine = text_of(client, "/en/designs/")
    assert mine.index(code_in(second)) < mine.index(code_in(first))
    picked = client.get("/en/compare/", {"pick": [code_in(first), code_in(second)], "from": "list"})
    compared = text_of(client, picked["Location"])
    differing = re.findall(r'<th scope="row">([^<]+?) <span class="mark">', compared)
    assert [name for name in differing if name != "Ready"] == ["Body glaze", "Price now"]
    row = r'Body glaze <span class="mark">≠ differs</span></th>\s*<td>.*?Indigo</td>\s*<td>.*?Celadon</td>'
    assert re.search(row, compared, re.DOTALL)
    assert onward(compared).startswith(STUDIO)


def test_a_design_that_cannot_be_saved_says_why_and_keeps_everything(
    edition: Edition, client: Client, now: datetime
) -> None:
    parent = samples.saved(edition, now=now).code
    form = form_of(client.get(STUDIO, {"engraving": "Mina"}).content.decode())

    with samples.nothing_written():
        answer = client.post(SAVE, {**form, "sleeve": "ink", "stitch": "black", "parent": parent})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "No black thread on ink leather" in page
    kept = form_of(page)
    assert (kept["sleeve"], kept["stitch"], kept["engraving"]) == ("ink", "black", "Mina")
    assert f'name="parent" value="{parent}"' in page


def test_an_unknown_origin_is_said_once_and_then_left_out(edition: Edition, client: Client) -> None:
    form = form_of(client.get(STUDIO).content.decode())

    answer = client.post(SAVE, {**form, "parent": "00000000"})

    assert answer.status_code == 422
    assert "does not exist. Save once more to keep yours without it." in unescape(answer.content.decode())
    assert 'name="parent"' not in answer.content.decode()
    assert client.post(SAVE, form_of(answer.content.decode())).status_code == 302


def test_the_address_without_a_language_opens_in_the_visitors(edition: Edition, client: Client, now: datetime) -> None:
    code = samples.saved(edition, now=now).code

    for language in ("ko", "en"):
        answer = client.get(f"/d/{code.lower()}", headers={"Accept-Language": language})
        assert (answer.status_code, answer["Location"]) == (302, f"/{language}/d/{code}/")
        assert {"Accept-Language", "Cookie"} <= set(re.split(", *", answer["Vary"]))
    typed = client.get(f"/en/d/{code[:4]}-{code[4:].lower()}/")
    assert (typed.status_code, typed["Location"]) == (302, f"/en/d/{code}/")


@pytest.mark.parametrize("code", ["A1B2C3D8", "A1B2C3D9", "x", "x" * 500, "%00", "한글"])
def test_a_code_without_a_design_is_not_found(edition: Edition, client: Client, code: str) -> None:
    assert client.get(f"/en/d/{code}/").status_code == 404
    assert client.post(f"/en/d/{code}/name/", {"name": "x"}).status_code == 404
    assert client.post(f"/en/d/{code}/remove/").status_code == 404


def test_codes_cannot_be_tried_quickly(
    edition: Edition, client: Client, now: datetime, allow: Callable[[str, str], None]
) -> None:
    code = samples.saved(edition, now=now).code
    allow("lookup", "3/min")

    answers = [client.get("/en/d/A1B2C3D8/"), client.get("/en/compare/?a=A1B2C3D8"), client.head(f"/en/d/{code}/")]
    assert [answer.status_code for answer in answers] == [404, 422, 200]
    assert client.get(f"/en/d/{code}/").status_code == 429


def test_a_link_preview_shows_the_card(edition: Edition, client: Client, now: datetime) -> None:
    design = samples.saved(edition, now=now, glaze="indigo")
    page = text_of(client, f"/ko/d/{design.code}/")
    meta = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page))

    assert meta["og:url"] == f"http://testserver/ko/d/{design.code}/"
    assert (meta["og:title"], meta["og:locale"]) == ("온담 텀블러", "ko_KR")
    assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")
    assert (meta["twitter:card"], meta["robots"]) == ("summary_large_image", "noindex")
    card = client.get(meta["og:image"].removeprefix("http://testserver"))
    assert (card.status_code, card["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in card["Cache-Control"]
    with Image.open(io.BytesIO(card.content)) as drawn:
        assert drawn.size == (1200, 630)


def test_a_card_follows_the_name(edition: Edition, client: Client, now: datetime) -> None:
    address = save(client)
    old = re.search(r'og:image" content="http://testserver([^"]+)"', text_of(client, address))
    assert old

    client.post(f"{address}name/", {"name": "Winter"})

    new = re.search(r'og:image" content="http://testserver([^"]+)"', text_of(client, address))
    assert new
    assert old[1] != new[1]
    moved = client.get(old[1])
    assert (moved.status_code, moved["Location"]) == (302, new[1])
    # Cards are no way to try codes: only addresses that a page gave out are looked up.
    other = samples.saved(edition, now=now).code
    for code in (other, "A1B2C3D8"):
        assert client.get(new[1].replace(code_in(address), code)).status_code == 404


def test_the_owner_names_it_and_takes_it_off_the_list(edition: Edition, client: Client) -> None:
    address = save(client)

    named = client.post(f"{address}name/", {"name": "  My <b>winter</b> cup "}, follow=True)
    assert "<h1>My &lt;b&gt;winter&lt;/b&gt; cup</h1>" in named.content.decode()
    long = client.post(f"{address}name/", {"name": "y" * 61})
    assert long.status_code == 422
    assert f'value="{"y" * 61}"' in long.content.decode()
    assert "A name has at most 60 characters." in long.content.decode()

    removed = client.post(f"{address}remove/", follow=True)

    assert "Whoever has its address can still open it." in removed.content.decode()
    assert code_in(address) not in removed.content.decode()
    assert text_of(client, address)


def test_strangers_can_look_and_go_on_but_change_nothing(edition: Edition, client: Client) -> None:
    address = save(client, engraving="Mina")
    stranger = Client()

    page = text_of(stranger, address)
    assert "Mina" in page
    assert "The text and the picture on it are its author's" in page
    assert "engraving" not in onward(page)
    assert "Take off my list" not in page
    with samples.nothing_written():
        assert stranger.post(f"{address}name/", {"name": "x"}).status_code == 404
        assert stranger.post(f"{address}name/", {"name": "x" * 61}).status_code == 404
        assert stranger.post(f"{address}remove/").status_code == 404
    assert code_in(address) not in text_of(stranger, "/en/designs/")


@pytest.mark.parametrize("first_page", ["/en/designs/", "/en/pieces/"])
def test_signing_in_takes_the_designs_along_to_every_device(
    edition: Edition, client: Client, mina: User, first_page: str
) -> None:
    address = save(client)
    assert "This browser remembers" in text_of(client, "/en/designs/")

    client.post("/en/account/login/", {"login": mina.email, "password": PASSWORD})
    text_of(client, first_page)

    assert Design.objects.get().author == mina
    phone = Client()
    phone.force_login(mina)
    assert code_in(address) in text_of(phone, "/en/designs/")
    assert "Take off my list" in text_of(phone, address)


def test_the_next_person_at_the_same_browser_gets_nothing(edition: Edition, client: Client, mina: User) -> None:
    client.force_login(mina)
    address = save(client)
    client.post("/en/account/logout/")

    assert code_in(address) not in text_of(client, "/en/designs/")
    assert Design.objects.get().author == mina


def test_an_old_design_on_a_newer_version_is_shown_both_ways(
    edition: Edition, client: Client, now: datetime, tmp_path: Path
) -> None:
    address = save(client, gasket="moss")
    new = samples.revised_edition(tmp_path, {'id = "moss"\n': 'id = "moss"\n  retired = true\n'}, now=now)

    page = text_of(client, address)

    assert "The piece has been revised since" in page
    assert "Gasket: “Moss” is no longer made. Now “Oat”." in page
    section = page[page.index('<section class="revision">') : page.index('class="changes"')]
    pictures = re.findall(r'<img class="photo" src="([^"]+)"', section)
    assert len(set(pictures)) == 2
    assert [client.get(each).status_code for each in pictures] == [200, 200]
    assert "Take the repaired design on" in page
    assert onward(page).startswith(f"/en/editions/{new.slug}/studio/")
    assert text_of(client, onward(page))
    assert Design.objects.get().configuration.choices["gasket"] == "moss"


def test_comparing_needs_two_designs_and_says_so(edition: Edition, client: Client, now: datetime) -> None:
    one, two = (samples.saved(edition, now=now, glaze=glaze).code for glaze in ("celadon", "indigo"))

    ticked_one = client.get("/en/compare/", {"pick": [one], "from": "list"})
    assert "Please tick exactly two designs" in ticked_one.content.decode()
    wrong = client.get("/en/compare/", {"a": one, "b": "12345678"})
    assert wrong.status_code == 422
    assert "There is no design with this code." in wrong.content.decode()
    assert f'value="{one}"' in wrong.content.decode()
    same = client.get("/en/compare/", {"a": one, "b": one.lower()})
    assert (same.status_code, "This is the same design." in same.content.decode()) == (422, True)
    assert client.get("/en/compare/", {"a": one, "b": two.lower()}).status_code == 200


def test_save_and_compare_leads_to_the_own_designs(edition: Edition, client: Client) -> None:
    first = save(client)
    form = form_of(client.get(STUDIO, {"glaze": "indigo"}).content.decode())

    answer = client.post(SAVE, {**form, "then": "compare"}, follow=True)

    second = Design.objects.latest("pk").code
    assert answer.redirect_chain == [(f"/en/compare/?a={second}", 302)]
    assert f"/en/compare/?a={second}&b={code_in(first)}" in unescape(answer.content.decode())


def test_a_sold_out_edition_shows_no_price(client: Client, now: datetime) -> None:
    edition = samples.open_edition(now=now, size=1)
    address = save(client)
    samples.order_in_review(edition, now=now)

    page = text_of(client, address)

    assert "all 1 pieces have an owner" in page
    assert "₩" not in page


def test_many_designs_come_in_pages(edition: Edition, client: Client, mina: User, now: datetime) -> None:
    codes = [samples.saved(edition, now=now, shelf=Shelf(mina), engraving=f"No {number}").code for number in range(25)]
    client.force_login(mina)

    first, second = text_of(client, "/en/designs/"), text_of(client, "/en/designs/?page=2")

    assert (codes[-1] in first, codes[0] in first, codes[0] in second) == (True, False, True)
    assert "1 / 2" in first
