"""The public price ledger: every price by piece, for people and for anyone's own check."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from editions.models import Edition, LedgerEntry
from editions.pricing import Card, ComponentLadder, CurveCard, PriceCard, Step
from editions.stock_service import NewComponent, stock_component
from orders import ledger_page
from orders.services.review import reject_order
from tests import samples

pytestmark = pytest.mark.django_db

PAGE, FILE = "/en/editions/first-firing/ledger/", "/ledgers/first-firing.jsonl"
ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / "templates" / "ledger" / "verify_ledger.txt").read_text(encoding="utf-8")
LADDER = PriceCard((Step(1, 58_000), Step(3, 64_000)))


@pytest.fixture
def sold(now: datetime, reviewer: User) -> Edition:
    """Pieces 1, 2 and 3 are ordered, 1 is given back and ordered again."""
    edition = samples.open_edition(now=now, card=LADDER)
    first = samples.order_in_review(edition, now=now)
    for _ in range(2):
        samples.order_in_review(edition, now=now)
    reject_order(order_id=first.pk, actor=reviewer, now=now, reason="The name is a brand's.")
    samples.order_in_review(edition, now=now)
    edition.refresh_from_db()
    return edition


def rows(page: str) -> list[list[str]]:
    """The table's cells as a person reads them, without the times."""
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in table.split("</tr>")[:-1]]
    told = re.compile(r"\s*<small>[^<]*\d\d:\d\d</small>|<[^>]+>")
    return [[" ".join(told.sub("", cell).split()) for cell in row] for row in cells]


def body(answer: Any) -> bytes:
    async def read(chunks: AsyncIterator[bytes]) -> bytes:
        return b"".join([chunk async for chunk in chunks])

    return bytes(async_to_sync(read)(answer.streaming_content))


def test_the_page_lists_every_price_in_order_with_its_step_and_marks_what_came_back(
    sold: Edition, client: Client
) -> None:
    answer = client.get(PAGE)

    assert answer.status_code == 200
    assert rows(answer.content.decode()) == [
        ["1", "No. 1 came back", "₩58,000 orders 1–2", "₩63,000"],
        ["2", "No. 2", "₩58,000 orders 1–2", "₩63,000"],
        ["3", "No. 3", "₩64,000 orders 3–10", "₩69,000"],
        ["–", "No. 1", "Came back: the charge was given back", "-₩63,000"],
        ["4", "No. 1", "₩64,000 orders 3–10", "₩69,000"],
    ]


def test_by_piece_the_same_stands_by_number(sold: Edition, client: Client) -> None:
    page = client.get(PAGE, {"by": "piece"}).content.decode()

    assert [row[1] for row in rows(page)] == ["No. 1 came back", "No. 1", "No. 1", "No. 2", "No. 3"]
    assert '<a href="?">In the order of sale</a>' in page


def test_the_page_shows_the_latest_hash_and_how_to_check_it(sold: Edition, client: Client) -> None:
    page = client.get(PAGE).content.decode()

    assert sold.ledger.latest("sequence").hash in page
    assert f'href="{FILE}"' in page
    assert "assert entry[&quot;orders_placed&quot;] == orders and before &lt;= orders, entry" in page


def test_a_customer_is_on_no_page_of_it(sold: Edition, client: Client) -> None:
    written = client.get(PAGE).content.decode() + body(client.get(FILE)).decode()

    for secret in ("mina@example.com", "지우", "선물이에요"):
        assert secret not in written


def test_an_edition_and_its_studio_lead_to_its_ledger(edition: Edition, client: Client) -> None:
    for place in ("", "studio/"):
        assert f'href="{PAGE}"' in client.get(f"/en/editions/first-firing/{place}").content.decode()


def test_before_the_first_order_the_page_says_so(edition: Edition, client: Client) -> None:
    page = client.get(PAGE).content.decode()

    assert "Nothing has been ordered yet." in page
    assert edition.ledger.get().hash in page


