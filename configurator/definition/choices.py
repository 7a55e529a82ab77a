"""What can be chosen, and the rules between choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Literal, Self

from pydantic import Field, model_validator

from configurator.definition.base import Choices, Colour, Frozen, Part, Slug, Text
from configurator.rules import ABSENT, Clause

Sound = Literal["ceramic", "wood", "leather", "metal", "thread", "rubber", "stone"]


class Option(Frozen):
    """One choice of a group. `colours` says which parts of the picture it colours.

    A `retired` option stays readable for the designs that have it, but cannot be chosen any more.
    """

    id: Slug
    name: Text
    story: Text
    swatch: Colour
    colours: dict[Part, Colour]
    price: int = Field(default=0, ge=0)
    touch: Text | None = Field(default=None, description="how the material feels in the hand")
    sound: Sound | None = Field(default=None, description="what it sounds like when it is tapped")
    retired: bool = False


class Focus(Frozen):
    """Where the picture turns while a group is being chosen: a point in shares of the picture, and a zoom."""

    x: float = Field(default=0.5, ge=0, le=1)
    y: float = Field(default=0.5, ge=0, le=1)
    zoom: float = Field(default=1, ge=1, le=3)


class Group(Frozen):
    """A set of options of which exactly one is chosen.

    With `when`, the group exists only while each group named there has one of the options named;
    `sentence` then says why it does not exist otherwise.
    """

    id: Slug
    name: Text
    hint: Text
    options: tuple[Option, ...] = Field(min_length=2)
    when: Choices = Field(default_factory=dict)
    sentence: Text | None = None
    focus: Focus = Focus()

    @property
    def offered(self) -> tuple[Option, ...]:
        """The options that can still be chosen."""
        return tuple(option for option in self.options if not option.retired)

    @property
    def rule_id(self) -> str:
        """The name under which the condition appears among the rules; no rule can have it, for its colon."""
        return f"{self.id}:when"

    def option(self, option_id: str) -> Option:
        return next(option for option in self.options if option.id == option_id)

    def exists_beside(self, choices: Mapping[str, str]) -> bool:
        return all(choices.get(group) in options for group, options in self.when.items())

    @model_validator(mode="after")
    def _condition_has_a_sentence(self) -> Self:
        if bool(self.when) != bool(self.sentence):
            raise ValueError(f"group {self.id} needs both `when` and `sentence`, or neither")
        return self

    @model_validator(mode="after")
    def _options_are_offered(self) -> Self:
        if not self.offered:
            raise ValueError(f"group {self.id} has no option that is not retired")
        return self

    def clauses(self) -> Iterator[Clause]:
        """The condition as clauses: absent exactly when a group named in `when` has none of its options."""
        if not self.when:
            return
        for other, options in self.when.items():
            yield Clause(
                self.rule_id, without=(), options=((self.id, ABSENT), *((other, option) for option in options))
            )
        for causes in _each_of(self.when):
            yield Clause(self.rule_id, without=(*causes, (self.id, ABSENT)))


class Rule(Frozen):
    """While each group in `when` has one of the options named there (always, without `when`):

    - `requires`: each group named has one of the options named,
    - `excludes`: none of the options named is chosen,
    - `of` with `at_least` and `at_most`: so many of the options named are chosen.
    """

    id: Slug
    sentence: Text
    when: Choices = Field(default_factory=dict)
    requires: Choices = Field(default_factory=dict)
    excludes: Choices = Field(default_factory=dict)
    of: Choices = Field(default_factory=dict)
    at_least: int | None = Field(default=None, ge=1)
    at_most: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(map(bool, (self.requires, self.excludes, self.of))) != 1:
            raise ValueError(f"rule {self.id} must say one thing: requires, excludes, or at_least/at_most with of")
        if bool(self.of) != (self.at_least is not None or self.at_most is not None):
            raise ValueError(f"rule {self.id} counts: it needs `of`, and `at_least` or `at_most`")
        if not self.when and (self.requires or self.excludes):
            raise ValueError(f"rule {self.id} needs `when`: an option that is always required or excluded is none")
        return self

    @model_validator(mode="after")
    def _counts_what_can_be(self) -> Self:
        most = len(self.of)
        if self.at_least is not None and self.at_least > most:
            raise ValueError(f"rule {self.id} wants at least {self.at_least} of {most} groups")
        if self.at_most is not None and self.at_most >= most:
            raise ValueError(f"rule {self.id} allows {self.at_most} of {most} groups, which says nothing")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"rule {self.id} wants at least {self.at_least} and at most {self.at_most}")
        return self

    @property
    def sides(self) -> tuple[Choices, ...]:
        return (self.when, self.requires, self.excludes, self.of)

    def clauses(self) -> Iterator[Clause]:
        """The rule as clauses: each combination of causes with each thing that it requires, excludes or counts."""
        for causes in _each_of(self.when):
            for other, allowed in self.requires.items():
                yield Clause(self.id, without=causes, options=tuple((other, each) for each in allowed))
            for other, forbidden in self.excludes.items():
                yield from (Clause(self.id, without=(*causes, (other, each))) for each in forbidden)
            if self.of:
                counted = tuple((group, option) for group, options in self.of.items() for option in options)
                yield Clause(self.id, causes, counted, self.at_least or 0, self.at_most)


def _each_of(choices: Choices) -> Iterator[tuple[tuple[str, str], ...]]:
    """Every way to take one option of each group."""
    return product(*([(group, option) for option in options] for group, options in choices.items()))
