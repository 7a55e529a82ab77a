"""The product definition: what `catalogue/<slug>/product.toml` may say, validated. Pure.

Texts are bilingual; money is in integer minor units of the edition's currency; work is in working minutes.
Published definitions never change and must stay readable: a field that is added later has a default.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from configurator.rules import Clause, RulesEngine

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-F]{6}$")]
Part = Annotated[str, Field(pattern=r"^[a-z]+$", max_length=20)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """A text in both languages."""

    ko: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def of(self, language: str) -> str:
        """The text in a language, `ko` or anything else (English)."""
        return self.ko if language == "ko" else self.en


class Option(Frozen):
    """One choice of a group. `colours` says which parts of the picture it colours."""

    id: Slug
    name: Text
    story: Text
    swatch: Colour
    colours: dict[Part, Colour]
    price: int = Field(default=0, ge=0)


class Group(Frozen):
    """A set of options of which exactly one is chosen."""

    id: Slug
    name: Text
    hint: Text
    options: tuple[Option, ...] = Field(min_length=2)

    def option(self, option_id: str) -> Option:
        return next(option for option in self.options if option.id == option_id)


class Rule(Frozen):
    """`when` one of these is chosen, the groups in `requires` must be one of those, in `excludes` none of those."""

    id: Slug
    sentence: Text
    when: dict[Slug, tuple[Slug, ...]] = Field(min_length=1, max_length=1)
    requires: dict[Slug, tuple[Slug, ...]] = Field(default_factory=dict)
    excludes: dict[Slug, tuple[Slug, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.requires) == bool(self.excludes):
            raise ValueError("a rule either requires or excludes")
        return self

    def clauses(self) -> Iterator[Clause]:
        """The rule as clauses: each cause with each thing that it requires or excludes."""
        for group, options in self.when.items():
            for cause in ((group, option) for option in options):
                for other, allowed in self.requires.items():
                    yield Clause(self.id, without=(cause,), options=tuple((other, each) for each in allowed))
                for other, forbidden in self.excludes.items():
                    yield from (Clause(self.id, without=(cause, (other, each))) for each in forbidden)


class Engraving(Frozen):
    """A line of text cut into a panel of the piece, measured in millimetres."""

    id: Slug
    name: Text
    hint: Text
    panel: Part
    width_mm: float = Field(gt=0)
    height_mm: float = Field(gt=0)
    margin_mm: float = Field(default=0, ge=0, description="kept free at both ends of the line")
    letter_mm: float = Field(gt=0, description="height of the letters' em square when the text is short")
    smallest_letter_mm: float = Field(gt=0)
    longest: int = Field(gt=0, le=60, description="characters accepted at all")
    font: Literal["serif-ko", "sans-ko"]
    colour_part: Part
    price: int = Field(default=0, ge=0)


class Condition(Frozen):
    """True when every named group has one of the named options and, if asked, the engraving is not empty."""

    options: dict[Slug, tuple[Slug, ...]] = Field(default_factory=dict)
    engraved: bool = False


class FaultRow(Frozen):
    """What an inspection may find, and from which operation the piece is made again."""

    id: Slug
    rate: float = Field(gt=0, lt=1)
    rework_from: Slug
    sentence: Text
    when: Condition = Condition()


class OperationRow(Frozen):
    """A step of work that is part of the route when its condition holds."""

    id: Slug
    station: Slug
    name: Text
    instruction: Text
    minutes: float = Field(gt=0)
    variation: float = Field(ge=0, le=2)
    extra_minutes: dict[Slug, dict[Slug, float]] = Field(default_factory=dict)
    faults: tuple[FaultRow, ...] = ()
    when: Condition = Condition()


class MaterialRow(Frozen):
    """A material that is used up when its condition holds."""

    id: Slug
    name: Text
    quantity: float = Field(gt=0)
    unit: str
    when: Condition = Condition()


class View(Frozen):
    """A baked view of the product; `folder` lies below the product's folder."""

    id: Slug
    name: Text
    folder: str


