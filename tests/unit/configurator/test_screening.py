"""Screening: what is caught however it is disguised, and what must never be."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.screening import Verdict, normal_form, read_lists, screen
from configurator.screening.lists import BrokenList, word_list
from tests.unit.configurator.screening_corpus import EVASIONS, HARMLESS

LISTS = read_lists()
WORDS = [entry.pattern.word for words in LISTS.words.values() for entry in words.entries]
SOME = settings(max_examples=200, deadline=None)


def naive(text: str) -> bool:
    """What a list of forbidden substrings does."""
    return any(word.lower() in text.lower() for word in WORDS)


def test_the_corpus_is_as_large_as_it_is_meant_to_be() -> None:
    assert len(set(HARMLESS)) == len(HARMLESS) >= 200
    assert len(set(EVASIONS)) == len(EVASIONS) >= 150


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_text_passes(text: str) -> None:
    assert screen(text, LISTS) is None


@pytest.mark.parametrize(("text", "policy"), EVASIONS)
def test_a_disguised_word_is_found(text: str, policy: str) -> None:
    verdict = screen(text, LISTS)

    assert verdict is not None
    assert verdict.policy == policy
    assert verdict.fragment in text or not text.isascii()


def test_control_a_list_of_substrings_holds_back_the_harmless_and_lets_evasions_through() -> None:
    false_alarms = [text for text in HARMLESS if naive(text)]
    missed = [text for text, _ in EVASIONS if not naive(text)]

    assert len(false_alarms) > 60
    assert {"Scunthorpe", "시발역", "Dickson", "Penistone"} <= set(false_alarms)
    assert len(missed) > 60
    assert {"ㅅㅣㅂㅏㄹ", "시 발", "f u c k", "$hit", "tlqkf"} <= set(missed)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("우리 시.발 하자", Verdict("profanity", "시.발")),
        ("love f u c k love", Verdict("profanity", "f u c k")),
        ("For Nike & me", Verdict("trademark", "Nike")),
        ("씨이이발 병신", Verdict("profanity", "씨이이발")),
        # The longest of those that begin at the same place.
        ("시발놈", Verdict("profanity", "시발놈")),
        ("\u1109\u1175\u1107\u1161\u11af", Verdict("profanity", "시발")),
    ],
)
def test_the_word_in_question_is_named_as_it_was_written(text: str, verdict: Verdict) -> None:
    assert screen(text, LISTS) == verdict


@pytest.mark.parametrize("text", ["", " ", "♥", "...", "\u200b", "1234", "*", "**", "🇰🇷", "\ud800"])
def test_a_text_without_words_passes(text: str) -> None:
    assert screen(text, LISTS) is None


@SOME
@given(st.text(max_size=24))
def test_whatever_is_typed_gets_an_answer_and_the_fragment_is_part_of_it(text: str) -> None:
    verdict = screen(text, LISTS)

    assert verdict is None or (verdict.fragment and verdict.policy in LISTS.policies)


@SOME
@given(
    st.sampled_from(["시발", "병신", "fuck", "nigger", "개새끼"]),
    st.lists(st.sampled_from([" ", ".", "-", "_", "~", "\u200b", "·", "  "]), min_size=5, max_size=5),
)
def test_no_separator_between_the_letters_of_a_word_hides_it(word: str, between: list[str]) -> None:
    spread = "".join(letter + gap for letter, gap in zip(word, [*between, ""], strict=False))[: 2 * len(word) + 5]

    assert screen(spread.strip(), LISTS) is not None


@SOME
@given(st.sampled_from(WORDS), st.booleans())
def test_every_listed_word_is_found_in_either_case(word: str, upper: bool) -> None:
    assert screen(word.upper() if upper else word, LISTS) is not None


@SOME
@given(st.sampled_from([text for text in HARMLESS if text.isascii() and text.isalpha()]))
def test_case_makes_no_word_harmful(text: str) -> None:
    assert screen(text.upper(), LISTS) is None
    assert screen(text.lower(), LISTS) is None


def test_every_policy_has_a_reason_in_both_languages_and_is_used() -> None:
    used = {entry.policy for words in LISTS.words.values() for entry in words.entries}

    assert set(LISTS.policies) == used == {"profanity", "sexual", "hate", "trademark"}
    for policy in LISTS.policies.values():
        assert policy.reason("en").isascii() or "’" in policy.reason("en")
        assert any("가" <= letter <= "힣" for letter in policy.reason("ko"))
    assert "permission" in LISTS.policies["trademark"].en
    assert "inappropriate" not in LISTS.policies["trademark"].en


def test_what_is_allowed_is_allowed_and_needed() -> None:
    for words in LISTS.words.values():
        for entry in words.allowed:
            assert screen(entry.pattern.word, LISTS) is None, entry.pattern.word


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"policy": "taste", "kind": "word", "list": ["beige"]}, "no policy taste"),
        ({"policy": "hate", "kind": "somewhere", "list": ["beige"]}, "no kind somewhere"),
        ({"policy": "hate", "kind": "word", "list": ["beige", "beige"]}, "beige is there twice"),
        ({"policy": "hate", "kind": "word", "list": ["…"]}, "“…” has no letters"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(row: dict[str, object], complaint: str) -> None:
    with pytest.raises(BrokenList, match=complaint):
        word_list("en", {"words": [row], "allowed": []}, LISTS.policies)


def test_texts_are_compared_without_case_spacing_and_punctuation() -> None:
    assert normal_form("시발 자동차!") == normal_form("시발자동차") == normal_form("시 발 자\u200b동차")
    assert normal_form("Dick & Jane") == normal_form("dick, JANE")
    assert normal_form("시발 자동차") != normal_form("시발 자전거")
    assert normal_form("Dick 1") != normal_form("Dick 2")


def test_a_text_is_screened_while_it_is_typed() -> None:
    # A wide margin for a busy machine: one takes a quarter of a millisecond on an idle one.
    texts = HARMLESS[:100]
    started = time.process_time()
    for text in texts:
        screen(text, LISTS)

    assert (time.process_time() - started) / len(texts) < 0.01
