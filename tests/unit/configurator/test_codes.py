"""Short codes: made so that people can read them out, and so that a slip of the pen is no other design."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.codes import ALPHABET, LENGTH, new_code, read_code, with_check

codes = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1).map(with_check)


def test_a_new_code_is_one_that_can_be_read() -> None:
    found = {new_code() for _ in range(200)}

    assert len(found) == 200
    assert all(len(code) == 8 and read_code(code) == code for code in found)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("A1B2C3D8", "A1B2C3D8"),
        ("a1b2c3d8", "A1B2C3D8"),
        ("ALB2-C3D8", "A1B2C3D8"),
        (" aib2 c3d8 ", "A1B2C3D8"),
        ("oOo000Oo", "00000000"),
    ],
)
def test_what_people_type_is_understood(typed: str, read: str) -> None:
    assert read_code(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "A1B2C3D", "A1B2C3D8J", "A1B2C3DU", "A1B2C3D*", "A1B2C3D한", "ß1B2C3D8", "0" * 9_999]
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert read_code(typed) is None


@given(codes)
def test_one_wrong_character_is_noticed(code: str) -> None:
    wrong = [code[:at] + other + code[at + 1 :] for at in range(LENGTH) for other in ALPHABET if other != code[at]]

    assert {read_code(each) for each in wrong} == {None}


@given(codes)
def test_two_characters_that_changed_places_are_noticed(code: str) -> None:
    for left, right in combinations(range(LENGTH), 2):
        swapped = list(code)
        swapped[left], swapped[right] = code[right], code[left]
        assert read_code("".join(swapped)) == (code if code[left] == code[right] else None)


def test_control_without_the_check_character_a_slip_is_another_code() -> None:
    assert read_code(with_check("A1B2C3E")) not in (None, "A1B2C3D8")