class ProductDefinition(Frozen):
    """A whole product."""

    schema_version: Literal[1]
    slug: Slug
    name: Text
    tagline: Text
    story: Text
    views: tuple[View, ...] = Field(min_length=1)
    base_colours: dict[Part, Colour]
    groups: tuple[Group, ...] = Field(min_length=1)
    engraving: Engraving
    rules: tuple[Rule, ...] = ()
    preset: dict[Slug, Slug]
    plant: Slug
    operations: tuple[OperationRow, ...] = Field(min_length=1)
    materials: tuple[MaterialRow, ...] = ()

    @cached_property
    def engine(self) -> RulesEngine:
        """The rules, compiled at the first use."""
        groups = {group.id: [option.id for option in group.options] for group in self.groups}
        return RulesEngine(groups, (clause for rule in self.rules for clause in rule.clauses()))

    def group(self, group_id: str) -> Group:
        return next(group for group in self.groups if group.id == group_id)

    def option(self, group_id: str, option_id: str) -> Option:
        return self.group(group_id).option(option_id)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        for kind, ids in (
            ("group", [group.id for group in self.groups]),
            *((f"option of {group.id}", [option.id for option in group.options]) for group in self.groups),
            ("rule", [rule.id for rule in self.rules]),
            ("operation", [operation.id for operation in self.operations]),
            *((f"fault of {each.id}", [fault.id for fault in each.faults]) for each in self.operations),
            ("material", [material.id for material in self.materials]),
            ("view", [view.id for view in self.views]),
        ):
            doubled = sorted({each for each in ids if ids.count(each) > 1})
            if doubled:
                raise ValueError(f"{kind} {', '.join(doubled)} is declared twice")
        return self

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        known = {group.id: {option.id for option in group.options} for group in self.groups}
        for where, choices in self._references():
            for group_id, option_ids in choices.items():
                unknown = set(option_ids) - known.get(group_id, set())
                if unknown:
                    raise ValueError(f"{where} names {group_id}: {', '.join(sorted(unknown))}, which does not exist")
        return self

    @model_validator(mode="after")
    def _rework_goes_back(self) -> Self:
        order = [operation.id for operation in self.operations]
        for number, operation in enumerate(self.operations):
            for fault in operation.faults:
                if fault.rework_from not in order[: number + 1]:
                    raise ValueError(f"fault {fault.id} of {operation.id} does not go back to an earlier operation")
                target = self.operations[order.index(fault.rework_from)]
                if target.when not in (Condition(), operation.when, fault.when):
                    raise ValueError(
                        f"fault {fault.id} of {operation.id} goes back to {target.id}, which may be left out"
                    )
        return self

    @model_validator(mode="after")
    def _preset_is_whole_and_free_of_charge(self) -> Self:
        if set(self.preset) != {group.id for group in self.groups}:
            raise ValueError("the preset must name every group")
        # A paid option must never be preselected (E-Commerce Act of Korea, since 2025-02-14).
        for group_id, option_id in self.preset.items():
            if self.option(group_id, option_id).price:
                raise ValueError(f"the preset's {group_id} {option_id} costs extra")
        return self

    def _references(self) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
        for rule in self.rules:
            yield from ((f"rule {rule.id}", side) for side in (rule.when, rule.requires, rule.excludes))
        for operation in self.operations:
            yield f"operation {operation.id}", operation.when.options
            yield f"operation {operation.id}", {key: tuple(row) for key, row in operation.extra_minutes.items()}
            yield from ((f"fault {fault.id}", fault.when.options) for fault in operation.faults)
        for material in self.materials:
            yield f"material {material.id}", material.when.options
        yield "the preset", {group_id: (option_id,) for group_id, option_id in self.preset.items()}


def read_definition(data: dict[str, Any]) -> ProductDefinition:
    """Validate a definition; raises pydantic's ValidationError naming what is wrong and where."""
    return ProductDefinition.model_validate(data)
