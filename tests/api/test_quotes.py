"""`POST /quotes`: a price and a date for a design, or the reason why not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from configurator.configuration import Configuration
from editions.models import Edition
from editions.services import sell_piece
from insights.models import BehaviourEvent
from orders.models import Order
from tests import samples
from tests.api.calls import API, JSON, Caller, expect_problem, order_request, quote_request

pytestmark = pytest.mark.django_db

# A change of the good design, then what it is refused with.
BAD_DESIGNS: dict[str, tuple[dict[str, Any], int, str, str, str]] = {
    "unknown option": (
        {"glaze": "pink"},
        422,
        "unknown_option",
        "“Body glaze” has no option “pink”. Please choose one of those shown.",
        "‘몸체 유약’에는 ‘pink’ 선택지가 없습니다. 보이는 것 가운데 골라 주세요.",
    ),
    "unknown group": (
        {"handle": "oak"},
        422,
        "unknown_option",
        "This piece has no choice called “handle”.",
        "이 제품에는 ‘handle’ 항목이 없습니다.",
    ),
    "stale version": (
        {"version": "on-dam/0"},
        409,
        "stale_version",
        "This piece has been revised since the design was made. Please look at the design once more.",
        "디자인한 뒤에 제품이 개정되었습니다. 디자인을 한 번 더 살펴봐 주세요.",
    ),
    "forbidden combination": (
        {"sleeve": "ink", "stitch": "black"},
        422,
        "forbidden_combination",
        "No black thread on ink leather: the stitches could not be inspected by eye.",
        "먹색 가죽에는 검정 실을 쓰지 않습니다. 땀을 눈으로 검사할 수 없기 때문입니다.",
    ),
    "engraving of 10,000 characters": (
        {"engraving": "가" * 10_000},
        422,
        "engraving_too_long",
        "This text does not fit: there are 42 mm for at most 24 characters.",
        "글이 너무 깁니다. 폭 42mm 안에 최대 24자까지 새길 수 있습니다.",
    ),
    "characters that cannot be cut": (
        {"engraving": "Mina 🐈🐾"},
        422,
        "uncuttable_characters",
        "The typeface cannot cut these characters: 🐈 🐾",
        "이 글자는 새길 수 없는 글자입니다: 🐈 🐾",
    ),
}


def changed(edition: Edition, change: dict[str, Any]) -> dict[str, Any]:
    request = quote_request(edition)
    configuration = request["configuration"]
    for name, value in change.items():
        (configuration if name in ("version", "engraving") else configuration["choices"])[name] = value
    return request


def test_a_quote_says_price_date_picture_and_what_is_left(api: Caller, edition: Edition, now: datetime) -> None:
    answer = api.post("/quotes", quote_request(edition, " 지우 ", glaze="indigo", stitch="gold"))

    body = answer.body
    expected = Configuration.from_json(samples.design(edition, "지우", glaze="indigo", stitch="gold"))
    assert answer.status == 200
    assert body["configuration"] == expected.as_json()
    assert body["fingerprint"] == expected.fingerprint
    assert body["price"] == {
        "currency": "KRW",
        "total": "76000",
        "total_text": "₩76,000",
        "tax": "6909",
        "tax_text": "including ₩6,909 VAT and shipping",
        "shipping": None,
        "step_text": "Price for orders 1 to 3 of 10",
        "step": {"first_order": 1, "last_order": 3, "price": "58000"},
        "next_text": "From order 4 on it is ₩64,000.",
        "next_step": {"from_order": 4, "price": "64000"},
        "lines": [
            {"name": "ON:DAM tumbler", "amount": "58000", "amount_text": "₩58,000"},
            {"name": "Body glaze: Indigo", "amount": "5000", "amount_text": "₩5,000"},
            {"name": "Stitching: Gold thread", "amount": "8000", "amount_text": "₩8,000"},
            {"name": "Your name in foil", "amount": "5000", "amount_text": "₩5,000"},
        ],
    }
    assert body["availability_text"] == "10 of 10 are left"
    likely, safe = (datetime.fromisoformat(body["promise"][name]) for name in ("likely_at", "safe_at"))
    assert likely <= safe
    valid_for = datetime.fromisoformat(body["expires_at"]) - now
    assert timedelta(minutes=9, seconds=50) < valid_for < timedelta(minutes=10, seconds=50)


def groups_of(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The options' states by group and option."""
    return {group["id"]: {option["id"]: option for option in group["options"]} for group in answer["groups"]}


