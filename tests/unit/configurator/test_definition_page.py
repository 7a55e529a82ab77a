"""docs/product-definition.md says what every field is, and its examples are true."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from configurator.definition import Group, Rule
from configurator.drafting.canonical import MODELS

PAGE = (Path(__file__).parents[3] / "docs" / "product-definition.md").read_text(encoding="utf-8")
FIELDS = [(model, name) for model in MODELS for name in model.model_fields if name not in ("ko", "en")]


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_every_field_is_explained(model: type[BaseModel], name: str) -> None:
    assert f"`{name}`" in PAGE or f"`[{name}]`" in PAGE, f"{model.__name__}.{name}"


def test_every_model_of_the_schema_is_looked_at() -> None:
    """A model that is reached from the product, but not in the list, would go unexplained."""
    reached: set[str] = set()
    for model in MODELS:
        for field in model.model_fields.values():
            reached |= set(re.findall(r"configurator\.definition\.\w+\.(\w+)", str(field.annotation)))

    assert reached <= {model.__name__ for model in MODELS}


def test_the_examples_are_what_the_schema_accepts() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    data = tomllib.loads("\n".join(blocks))

    assert [Rule.model_validate(rule).id for rule in data["rules"]] == [
        *("gold-needs-brass", "oil-stains", "one-slow-thing"),
    ]
    conditional, finished = data["groups"]
    conditional["options"].append({**conditional["options"][0], "id": "clear"})
    assert Group.model_validate(conditional).when == {"lid": ("bamboo",)}
    group = Group.model_validate(finished)
    assert [option.finishes for option in group.options] == [{"case": "anodised"}, {"case": "lacquer"}]
    assert group.focus.view == "hero"
