"""The price cannot see who asks: nothing that could name a person goes into the function, or is within its reach."""

import ast
import inspect
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from configurator.configuration import Configuration
from configurator.definition import ProductDefinition
from editions import pricing
from editions.contracts import Delivery, Scarce
from editions.models import Edition
from editions.pricing import Card, ComponentLadder, CurveCard, Line, PriceCard, Step, Zone, price
from editions.selectors import current_price, extras, price_with
from editions.shipping import delivery_to, home_delivery

BLIND = {Card, PriceCard, CurveCard, ComponentLadder, Step, Line, int, str, type(None)}
"""Numbers, keys of options and components, and a published card."""
COLUMNS = {"orders_placed", "currency", "price_card", "card", "pk", "money", "version"}
"""What the price may read of an edition's row: none of it is about a buyer."""


def parts(hint: Any) -> Iterator[Any]:
    """The plain types that a type hint is made of, with those of a dataclass's fields."""
    if arguments := typing.get_args(hint):
        for argument in arguments:
            yield from parts(argument)
    elif hint is not Ellipsis:
        yield hint
        if is_dataclass(hint):
            for each in fields(hint):
                yield from parts(typing.get_type_hints(hint)[each.name])


def seen_by(function: Callable[..., Any]) -> set[Any]:
    hints = typing.get_type_hints(function)
    return {part for name, hint in hints.items() if name != "return" for part in parts(hint)}


def names_read(function: Callable[..., Any], variable: str) -> set[str]:
    tree = ast.parse(dedent(inspect.getsource(function)))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    return {node.attr for node in found if isinstance(node.value, ast.Name) and node.value.id == variable}


def test_the_function_is_given_a_card_and_counters_only() -> None:
    assert list(inspect.signature(price).parameters) == ["card", "orders_placed", "extras", "components_left", "units"]
    assert seen_by(price) <= BLIND


def test_control_a_price_that_is_given_a_person_is_noticed() -> None:
    def personal(card: Card, orders_placed: int, user: Mapping[str, object]) -> int:
        return card.amount_at(orders_placed) + len(user)

    assert not seen_by(personal) <= BLIND


def test_its_modules_import_nothing_but_themselves_and_the_standard_library() -> None:
    folder = Path(str(pricing.__file__)).parent
    imported = set()
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {each.name for each in node.names}
    assert {name for name in imported if not name.startswith("editions.pricing")} <= sys.stdlib_module_names | {
        "collections.abc"
    }
    # No clock, no chance, no environment, no file, no network.
    assert imported.isdisjoint({"datetime", "time", "random", "secrets", "os", "pathlib", "socket", "urllib"})


@pytest.mark.parametrize("selector", [current_price, price_with])
def test_what_calls_it_reads_only_counters_of_an_edition(selector: Callable[..., Any]) -> None:
    given = set(typing.get_type_hints(selector).values())
    assert given <= {Edition, ProductDefinition, Configuration, *typing.get_type_hints(price_with).values()}
    assert names_read(selector, "edition") <= COLUMNS
    assert {each.type for each in fields(Scarce)} == {"int", "str"}


def test_of_personal_content_only_whether_there_is_any_counts() -> None:
    assert names_read(extras, "configuration") == {"choices", "engraving", "artwork"}
    conditions = [
        ast.unparse(node.test) for node in ast.walk(ast.parse(inspect.getsource(extras))) if isinstance(node, ast.If)
    ]
    assert conditions == ["configuration.engraving", "configuration.artwork and definition.artwork"]


def test_a_destination_chooses_an_announced_amount_and_nothing_else() -> None:
    assert seen_by(delivery_to) == {Edition, str}
    assert names_read(delivery_to, "edition") == names_read(home_delivery, "edition") == {"zones"}
    assert {each.name for each in fields(Zone)} == {"id", "name_ko", "name_en", "countries", "amount", "tax_percent"}
    assert names_read(Delivery.lines.fget, "self") == {"zone"}  # type: ignore[attr-defined]


def test_control_shipping_that_depends_on_a_person_is_noticed() -> None:
    def cheaper_for_friends(edition: Edition, country: str, user: Mapping[str, object]) -> int:
        return len(edition.zones) + len(user)

    assert seen_by(cheaper_for_friends) != {Edition, str}