def test_a_quote_says_which_options_are_blocked_and_why(api: Caller, edition: Edition) -> None:
    groups = groups_of(api.post("/quotes", quote_request(edition, sleeve="ink", stitch="gold")).body)

    blocked = {
        group: sorted(name for name, option in options.items() if option["state"] == "blocked")
        for group, options in groups.items()
    }
    assert {group: names for group, names in blocked.items() if names} == {
        "metal": ["copper", "steel"],
        "stitch": ["black"],
    }
    black = groups["stitch"]["black"]
    assert black["reason"] == "No black thread on ink leather: the stitches could not be inspected by eye."
    assert groups["stitch"]["gold"]["state"] == "chosen"


def test_a_quote_says_of_every_option_what_it_leads_to(api: Caller, korean_api: Caller, edition: Edition) -> None:
    request = quote_request(edition, "지우", glaze="indigo")
    groups, korean = (groups_of(each.post("/quotes", request).body) for each in (api, korean_api))

    # Twenty minutes less in the kiln are another day when the date lies near midnight; see test_option_dates.
    days = {name: groups["glaze"]["celadon"][name] for name in ("days", "days_text")}
    assert groups["glaze"]["celadon"] == {
        **days,
        "id": "celadon",
        "state": "free",
        "reason": "",
        "total": "63000",
        "total_text": "₩63,000",
        "difference": "-5000",
        "difference_text": "−₩5,000",
        "from_total": "63000",
        "from_text": "from ₩63,000",
        "changes": [],
        "choices": {**samples.PRESET, "glaze": "celadon"},
    }
    # Bog oak needs another glaze, and takes the bamboo's finish away.
    bog_oak = groups["lid"]["bog-oak"]
    assert (bog_oak["state"], bog_oak["total"], bog_oak["difference_text"]) == ("blocked", "72000", "+₩4,000")
    assert bog_oak["changes"] == ["Body glaze: Indigo → Celadon", "Bamboo finish: Clear oil → no longer needed"]
    assert korean["lid"]["bog-oak"]["changes"][0] == "몸체 유약: 쪽빛 → 청자"
    assert (groups["glaze"]["indigo"]["difference"], groups["glaze"]["indigo"]["difference_text"]) == ("0", "")


def test_what_a_quote_says_of_an_option_is_what_the_next_quote_charges(api: Caller, edition: Edition) -> None:
    answer = api.post("/quotes", quote_request(edition, "지우", glaze="indigo", stitch="gold")).body

    for group, options in groups_of(answer).items():
        for name, option in options.items():
            wanted = quote_request(edition, "지우")
            wanted["configuration"]["choices"] = option["choices"]
            following = api.post("/quotes", wanted)
            assert following.status == 200, (group, name)
            assert following.body["price"]["total"] == option["total"], (group, name)
            assert option["choices"][group] == name


def test_a_group_that_does_not_exist_is_answered_with_its_sentence(api: Caller, edition: Edition) -> None:
    choices = {group: option for group, option in samples.PRESET.items() if group != "lid-finish"} | {"lid": "walnut"}
    request = quote_request(edition)
    request["configuration"]["choices"] = choices

    groups = {group["id"]: group for group in api.post("/quotes", request).body["groups"]}

    sentence = "Only bamboo is smoked: other woods would crack."
    assert groups["lid-finish"] == {"id": "lid-finish", "exists": False, "sentence": sentence, "options": []}
    assert groups["lid"]["options"][0]["changes"] == ["Bamboo finish: new, Clear oil"]


def test_a_pick_that_breaks_a_rule_is_refused_with_its_repair(api: Caller, edition: Edition) -> None:
    request = {**quote_request(edition, sleeve="ink", stitch="black"), "changed": "stitch"}

    repair = expect_problem(api.post("/quotes", request), 422, "forbidden_combination")["repair"]

    assert (repair["group"], repair["id"], repair["state"]) == ("stitch", "black", "blocked")
    assert repair["changes"] == ["Leather sleeve: Ink → Chestnut"]
    assert repair["choices"] == {**samples.PRESET, "sleeve": "chestnut", "stitch": "black"}
    assert repair["reason"] == "No black thread on ink leather: the stitches could not be inspected by eye."


def test_a_quote_writes_nothing(api: Caller, edition: Edition) -> None:
    with samples.nothing_written():
        assert api.post("/quotes", quote_request(edition)).status == 200


