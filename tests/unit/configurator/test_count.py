"""How many designs there are: the same as by looking at every one."""

from hypothesis import given
from hypothesis import strategies as st

from configurator.definition import ProductDefinition
from tests.unit.configurator.small_rules import small_rules, some_choices


@given(st.data())
def test_the_count_is_that_of_brute_force(data: st.DataObject) -> None:
    rules = data.draw(small_rules())
    choices = data.draw(some_choices(rules))

    expected = sum(choices.items() <= design.items() for design in rules.valid_designs())

    assert rules.engine().count(choices) == expected


def test_the_demos_product_has_this_many_designs(definition: ProductDefinition) -> None:
    assert definition.engine.count({}) == 8_864
