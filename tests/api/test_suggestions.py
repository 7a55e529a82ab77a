"""`POST /suggestions`: a surprise, the rest of a design, a design within a limit."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.consent import Consent
from configurator.definition import ProductDefinition
from editions.models import Edition
from insights.models import Act
from insights.services import record
from tests import samples
from tests.api.calls import Caller, expect_problem, quote_request

pytestmark = pytest.mark.django_db

PRESET = samples.PRESET


def suggested(api: Caller, edition: Edition, kind: str, engraving: str = "", **more: Any) -> dict[str, str]:
    choices = more.pop("choices", {})
    answer = api.post("/suggestions", {**quote_request(edition, engraving, **choices), "kind": kind, **more})
    assert answer.status == 200, answer.body
    found: dict[str, str] = answer.body["choices"]
    return found


def total(api: Caller, edition: Edition, choices: dict[str, str], engraving: str = "") -> int:
    request = quote_request(edition, engraving)
    request["configuration"]["choices"] = choices
    return int(api.post("/quotes", request).body["price"]["total"])


def test_surprises_differ_by_their_seed_and_can_all_be_made(
    api: Caller, edition: Edition, definition: ProductDefinition
) -> None:
    with samples.nothing_written():
        found = [suggested(api, edition, "surprise", seed=seed) for seed in range(12)]

    assert len({tuple(sorted(each.items())) for each in found}) > 8
    assert all(definition.engine.rules_broken_by(each) == () and not definition.missing(each) for each in found)
    assert suggested(api, edition, "surprise", seed=3) == found[3]


def test_a_surprise_keeps_what_it_is_told_to_keep(api: Caller, edition: Edition) -> None:
    kept = {"sleeve": "ink", "stitch": "gold"}
    for seed in range(8):
        found = suggested(api, edition, "surprise", seed=seed, keep=[*kept], choices=kept)
        assert {group: found[group] for group in kept} == kept
        assert found["metal"] == "brass"


def test_what_is_kept_keeps_the_group_on_which_it_rests(api: Caller, edition: Edition) -> None:
    for seed in range(8):
        found = suggested(api, edition, "surprise", seed=seed, keep=["lid-finish"], choices={"lid-finish": "smoked"})
        assert (found["lid"], found["lid-finish"]) == ("bamboo", "smoked")


def test_a_surprise_costs_no_more_than_the_limit(api: Caller, edition: Edition) -> None:
    dear = [total(api, edition, suggested(api, edition, "surprise", seed=seed)) for seed in range(8)]
    found = [suggested(api, edition, "surprise", "지우", seed=seed, budget=66_000) for seed in range(8)]

    assert max(total(api, edition, each, "지우") for each in found) <= 66_000
    # The control: without the limit some cost more.
    assert max(dear) > 66_000


def test_the_rest_is_what_the_maker_names_first_while_nobody_has_chosen(api: Caller, edition: Edition) -> None:
    found = suggested(api, edition, "finish", keep=["metal"], choices={"metal": "copper"})

    assert found == {**PRESET, "metal": "copper"}


def test_the_rest_is_what_people_liked_most(api: Caller, edition: Edition, now: datetime) -> None:
    for visitor, option in (("a", "walnut"), ("b", "walnut"), ("b", "bog-oak")):
        like(edition, visitor, now, group="lid", option=option)

    assert suggested(api, edition, "finish")["lid"] == "walnut"
    # What is kept is kept, whatever people like.
    assert suggested(api, edition, "finish", keep=["lid"], choices={"lid": "bog-oak"})["lid"] == "bog-oak"


def like(edition: Edition, visitor: str, when: datetime, **details: str) -> None:
    consent = Consent(granted=True, visitor=visitor)
    record(Act.CHOOSE, subject_type="edition", subject_id=edition.slug, consent=consent, now=when, details=details)


def test_likes_of_long_ago_do_not_count(api: Caller, edition: Edition, now: datetime) -> None:
    like(edition, "a", now - timedelta(days=181), group="lid", option="walnut")

    assert suggested(api, edition, "finish")["lid"] == "bamboo"


def test_a_design_is_fitted_by_the_least_and_own_choices_go_last(api: Caller, edition: Edition) -> None:
    dear = {"glaze": "indigo", "clay": "red", "stitch": "gold"}

    found = suggested(api, edition, "fit", keep=["stitch"], choices=dear, budget=66_000)

    assert found == {**PRESET, "stitch": "gold"}
    assert suggested(api, edition, "fit", keep=["stitch"], choices=dear, budget=80_000) == {**PRESET, **dear}


def test_no_design_below_the_least_price(api: Caller, korean_api: Caller, edition: Edition) -> None:
    request = {**quote_request(edition, "지우"), "kind": "fit", "budget": 60_000}

    with samples.nothing_written():
        answers = [each.post("/suggestions", request) for each in (api, korean_api)]

    english = "Every design costs at least ₩63,000. Please raise your limit."
    assert expect_problem(answers[0], 422, "nothing_within_budget", english) == {"field": "budget"}
    assert "₩63,000" in answers[1].body["detail"]


def test_what_is_kept_may_cost_more_than_the_limit(api: Caller, edition: Edition) -> None:
    request = {**quote_request(edition, stitch="gold"), "kind": "finish", "keep": ["stitch"], "budget": 60_000}

    problem = expect_problem(api.post("/suggestions", request), 422, "nothing_within_budget")

    assert problem == {"field": "budget"}
    assert "₩66,000" in api.post("/suggestions", request).body["detail"]


def test_what_is_kept_must_go_together(api: Caller, edition: Edition) -> None:
    request = {**quote_request(edition, sleeve="ink", stitch="black"), "kind": "surprise"}

    problem = expect_problem(
        api.post("/suggestions", {**request, "keep": ["sleeve", "stitch"]}), 422, "forbidden_combination"
    )
    assert problem == {"rules": ["black-on-ink"]}
    # The control: one of the two can be kept.
    assert api.post("/suggestions", {**request, "keep": ["stitch"]}).body["choices"]["stitch"] == "black"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "best"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"budget": -1}, "budget"),
        ({"budget": "lots"}, "budget"),
        ({"budget": 10**13}, "budget"),
        ({"seed": -1}, "seed"),
        ({"keep": "lid"}, "keep"),
        ({"keep": ["x" * 41]}, "keep"),
        ({"keep": ["lid"] * 101}, "keep"),
        ({"configuration": None}, "configuration"),
    ],
)
def test_a_request_of_another_shape_names_the_field(
    api: Caller, edition: Edition, change: dict[str, Any], field: str
) -> None:
    answer = api.post("/suggestions", {**quote_request(edition), "kind": "surprise", **change})

    assert set(expect_problem(answer, 400, "invalid")["errors"]) == {field}


def test_unknown_options_are_refused_and_unknown_groups_to_keep_are_none(api: Caller, edition: Edition) -> None:
    expect_problem(
        api.post("/suggestions", {**quote_request(edition, glaze="pink"), "kind": "surprise"}), 422, "unknown_option"
    )
    assert suggested(api, edition, "finish", keep=["handle"]) == PRESET