def test_with_consent_the_question_and_the_choice_are_recorded(api: Caller, client: Client, edition: Edition) -> None:
    client.post("/en/consent/", {"granted": "yes"})

    api.post("/quotes", {**quote_request(edition, glaze="indigo"), "changed": "glaze"})

    events = list(BehaviourEvent.objects.order_by("pk").values_list("act", "subject_id", "details"))
    assert events == [
        ("quote", "first-firing", {"total": 63_000}),
        ("choose", "first-firing", {"group": "glaze", "option": "indigo"}),
    ]


def test_the_price_follows_the_card(api: Caller, edition: Edition, now: datetime) -> None:
    totals = []
    for _ in range(5):
        totals.append(api.post("/quotes", quote_request(edition)).body["price"]["total"])
        sell_piece(hold=samples.held(edition, now=now), now=now)

    assert totals == ["58000", "58000", "58000", "64000", "64000"]


@pytest.mark.parametrize("case", BAD_DESIGNS)
def test_a_design_that_cannot_be_made_is_refused_with_a_reason(
    api: Caller, korean_api: Caller, edition: Edition, case: str
) -> None:
    change, status, code, english, korean = BAD_DESIGNS[case]
    request = changed(edition, change)

    with samples.nothing_written():
        answers = api.post("/quotes", request), korean_api.post("/quotes", request)

    expect_problem(answers[0], status, code, english)
    expect_problem(answers[1], status, code, korean)


def test_what_helps_to_mend_the_design_is_data(api: Caller, edition: Edition) -> None:
    extras = {
        case: expect_problem(api.post("/quotes", changed(edition, change)), status, code)
        for case, (change, status, code, _, _) in BAD_DESIGNS.items()
    }

    assert extras == {
        "unknown option": {"field": "glaze"},
        "unknown group": {},
        "stale version": {"version": "on-dam/1"},
        "forbidden combination": {"rules": ["black-on-ink"]},
        "engraving of 10,000 characters": {"field": "engraving"},
        "characters that cannot be cut": {"characters": ["🐈", "🐾"], "field": "engraving"},
    }


def test_an_incomplete_design(api: Caller, korean_api: Caller, edition: Edition) -> None:
    request = quote_request(edition)
    del request["configuration"]["choices"]["lid"]

    with samples.nothing_written():
        answers = api.post("/quotes", request), korean_api.post("/quotes", request)

    expect_problem(answers[0], 422, "incomplete_design", "Still to be chosen: Lid")
    expect_problem(answers[1], 422, "incomplete_design", "아직 고르지 않은 항목: 뚜껑")


def test_an_edition_that_does_not_exist(api: Caller, korean_api: Caller, edition: Edition) -> None:
    request = {**quote_request(edition), "edition": "second-firing"}

    expect_problem(api.post("/quotes", request), 404, "not_found", "That is not to be had here.")
    expect_problem(korean_api.post("/quotes", request), 404, "not_found", "여기에서는 찾을 수 없습니다.")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"edition": None}, "edition"),
        ({"edition": "no such slug!"}, "edition"),
        ({"configuration": None}, "configuration"),
        ({"configuration": "celadon"}, "configuration"),
        ({"configuration": {"version": "on-dam/1"}}, "configuration"),
        ({"configuration": {"version": "on-dam/1", "choices": ["celadon"]}}, "configuration"),
        ({"configuration": {"version": "on-dam/1", "choices": {"glaze": {"$ne": ""}}}}, "configuration"),
        ({"configuration": {"version": "x" * 61, "choices": {}}}, "configuration"),
        ({"configuration": {"version": "on-dam/1", "choices": {}, "engraving": ["a"]}}, "configuration"),
        ({"configuration": {"version": "on-dam/1", "choices": {}, "engraving": "a\x00b"}}, "configuration"),
        ({"configuration": {"version": "on-dam/1", "choices": {}, "engraving": "\ud800"}}, "configuration"),
        ({"changed": "x" * 41}, "changed"),
    ],
)
def test_a_request_of_another_shape_names_the_field(
    api: Caller, korean_api: Caller, edition: Edition, change: dict[str, Any], field: str
) -> None:
    request = {**quote_request(edition), **change}

    with samples.nothing_written():
        english, korean = api.post("/quotes", request), korean_api.post("/quotes", request)

    assert set(expect_problem(english, 400, "invalid", "Some fields are not right.")["errors"]) == {field}
    expect_problem(korean, 400, "invalid", "올바르지 않은 항목이 있습니다.")


