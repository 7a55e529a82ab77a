"""Whatever can happen to a piece has a sentence in its replay."""

from factory_sim.contracts import Kind
from orders.replay import SENTENCES


def test_every_kind_of_event_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Kind)
