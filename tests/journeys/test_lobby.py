"""The lobby on the edition's page, the public draw, and the script that a stranger runs."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from editions.draw import commitment, digest, drawn_order, list_file, order_file
from editions.lobby_service import REVEAL_AFTER, advance_lobby, call_off_lobby
from editions.models import Edition, Lobby
from tests import lobbies, samples
from tests.journeys.forms import form_of

pytestmark = pytest.mark.django_db

PAGE, PART, DRAW = (f"/en/editions/first-firing/{part}" for part in ("", "lobby/", "draw/"))
LIST, ORDER = "/draws/first-firing-list.txt", "/draws/first-firing-order.txt"
ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / "templates" / "lobby" / "verify_draw.txt").read_text(encoding="utf-8")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lobby(now: datetime) -> Lobby:
    return lobbies.coming_lobby(now)


def told(page: str) -> str:
    """The lobby's part as a person reads it."""
    part = page.partition('<section id="lobby"')[2].partition("</section>")[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def seen(client: Client, language: str = "en") -> str:
    return told(client.get(f"/{language}/editions/first-firing/").content.decode())


# --- One visitor's day -------------------------------------------------------------------------------


def test_a_day_from_the_announcement_to_everybody(lobby: Lobby, now: datetime, client: Client) -> None:
    opening = lobby.edition.opens_at
    with at(now + timedelta(minutes=1)):
        assert "Before this edition opens there is a lobby." in seen(client)
        assert "Enter the lobby" not in seen(client)
    with at(now + lobbies.COMES):
        lobbies.come(lobby, now, *(f"visitor {number}" for number in range(24)))
        assert "24 people are in the lobby, for 10 pieces. The odds of getting one are 41 %" in seen(client)
        answer = client.post(PART)
        assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#lobby")
        page = seen(client)
        assert "You are in the lobby." in page
        assert "25 people are in the lobby, for 10 pieces. The odds of getting one are 40 %" in page
        client.post(PART)
        assert lobby.entries.count() == 25
    with at(now + lobbies.CLOSES):
        lobbies.draw(lobby, now)
    mine = lobby.entries.get(entry=re.findall(r"Your entry: ([0-9a-f]{32})", page)[0])
    assert mine.place
    turn = opening + timedelta(seconds=30 * (mine.place - 1))
    with at(opening - timedelta(minutes=1)):
        assert f"Your place is {mine.place} of 25. Your turn comes at" in seen(client)
        assert "The order of those" not in seen(client)
    with at(turn):
        assert f"It is your turn: your place was {mine.place} of 25" in seen(client)
        assert "Those who came to the lobby choose first." in seen(Client())
    with at(opening + timedelta(seconds=30 * 25)):
        for each in (client, Client()):
            assert "Everybody can choose now." in seen(each)
        Edition.objects.update(closes_at=opening + timedelta(seconds=1))
        assert "Everybody can choose now." not in seen(client)


def test_whose_turn_it_is_hears_that_nothing_is_left(now: datetime, client: Client) -> None:
    lobby = lobbies.coming_lobby(now, size=1)
    with at(now + lobbies.COMES):
        client.post(PART)
        lobbies.come(lobby, now, "jun")
    lobbies.draw(lobby, now)
    with at(lobby.edition.opens_at + timedelta(seconds=30)):
        assert "You can hold a piece now." in seen(client)
        samples.held(lobby.edition, now=lobby.edition.opens_at + timedelta(seconds=60))
        page = seen(client)
    assert "No piece is free at this moment." in page
    assert "You can hold a piece now." not in page


def test_the_studio_keeps_the_turn_and_says_when_it_comes(lobby: Lobby, now: datetime, client: Client) -> None:
    with at(now + lobbies.COMES):
        lobbies.come(lobby, now, "jun", "sora")
        client.post(PART)
    lobbies.draw(lobby, now)
    place = lobby.entries.latest("pk").place
    assert place
    turn = lobby.edition.opens_at + timedelta(seconds=30 * (place - 1))

    def hold(browser: Client) -> tuple[int, str]:
        fields = form_of(browser.get("/en/editions/first-firing/studio/").content.decode())
        answer = browser.post("/en/editions/first-firing/hold/", fields)
        return answer.status_code, answer.content.decode()

    with at(lobby.edition.opens_at):
        status, page = hold(Client())
        assert (status, "Those who came to the lobby choose first." in page) == (409, True)
    with at(turn):
        assert hold(client)[0] == 302


def test_it_is_said_in_korean_too(lobby: Lobby, now: datetime, client: Client) -> None:
    with at(now + lobbies.COMES), translation.override("ko"):
        assert client.get("/ko/editions/first-firing/").status_code == 200
        assert client.get("/ko/editions/first-firing/draw/").status_code == 200


def test_an_edition_without_a_rush_opens_without_a_lobby(edition: Edition, client: Client) -> None:
    assert 'id="lobby"' not in client.get(PAGE).content.decode()
    for address in (PART, DRAW, LIST, ORDER):
        assert client.get(address).status_code == 404
    assert client.post(PART).status_code == 404
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_nobody_comes_in_too_early_and_hears_why(lobby: Lobby, now: datetime, client: Client) -> None:
    with at(now + timedelta(minutes=1)):
        answer = client.post(PART, follow=True)
    assert "The lobby is not open at the moment." in answer.content.decode()
    assert lobby.entries.count() == 0


def test_a_lobby_that_was_called_off_says_so(lobby: Lobby, now: datetime, client: Client) -> None:
    call_off_lobby(lobby_id=lobby.pk, now=now)
    assert "The lobby was called off" in seen(client)
    assert "The lobby was called off" in client.get(DRAW).content.decode()


def test_one_address_is_no_crowd(lobby: Lobby, now: datetime, allow: Callable[[str, str], None]) -> None:
    allow("lobby", "2/10min")
    with at(now + lobbies.COMES):
        assert [Client().post(PART).status_code for _ in range(3)] == [302, 302, 429]
    assert lobby.entries.count() == 2


# --- The part that moves -----------------------------------------------------------------------------


def test_the_part_is_sent_again_only_when_it_is_otherwise(lobby: Lobby, now: datetime, client: Client) -> None:
    with at(now + lobbies.COMES):
        page = client.get(PAGE).content.decode()
        address = re.findall(r'hx-get="([^"]+)"', page)[0].replace("&amp;", "&")
        assert client.get(address, headers=HTMX).status_code == 204
        lobbies.come(lobby, now, "jun")
        part = client.get(address, headers=HTMX)
        assert (part.status_code, "1 person is in the lobby" in part.content.decode()) == (200, True)
        assert "lobby-spoken" not in part.content.decode()
        client.post(PART)
        spoken = client.get(address, headers=HTMX).content.decode()
        assert re.findall(r'role="status" hx-swap-oob="innerHTML">\s*([^<]+?)\s*</p>', spoken) == [
            "You are in the lobby. The order is drawn when it closes; you may leave this page and come back."
        ]
        assert part["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
        # Without htmx it is the page.
        assert client.get(address)["Location"] == f"{PAGE}#lobby"


def test_who_only_looks_gets_no_session(lobby: Lobby, client: Client) -> None:
    client.get(PAGE)
    client.get(DRAW)
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_the_page_takes_few_queries(lobby: Lobby, now: datetime, client: Client) -> None:
    with at(now + lobbies.COMES):
        client.post(PART)
    lobbies.draw(lobby, now)

    with at(now + lobbies.OPENS), CaptureQueriesContext(connection) as seen_queries:
        client.get(PART, headers=HTMX)
    # Session, edition with its lobby, the entry, what is left (twice).
    assert len(seen_queries) <= 5, [query["sql"] for query in seen_queries]


# --- The public draw ---------------------------------------------------------------------------------


def test_each_hash_is_public_when_it_is_due_and_the_seed_last(lobby: Lobby, now: datetime, client: Client) -> None:
    def public() -> list[tuple[str, str]]:
        return re.findall(r'data-part="([a-z-]+)">([0-9a-f]{64})', client.get(DRAW).content.decode())

    lobbies.come(lobby, now, "mina", "jun")
    assert public() == [("commitment", lobby.seed_hash)]
    assert [client.get(address).status_code for address in (LIST, ORDER)] == [404, 404]
    advance_lobby(lobby_id=lobby.pk, now=now + lobbies.CLOSES)
    lobby.refresh_from_db()
    assert public() == [("commitment", lobby.seed_hash), ("list-hash", lobby.list_hash)]
    assert [client.get(address).status_code for address in (LIST, ORDER)] == [200, 404]
    advance_lobby(lobby_id=lobby.pk, now=now + lobbies.CLOSES + REVEAL_AFTER)
    lobby.refresh_from_db()
    assert public()[1:] == [("list-hash", lobby.list_hash), ("seed", lobby.seed)]
    assert [client.get(address).status_code for address in (LIST, ORDER)] == [200, 200]
    tag = client.get(ORDER)["ETag"]
    assert client.get(ORDER, HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_everybody_finds_her_own_place(lobby: Lobby, now: datetime, client: Client) -> None:
    with at(now + lobbies.COMES):
        client.post(PART)
        lobbies.come(lobby, now, "jun", "sora")
    lobbies.draw(lobby, now)
    mine = lobby.entries.earliest("pk")

    page = client.get(DRAW).content.decode()

    places = re.findall(r"<td>(\d)</td>\s*<td><code class=\"hash\">([0-9a-f]{32})", page)
    assert [(int(place), entry) for place, entry in places] == list(
        lobby.entries.order_by("place").values_list("place", "entry")
    )
    assert f"Your place is {mine.place} of 3." in page
    assert page.count('aria-current="true"') == 1
    assert "Your place is" not in Client().get(DRAW).content.decode()


def test_no_digest_and_no_time_of_coming_is_public(lobby: Lobby, now: datetime, client: Client) -> None:
    (entry,) = lobbies.come(lobby, now + timedelta(minutes=7), "mina")
    lobbies.draw(lobby, now)
    public = "".join(client.get(address).content.decode() for address in (PAGE, DRAW, LIST, ORDER))

    lobby.refresh_from_db()
    for secret in (entry.holders.get().digest, lobby.nonce, entry.came_at.isoformat()):
        assert secret not in public


# --- A stranger's check ------------------------------------------------------------------------------


class Stranger:
    """Somebody with both files and the script of the page, on a machine of her own."""

    def __init__(self, folder: Path, client: Client) -> None:
        self.folder = folder
        page = client.get(DRAW).content.decode()
        assert SCRIPT.splitlines()[3] in page
        (folder / "verify_draw.py").write_text(SCRIPT, encoding="utf-8")
        self.files = {"list": client.get(LIST).content, "order": client.get(ORDER).content}

    def check(self, *kept: str, **changed: bytes) -> tuple[bool, str]:
        for name, content in {**self.files, **changed}.items():
            (self.folder / name).write_bytes(content)
        command = [sys.executable, "-I", "verify_draw.py", "list", "order", *kept]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def stranger(lobby: Lobby, now: datetime, client: Client, tmp_path: Path) -> Stranger:
    lobbies.come(lobby, now, "mina", "jun", "sora")
    lobbies.draw(lobby, now)
    lobby.refresh_from_db()
    return Stranger(tmp_path, client)


def test_the_script_holds_and_finds_what_was_kept(stranger: Stranger, lobby: Lobby) -> None:
    second = lobby.entries.get(place=2).entry

    assert stranger.check() == (True, f"3 entries, commitment {lobby.seed_hash} list {lobby.list_hash}\n")
    holds, said = stranger.check(lobby.seed_hash, lobby.list_hash, second)
    assert (holds, said.splitlines()[0]) == (True, f"entry {second} has place 2")
    assert stranger.check("0" * 64) == (False, f"This draw does not hold: {'0' * 64} is nothing in it\n")


def test_another_draw_by_the_same_rules_fails_against_what_was_kept(stranger: Stranger, lobby: Lobby) -> None:
    """The shop writes both files anew with a seed that suits it better: they hold, and the commitment tells."""
    seed = bytes(32)
    names = list(lobby.entries.values_list("entry", flat=True))
    terms = lobby.terms.__class__(**{**vars(lobby.terms), "seed_hash": commitment(seed)})
    listed = list_file(terms, names)
    order = order_file(seed, digest(listed), drawn_order(seed, digest(listed), names))

    assert stranger.check(list=listed, order=order)[0]
    assert not stranger.check(lobby.seed_hash, list=listed, order=order)[0]
    # So does the true list with an entry left out.
    shorter = stranger.files["list"].replace(names[0].encode() + b"\n", b"")
    assert "the list is not the one" in stranger.check(list=shorter)[1]


def test_any_flipped_byte_is_found(stranger: Stranger) -> None:
    """Every byte of both files, in one process of its own: the script is run as it stands, some hundred times."""
    runner = stranger.folder / "flip.py"
    runner.write_text(FLIP, encoding="utf-8")
    for name, content in stranger.files.items():
        (stranger.folder / name).write_bytes(content)

    command = [sys.executable, "-I", runner.name]
    done = subprocess.run(command, cwd=stranger.folder, capture_output=True, text=True, check=False)

    size = sum(map(len, stranger.files.values()))
    assert (done.stdout, done.stderr) == (f"untouched holds, {size} flips found of {size}\n", "")


FLIP = """
import contextlib, io, pathlib, sys
script = compile(pathlib.Path("verify_draw.py").read_text(), "verify_draw.py", "exec")
sys.argv = ["verify_draw.py", "list", "order"]
def holds():
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(script, {})
        except (SystemExit, Exception):
            return False
    return True
assert holds()
found = size = 0
for name in ("list", "order"):
    file = pathlib.Path(name)
    content = file.read_bytes()
    for at in range(len(content)):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1:])
        found, size = found + (not holds()), size + 1
    file.write_bytes(content)
print(f"untouched holds, {found} flips found of {size}")
"""


def test_the_documentation_has_the_same_script() -> None:
    document = (ROOT / "docs" / "verifying-a-draw.md").read_text(encoding="utf-8")
    assert document.partition("```python\n")[2].partition("```")[0] == SCRIPT