@pytest.mark.parametrize("text", ["", "{", "{'edition': 1}", '{"edition": "first-firing"', "\x00", "[1", "nothing"])
def test_what_is_not_json_is_refused(api: Caller, korean_api: Caller, edition: Edition, text: str) -> None:
    with samples.nothing_written():
        answers = api.post("/quotes", text, JSON), korean_api.post("/quotes", text, JSON)

    for answer in answers:
        assert (answer.status, answer.body["status"]) == (400, 400)
        assert answer.body["code"] == ("parse_error" if text else "invalid")


def test_a_body_beyond_every_limit_is_refused_as_a_problem(api: Caller, edition: Edition) -> None:
    with samples.nothing_written():
        answer = api.post("/quotes", quote_request(edition, "x" * 300_000))

    expect_problem(answer, 400, "parse_error", "Malformed request.")


@pytest.mark.parametrize("text", ["[]", "null", '"quote"', "5"])
def test_json_that_is_no_object_is_refused(api: Caller, edition: Edition, text: str) -> None:
    with samples.nothing_written():
        expect_problem(api.post("/quotes", text, JSON), 400, "invalid")


@pytest.mark.parametrize(
    "media_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
)
def test_a_form_of_another_site_is_refused(api: Caller, korean_api: Caller, edition: Edition, media_type: str) -> None:
    with samples.nothing_written():
        answers = [each.post("/quotes", "edition=first-firing", media_type) for each in (api, korean_api)]

    english = f'Unsupported media type "{media_type}" in request.'
    expect_problem(answers[0], 415, "unsupported_media_type", english)
    korean = f'요청된 "{media_type}"가 지원되지 않는 미디어 형태입니다.'
    expect_problem(answers[1], 415, "unsupported_media_type", korean)


def test_quotes_are_asked_for_and_not_listed(client: Client, edition: Edition) -> None:
    response = client.get(f"{API}/quotes")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


# --- Personal content -------------------------------------------------------------------------------


def test_a_quote_measures_the_text_and_says_where_its_mask_is(api: Caller, edition: Edition) -> None:
    request = quote_request(edition, "지우")
    serif = api.post("/quotes", request).body["engraving"]
    request["configuration"]["font"] = "sans-ko"
    sans = api.post("/quotes", request).body["engraving"]

    assert (serif["room_mm"], serif["letter_mm"], serif["width_mm"]) == (42, 12, 22.1)
    assert serif["text"] == f"{serif['width_mm']:g} mm of 42 mm · letters {serif['height_mm']:g} mm high"
    assert serif["mask_address"] == f"/engravings/{edition.version_id}.png?text=%EC%A7%80%EC%9A%B0"
    assert sans["mask_address"] == f"{serif['mask_address']}&font=sans-ko"
    assert (sans["width_mm"], sans["height_mm"]) != (serif["width_mm"], serif["height_mm"])
    assert api.client.get(sans["mask_address"]).status_code == 200


def test_no_text_has_no_measure_and_no_mask(api: Caller, edition: Edition) -> None:
    assert api.post("/quotes", quote_request(edition)).body["engraving"] == {
        "width_mm": 0,
        "height_mm": 0,
        "letter_mm": 0,
        "room_mm": 42,
        "text": "",
        "mask_address": "",
    }


def test_whether_a_piece_can_be_returned_follows_from_its_design(api: Caller, edition: Edition) -> None:
    options, text = (api.post("/quotes", quote_request(edition, each)).body["returns"] for each in ("", "지우"))

    assert options == {"personal": False, "text": "You can return this piece within seven days of its arrival."}
    assert text == {
        "personal": True,
        "text": "Made for you: once its making has begun, this piece cannot be returned unless it is faulty.",
    }


def test_a_text_that_is_held_back_names_the_word_and_the_policy(api: Caller, edition: Edition) -> None:
    with samples.nothing_written():
        answer = api.post("/quotes", quote_request(edition, "우리 시.발"))

    assert expect_problem(answer, 422, "text_not_accepted") == {
        "field": "engraving",
        "fragment": "시.발",
        "policy": "profanity",
        "declined": False,
    }


def test_a_design_keeps_its_font_to_the_order(api: Caller, edition: Edition) -> None:
    request = quote_request(edition, "지우")
    request["configuration"]["font"] = "sans-ko"
    quote = api.post("/quotes", request).body

    held = api.post("/holds", {"edition": edition.slug, "quote": quote["quote"]})
    order = api.post("/orders", order_request(held.body["hold"]))

    assert order.status == 201
    assert Order.objects.get().configuration.font == "sans-ko"
