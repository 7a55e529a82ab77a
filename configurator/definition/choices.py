"""What can be chosen, and the rules between choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from configurator.definition.base import Choices, Colour, Frozen, Part, Slug, Text
from configurator.definition.refusals import Place, Refused
from configurator.rules import ABSENT, Clause

MOST_CASES = 10_000
MOST_UNITS = 20
Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]
Sound = Literal["ceramic", "wood", "leather", "metal", "thread", "rubber", "stone"]


class Option(Frozen):
    """One choice of a group. `colours` says which parts of the picture it colours, `finishes` which of its baked
    finishes a part has (without an entry the usual one). `components` says how many units of the product's scarce
    components a piece with it takes.

    A `retired` option stays readable for the designs that have it, but cannot be chosen any more.
    """

    id: Slug
    name: Text
    story: Text
    swatch: Colour
    colours: dict[Part, Colour]
    finishes: dict[Part, Slug] = Field(default_factory=dict)
    components: dict[Slug, Units] = Field(default_factory=dict)
    price: int = Field(default=0, ge=0)
    touch: Text | None = Field(default=None, description="how the material feels in the hand")
    sound: Sound | None = Field(default=None, description="what it sounds like when it is tapped")
    retired: bool = False


class Focus(Frozen):
    """Where the picture turns while a group is being chosen: a view (without one, the first that shows it), a point in
    shares of the picture, and a zoom.
    """

    view: Slug | None = None
    x: float = Field(default=0.5, ge=0, le=1)
    y: float = Field(default=0.5, ge=0, le=1)
    zoom: float = Field(default=1, ge=1, le=3)


class Group(Frozen):
    """A set of options of which exactly one is chosen.

    With `when`, the group exists only while each group named there has one of the options named;
    `sentence` then says why it does not exist otherwise. A `retired` group stays readable for the designs that
    have it, but does not exist for new ones.
    """

    id: Slug
    name: Text
    hint: Text
    options: tuple[Option, ...] = Field(min_length=2)
    when: Choices = Field(default_factory=dict)
    sentence: Text | None = None
    focus: Focus = Focus()
    retired: bool = False

    @property
    def offered(self) -> tuple[Option, ...]:
        """The options that can still be chosen."""
        return () if self.retired else tuple(option for option in self.options if not option.retired)

    @property
    def place(self) -> Place:
        return Place(f"groups.{self.id}")

    @property
    def rule_id(self) -> str:
        """The name under which the condition appears among the rules; no rule can have it, for its colon."""
        return f"{self.id}:when"

    def option(self, option_id: str) -> Option:
        return next(option for option in self.options if option.id == option_id)

    def exists_beside(self, choices: Mapping[str, str]) -> bool:
        return not self.retired and all(choices.get(group) in options for group, options in self.when.items())

    @model_validator(mode="after")
    def _condition_has_a_sentence(self) -> Self:
        if bool(self.when) != bool(self.sentence):
            raise Refused("condition_without_sentence", self.place, group=self.place)
        return self

    @model_validator(mode="after")
    def _stands_for_few_cases(self) -> Self:
        _refuse_many_cases(self.when, self.place)
        return self

    @model_validator(mode="after")
    def _options_are_offered(self) -> Self:
        if not self.offered and not self.retired:
            raise Refused("all_retired", self.place, group=self.place)
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
            raise Refused("says_not_one_thing", self.place, rule=self.place)
        if bool(self.of) != (self.at_least is not None or self.at_most is not None):
            raise Refused("counts_without_number", self.place, rule=self.place)
        if not self.when and (self.requires or self.excludes):
            raise Refused("always", self.place, rule=self.place)
        return self

    @model_validator(mode="after")
    def _counts_what_can_be(self) -> Self:
        most = len(self.of)
        if self.at_least is not None and self.at_least > most:
            raise Refused("wants_too_many", self.place, rule=self.place, least=self.at_least, most=most)
        if self.at_most is not None and self.at_most >= most:
            raise Refused("allows_all", self.place, rule=self.place, allowed=self.at_most, most=most)
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            numbers = {"least": self.at_least, "most": self.at_most}
            raise Refused("wants_more_than_it_allows", self.place, rule=self.place, **numbers)
        return self

    @model_validator(mode="after")
    def _stands_for_few_cases(self) -> Self:
        _refuse_many_cases(self.when, self.place)
        return self

    @property
    def place(self) -> Place:
        return Place(f"rules.{self.id}")

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


def _refuse_many_cases(when: Choices, place: Place) -> None:
    """Clauses are written out per combination of causes: without a limit, one rule could fill the memory."""
    cases = prod(map(len, when.values()))
    if cases > MOST_CASES:
        raise Refused("too_many_cases", place, rule=place, cases=cases, most=MOST_CASES)


def _each_of(choices: Choices) -> Iterator[tuple[tuple[str, str], ...]]:
    """Every way to take one option of each group."""
    return product(*([(group, option) for option in options] for group, options in choices.items()))
