"""Whatever can happen to a piece has a sentence in its replay."""

from datetime import UTC, datetime

import pytest

from factory_sim.contracts import Kind, Making, OperationSpec, Phase, Progress, Text
from orders.replay import SENTENCES, _frame

KILN = {"ko": "가마", "en": "Kiln"}
NOW = datetime(2026, 12, 8, 5, 0, tzinfo=UTC)


def test_every_kind_of_event_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Kind)


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ({}, "The workshop could not use it. It is made again, with the same number."),
        ({"ko": "금이 갔습니다.", "en": "It is cracked."}, "It is cracked. It is made again, with the same number."),
    ],
)
def test_a_piece_that_is_made_again_says_why_where_an_inspection_did(note: Text, sentence: str) -> None:
    operation = OperationSpec("fire", "kiln", 10.0, 0.0, KILN)
    event = Progress(1, Kind.SCRAPPED, NOW, "fire", KILN, KILN, 0, note)
    made = Making("001", Phase.QUEUED, "Running", (operation,), "fire", (event,))

    assert _frame(made, 1, {"kiln": KILN}, "en")["sentence"] == sentence