def test_both_languages_say_where_the_other_is(edition: Edition, client: Client) -> None:
    for language in ("ko", "en"):
        page = client.get(f"/{language}/editions/first-firing/ledger/", {"by": "piece"}).content.decode()
        assert f'<html lang="{language}">' in page
        assert re.findall(
            r'hreflang="(\w+)" href="http://testserver(/\w+/editions/first-firing/ledger/[^"]*)"', page
        ) == [
            ("ko", "/ko/editions/first-firing/ledger/?by=piece"),
            ("en", "/en/editions/first-firing/ledger/?by=piece"),
        ]


def test_it_is_not_public_before_the_price_card_is(edition: Edition, client: Client) -> None:
    with time_machine.travel(edition.announced_at - timedelta(seconds=1)):
        for address in (PAGE, FILE):
            assert client.get(address).status_code == 404
    for address in ("/en/editions/no-such/ledger/", "/ledgers/no-such.jsonl"):
        assert client.get(address).status_code == 404

    # The control.
    for address in (PAGE, FILE):
        assert client.get(address).status_code == 200


# --- Pages, caches, limits ---------------------------------------------------------------------------


def test_a_long_ledger_comes_in_pages(sold: Edition, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_page, "ON_A_PAGE", 2)

    pages = {number: client.get(PAGE, {"page": number}).content.decode() for number in ("", "2", "3", "99", "x")}

    assert {number: [row[0] for row in rows(page)] for number, page in pages.items()} == {
        "": ["1", "2"],
        "2": ["3", "–"],
        "3": ["4"],
        "99": ["4"],
        "x": ["1", "2"],
    }
    assert re.findall(r'<a href="(\?page=[^"]+)">([\w ]+)</a>', pages["2"]) == [
        ("?page=1", "Earlier sales"),
        ("?page=3", "Later sales"),
    ]
    sorted_page = client.get(PAGE, {"page": "2", "by": "piece"}).content.decode()
    assert '<a href="?page=3&amp;by=piece">Later sales</a>' in sorted_page


