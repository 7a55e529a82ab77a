"""What the public can hold while a line waits, and while none does."""

from hypothesis import given
from hypothesis import strategies as st

from editions.contracts import public_availability

counts = st.integers(0, 50)


@given(free=counts, held=counts, sold=counts, waiting=counts)
def test_nothing_is_lost_and_nothing_is_the_publics_while_somebody_waits(
    free: int, held: int, sold: int, waiting: int
) -> None:
    left = public_availability(size=free + held + sold, free=free, held=held, sold=sold, waiting=waiting)

    assert left.available + left.held + left.sold == left.size
    assert left.available == (0 if waiting else free)
    assert (left.sold, left.waiting) == (sold, waiting)


def test_what_is_kept_for_the_line_may_come_back() -> None:
    line = public_availability(size=2, free=1, held=0, sold=1, waiting=3)
    assert (line.state, line.held) == ("all_held", 1)
    # The control.
    assert public_availability(size=2, free=1, held=0, sold=1).state == "available"
