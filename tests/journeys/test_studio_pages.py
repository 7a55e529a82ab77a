"""The studio over HTTP alone: starting from presets, repairs, proposals and a limit, all as links and buttons."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from editions.models import Edition
from tests import samples
from tests.journeys.forms import form_of

pytestmark = pytest.mark.django_db

STUDIO = "/en/editions/first-firing/studio/"
SUGGEST = "/en/editions/first-firing/suggest/"


def page_of(client: Client, **query: str) -> str:
    return client.get(STUDIO, query).content.decode()


def chosen(page: str) -> dict[str, str]:
    return {group: option for group, option in form_of(page).items() if group in samples.PRESET}


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(address)).query).items()}


def ways_out(page: str) -> list[tuple[str, str, str]]:
    """What each repair keeps, its address, and its price."""
    pattern = r"<span>(Keep [^<]+)<small>.*?<a [^>]*href=\"([^\"]+)\">.*?<span class=\"amount\">([^<]+)</span>"
    return re.findall(pattern, page, re.DOTALL)


def over_limit(page: str) -> dict[str, str]:
    """The options that are marked, by how."""
    rows = re.findall(r'value="([a-z-]+)" data-name=.*?data-part="over"( hidden)?>([^<]*)<', page, re.DOTALL)
    return {option: mark for option, hidden, mark in rows if not hidden}


def test_everybody_starts_from_a_preset_and_can_start_from_another(edition: Edition, client: Client) -> None:
    page = page_of(client, engraving="Mina")

    presets = re.findall(r'<a class="preset" href="([^"]+)" data-preset="([^"]*)"( aria-current="true")?', page)
    assert [(name, bool(current)) for _, name, current in presets] == [
        ("", True),
        ("winter-night", False),
        ("persimmon-tree", False),
        ("first-snow", False),
    ]
    following = client.get(html.unescape(presets[1][0])).content.decode()
    assert chosen(following)["sleeve"] == "ink"
    assert form_of(following)["engraving"] == "Mina"
    assert "₩74,000" in following
    pictures = re.findall(r'<img src="([^"]+-400\.webp)" alt=""', page)
    assert len(pictures) == 4
    assert client.get(pictures[1]).status_code == 200


def test_choices_that_do_not_go_together_come_with_a_repair_for_each(edition: Edition, client: Client) -> None:
    answer = client.get(STUDIO, {"sleeve": "ink", "stitch": "black", "engraving": "Mina", "budget": "70000"})

    page = answer.content.decode()
    ways = ways_out(page)
    assert answer.status_code == 422
    assert "No black thread on ink leather" in page
    assert [(kept, price) for kept, _, price in ways] == [
        ("Keep “Leather sleeve: Ink”", "₩63,000"),
        ("Keep “Stitching: Black thread”", "₩63,000"),
    ]
    assert "Stitching: Black thread → Ivory thread" in page
    repaired = client.get(html.unescape(ways[0][1]))
    assert repaired.status_code == 200
    form = form_of(repaired.content.decode())
    assert (form["sleeve"], form["stitch"], form["engraving"]) == ("ink", "ivory", "Mina")
    assert query_of(ways[0][1])["budget"] == "70000"
    assert ways_out(repaired.content.decode()) == []


def test_a_repair_says_what_it_costs_more(edition: Edition, client: Client) -> None:
    ways = ways_out(page_of(client, glaze="indigo", lid="bog-oak"))

    assert [price for _, _, price in ways] == ["₩63,000 (−₩9,000)", "₩67,000 (−₩5,000)"]


def test_blocked_options_can_be_reached_and_say_why(edition: Edition, client: Client) -> None:
    page = page_of(client, glaze="indigo")

    row = re.search(r'<input type="radio" name="lid" value="bog-oak"[^>]*>', page)
    assert row
    assert 'aria-disabled="true"' in row[0]
    assert 'aria-describedby="reasons-lid"' in row[0]
    assert not re.search(r"\sdisabled", row[0].replace("aria-disabled", ""))
    assert "<strong>Bog oak</strong> — Indigo is fired hotter" in page


def test_a_group_that_does_not_exist_is_said_and_not_sent(edition: Edition, client: Client) -> None:
    without, there = page_of(client, lid="walnut"), page_of(client)

    group = re.search(r'<fieldset[^>]*data-group="lid-finish"[^>]*>', without)
    assert group
    assert group[0].endswith(" hidden disabled>")
    assert "lid-finish" not in chosen(without)
    assert (
        '<p class="absent" data-absent="lid-finish"><strong>Bamboo finish</strong> — Only bamboo is smoked' in without
    )
    assert '<p class="absent" data-absent="lid-finish" hidden>' in there
    assert chosen(there)["lid-finish"] == "clear"


def test_a_limit_marks_what_does_not_fit(edition: Edition, client: Client) -> None:
    marked = over_limit(page_of(client, budget="60,000", glaze="indigo"))

    assert {option for option, mark in marked.items() if mark == "never within your limit"} == {
        "persimmon",
        "iron-black",
        "walnut",
        "bog-oak",
        "smoked",
        "natural",
        "gold",
        "copper",
    }
    assert {option for option, mark in marked.items() if mark == "over your limit now"} >= {"red"}
    assert "This design costs ₩3,000 more." in page_of(client, budget="60,000", glaze="indigo")
    assert over_limit(page_of(client)) == {}


@pytest.mark.parametrize("written", ["lots", "-5", "1e400", "NaN", "9" * 30])
def test_a_limit_that_is_no_amount_says_so_and_is_kept(edition: Edition, client: Client, written: str) -> None:
    page = page_of(client, budget=written, glaze="indigo")

    assert "Please write an amount in digits, 60000 for example." in page
    assert f'value="{written}"' in page
    assert chosen(page)["glaze"] == "indigo"


def suggest(client: Client, kind: str, **changed: str) -> dict[str, str]:
    form = {**form_of(page_of(client, **changed)), **changed, "kind": kind}
    with samples.nothing_written():
        answer = client.post(SUGGEST, form)
    assert answer.status_code == 302, answer.content.decode()
    return query_of(answer["Location"])


def test_a_surprise_is_an_address(edition: Edition, client: Client) -> None:
    found = [suggest(client, "surprise", sleeve="pine", engraving="Mina") for _ in range(6)]

    assert all((each["sleeve"], each["engraving"]) == ("pine", "Mina") for each in found)
    assert len({each["glaze"] + each["clay"] + each["gasket"] for each in found}) > 1
    assert client.get(STUDIO, found[0]).status_code == 200


def test_a_design_is_fitted_to_the_limit(edition: Edition, client: Client) -> None:
    found = suggest(client, "fit", glaze="indigo", clay="red", budget="60000")

    assert (found["glaze"], found["clay"], found["budget"]) == ("celadon", "red", "60000")


def test_a_limit_below_every_design_keeps_the_design_and_says_so(edition: Edition, client: Client) -> None:
    form = {**form_of(page_of(client, glaze="indigo")), "kind": "finish", "budget": "1000"}

    answer = client.post(SUGGEST, form)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "With what you have chosen a design costs at least ₩63,000." in page
    assert chosen(page)["glaze"] == "indigo"
    assert 'value="1000"' in page


def test_a_proposal_of_no_kind_is_not_found(edition: Edition, client: Client) -> None:
    form = form_of(page_of(client))

    assert client.post(SUGGEST, form).status_code == 404
    assert client.post(SUGGEST, {**form, "kind": "best"}).status_code == 404
    assert client.get(SUGGEST).status_code == 405


def test_enter_in_a_text_field_looks_at_the_design_and_proposes_nothing(edition: Edition, client: Client) -> None:
    page = page_of(client)

    buttons = re.findall(r"<button(?![^>]*type=\"button\")[^>]*>", page.partition("data-studio")[2])
    assert 'formmethod="get"' in buttons[0]
    assert f'formaction="{STUDIO}"' in buttons[0]