def test_a_page_costs_few_queries_however_many_rows_it_has(
    sold: Edition, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(PAGE)

    with django_assert_max_num_queries(9):
        client.get(PAGE)


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_an_answer_is_good_until_the_next_entry(sold: Edition, now: datetime, client: Client, address: str) -> None:
    tag = client.get(address)["ETag"]

    kept = client.get(address, headers={"if-none-match": tag})
    assert (kept.status_code, kept.content) == (304, b"")

    samples.order_in_review(sold, now=now)
    renewed = client.get(address, headers={"if-none-match": tag})
    assert renewed.status_code == 200
    assert renewed["ETag"] != tag


def test_a_page_is_not_kept_for_another_reader(sold: Edition, client: Client) -> None:
    tag = client.get(PAGE)["ETag"]

    tags = {client.get(PAGE, {"by": "piece"})["ETag"], client.get(PAGE.replace("/en/", "/ko/"))["ETag"]}
    client.force_login(samples.superuser())
    signed_in = client.get(PAGE, headers={"if-none-match": tag})

    assert signed_in.status_code == 200
    assert len({tag, *tags, signed_in["ETag"]}) == 4
    assert set(signed_in["Cache-Control"].split(", ")) == {"private", "no-cache"}


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_one_address_asks_so_often_and_no_more(
    edition: Edition, client: Client, allow: Callable[[str, str], None], address: str
) -> None:
    allow("ledger", "2/min")

    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_it_can_only_be_read(edition: Edition, client: Client, verb: str) -> None:
    with samples.nothing_written():
        for address in (PAGE, FILE):
            assert getattr(client, verb)(address).status_code == 405


# --- The file ----------------------------------------------------------------------------------------


def test_the_file_is_the_bytes_that_are_hashed(sold: Edition, client: Client) -> None:
    answer = client.get(FILE)

    assert answer["Content-Disposition"] == 'attachment; filename="first-firing-ledger.jsonl"'
    entries = LedgerEntry.objects.order_by("sequence")
    assert body(answer).splitlines() == [entry.as_link().entry.canonical() for entry in entries]


def test_a_file_longer_than_one_read_is_whole(sold: Edition, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = body(client.get(FILE))
    monkeypatch.setattr("editions.ledger_selectors.AT_A_TIME", 2)

    assert body(client.get(FILE)) == whole
    assert whole.count(b"\n") == 6


def run_script(folder: Path, content: bytes, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "verify_ledger.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "ledger.jsonl").write_bytes(content)
    command = [sys.executable, "-I", "verify_ledger.py", "ledger.jsonl", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_script_on_the_page_finds_the_hash_on_the_page(sold: Edition, client: Client, tmp_path: Path) -> None:
    done = run_script(tmp_path, body(client.get(FILE)))

    head = sold.ledger.latest("sequence").hash
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"4 orders, 201000 charged and kept, last hash {head}\n"


@pytest.mark.parametrize(
    "card",
    [
        PriceCard.fixed(58_000),
        PriceCard(LADDER.steps, (ComponentLadder("kiln", 4, (Step(1, 5_000),)),)),
        CurveCard(size=5, first=50_000, last=90_000, power=2, unit=1_000),
    ],
    ids=["fixed", "with components", "curve"],
)
def test_the_script_knows_every_policy(card: Card, client: Client, tmp_path: Path, now: datetime) -> None:
    for ladder in card.components:
        stock_component(component=NewComponent(ladder.component, "부품", "Component", ladder.stock))
    edition = samples.open_edition(now=now, card=card, size=5)
    paid = [samples.order_in_review(edition, now=now).total for _ in range(3)]
    lines = body(client.get(FILE))

    done = run_script(tmp_path, lines)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"3 orders, {sum(paid)} charged and kept, ")
    assert client.get(PAGE).status_code == 200
    wrong = lines.replace(
        b'"amount":%d,"key":"","kind":"base"' % card.amount_at(1), b'"amount":1,"key":"","kind":"base"'
    )
    assert wrong != lines
    assert run_script(tmp_path, wrong).returncode == 1


@pytest.mark.parametrize(
    ("old", "new"), [(b"58000", b"58001"), (b'"orders_placed":0,"piece"', b'"orders_placed":1,"piece"')]
)
def test_the_script_stops_at_a_price_that_is_not_the_cards(
    sold: Edition, client: Client, tmp_path: Path, old: bytes, new: bytes
) -> None:
    lines = body(client.get(FILE)).splitlines(keepends=True)
    lines[1] = lines[1].replace(old, new, 1)

    assert run_script(tmp_path, b"".join(lines)).returncode == 1


def test_the_script_prints_another_hash_for_another_file(sold: Edition, client: Client, tmp_path: Path) -> None:
    changed = body(client.get(FILE)).replace(b"glaze", b"glase").replace(b'"name"', b'"game"')

    done = run_script(tmp_path, changed)

    assert done.returncode == 0
    assert sold.ledger.latest("sequence").hash not in done.stdout


def test_the_script_says_which_entry_has_a_hash_that_was_kept(sold: Edition, client: Client, tmp_path: Path) -> None:
    kept = sold.ledger.get(sequence=4).hash

    found = [run_script(tmp_path, body(client.get(FILE)), each).stdout for each in (kept, "0" * 64)]

    assert "entry 4 has the hash that you kept\n" in found[0]
    assert "that you kept" not in found[1]


def test_the_document_has_the_same_script(sold: Edition) -> None:
    document = (ROOT / "docs" / "verifying-the-ledger.md").read_text(encoding="utf-8")

    assert f"```python\n{SCRIPT}```" in document


# --- The workshop ------------------------------------------------------------------------------------


def test_staff_read_the_ledger_and_cannot_write_it(sold: Edition, client: Client) -> None:
    client.force_login(samples.superuser())
    place = "/admin/editions/ledgerentry/"
    entry = sold.ledger.latest("sequence")

    assert entry.hash in client.get(place).content.decode()
    page = client.get(f"{place}{entry.hash}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    with samples.nothing_written():
        assert client.get(f"{place}add/").status_code == 403
        assert client.post(f"{place}{entry.hash}/change/", {"total": "1"}).status_code == 403
        assert client.post(f"{place}{entry.hash}/delete/", {"post": "yes"}).status_code == 403
