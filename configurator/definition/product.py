"""A whole product, and what must agree between its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from configurator.definition.base import Colour, Folder, Frozen, Part, Slug, Text
from configurator.definition.choices import Group, Option, Rule
from configurator.definition.content import ArtworkPanel, Engraving, Numbering
from configurator.definition.making import ComponentRow, Condition, MaterialRow, OperationRow
from configurator.definition.refusals import Place, Refused
from configurator.definition.routes import begun_again, beside, needs_of
from configurator.rules import ABSENT, Clause, RulesEngine


class View(Frozen):
    """A baked view of the product; `folder` lies below the product's folder and has the plates in each size."""

    id: Slug
    name: Text
    folder: Folder


class Preset(Frozen):
    """A design to start from: the product's preset with these choices changed."""

    id: Slug
    name: Text
    story: Text
    choices: dict[Slug, Slug]


class ProductDefinition(Frozen):
    """A whole product. `preset` is where everybody starts, `presets` are other designs to start from; `model` is the
    folder of its model for 3D and AR, when it has one.
    """

    schema_version: Literal[1]
    slug: Slug
    name: Text
    tagline: Text
    story: Text
    views: tuple[View, ...] = Field(min_length=1)
    base_colours: dict[Part, Colour]
    groups: tuple[Group, ...] = Field(min_length=1)
    engraving: Engraving
    artwork: ArtworkPanel | None = None
    numbering: Numbering | None = None
    model: Folder | None = None
    rules: tuple[Rule, ...] = ()
    preset: dict[Slug, Slug]
    presets: tuple[Preset, ...] = ()
    plant: Slug
    operations: tuple[OperationRow, ...] = Field(min_length=1)
    materials: tuple[MaterialRow, ...] = ()
    components: tuple[ComponentRow, ...] = ()

    @cached_property
    def engine(self) -> RulesEngine:
        """The rules, compiled at the first use."""
        return RulesEngine(self.possible, self.clauses())

    @cached_property
    def possible(self) -> Mapping[str, tuple[str, ...]]:
        """What the engine chooses from: the options that are offered, and for a conditional group its absence."""
        return {
            group.id: (*(option.id for option in group.offered), *([ABSENT] if group.when else []))
            for group in self.groups
            if not group.retired
        }

    def clauses(self) -> Iterator[Clause]:
        """All rules and conditions over what is possible: what is retired is no cause, and satisfies nothing."""
        known = {(group, option) for group, options in self.possible.items() for option in options}
        rows: tuple[Rule | Group, ...] = (*self.rules, *(group for group in self.groups if not group.retired))
        for row in rows:
            for clause in row.clauses():
                if known.issuperset(clause.without):
                    yield replace(clause, options=tuple(choice for choice in clause.options if choice in known))

    @cached_property
    def sentences(self) -> Mapping[str, Text]:
        """What each rule says, and each condition of a group, by the name under which the engine knows it."""
        conditions = {group.rule_id: group.sentence for group in self.groups if group.sentence}
        return {rule.id: rule.sentence for rule in self.rules} | conditions

    @cached_property
    def prices(self) -> Mapping[tuple[str, str], int]:
        """What each option adds, in minor units, by group and option; only those that add something."""
        return {
            (group.id, option.id): option.price for group in self.groups for option in group.options if option.price
        }

    @cached_property
    def scarce_options(self) -> Mapping[tuple[str, str], Mapping[str, int]]:
        """The options that take components, with how many units of each, by group and option."""
        return {
            (group.id, option.id): option.components
            for group in self.groups
            for option in group.options
            if option.components
        }

    def group(self, group_id: str) -> Group:
        return next(group for group in self.groups if group.id == group_id)

    def option(self, group_id: str, option_id: str) -> Option:
        return self.group(group_id).option(option_id)

    def component(self, component_id: str) -> ComponentRow:
        return next(each for each in self.components if each.id == component_id)

    def units(self, choices: Mapping[str, str]) -> dict[str, int]:
        """How many units of each component a design takes, over all its options; components without use are absent."""
        taken: Counter[str] = Counter()
        if self.components:
            for group_id, option_id in choices.items():
                taken.update(self.option(group_id, option_id).components)
        return dict(taken)

    def settled(self, choices: Mapping[str, str]) -> dict[str, str]:
        """The choices of the groups that exist beside them: those that do not exist have none."""
        kept: dict[str, str] = {}
        for group in self.groups:
            if group.id in choices and group.exists_beside(kept):
                kept[group.id] = choices[group.id]
        return kept

    def missing(self, choices: Mapping[str, str]) -> tuple[Group, ...]:
        """The groups that exist beside the choices, but have none."""
        return tuple(group for group in self.groups if group.id not in choices and group.exists_beside(choices))

    def started(self, preset: str = "") -> dict[str, str]:
        """The choices of a preset by its id, of the first one without."""
        other = next((each.choices for each in self.presets if each.id == preset), {})
        return self.settled({**self.preset, **other})

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        for kind, ids in (
            ("group", [group.id for group in self.groups]),
            *((f"option of {group.id}", [option.id for option in group.options]) for group in self.groups),
            ("rule", [rule.id for rule in self.rules]),
            ("preset", [preset.id for preset in self.presets]),
            ("operation", [operation.id for operation in self.operations]),
            *((f"fault of {each.id}", [fault.id for fault in each.faults]) for each in self.operations),
            ("material", [material.id for material in self.materials]),
            ("component", [component.id for component in self.components]),
            ("view", [view.id for view in self.views]),
        ):
            doubled = sorted({each for each in ids if ids.count(each) > 1})
            if doubled:
                raise Refused("declared_twice", "", kind=kind, ids=", ".join(doubled))
        return self

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        known = {group.id: {option.id for option in group.options} for group in self.groups}
        for where, choices in self._references():
            for group_id, option_ids in choices.items():
                unknown = set(option_ids) - known.get(group_id, set())
                if unknown or group_id not in known:
                    options = ", ".join(sorted(unknown))
                    raise Refused("unknown_option", where, where=Place(where), group=group_id, options=options)
        return self

    @model_validator(mode="after")
    def _focus_is_on_a_view(self) -> Self:
        views = {view.id for view in self.views}
        for group in self.groups:
            if group.focus.view not in {None, *views}:
                raise Refused("unknown_view", group.place, group=group.place, view=str(group.focus.view))
        return self

    @model_validator(mode="after")
    def _components_are_declared_and_used(self) -> Self:
        declared, used = {each.id for each in self.components}, set()
        for group in self.groups:
            for option in group.options:
                unknown = sorted(set(option.components) - declared)
                if unknown:
                    place = Place(f"{group.place}.options.{option.id}")
                    raise Refused("unknown_component", place, option=place, components=", ".join(unknown))
                used |= set(option.components)
        for component in self.components:
            if component.id not in used:
                place = Place(f"components.{component.id}")
                raise Refused("component_without_use", place, component=component.id)
        return self

    @model_validator(mode="after")
    def _conditions_look_back(self) -> Self:
        seen: set[str] = set()
        for group in self.groups:
            later = sorted(set(group.when) - seen)
            if later:
                raise Refused("depends_on_later", group.place, group=group.place, others=", ".join(later))
            seen.add(group.id)
        return self

    @model_validator(mode="after")
    def _needs_look_back(self) -> Self:
        seen: set[str] = set()
        for operation in self.operations:
            later = sorted(set(operation.needs or ()) - seen)
            if later:
                place = Place(f"operations.{operation.id}")
                raise Refused("needs_later", place, operation=place, others=", ".join(later))
            seen.add(operation.id)
        return self

    @model_validator(mode="after")
    def _rework_goes_back(self) -> Self:
        order = [operation.id for operation in self.operations]
        for number, operation in enumerate(self.operations):
            for fault in operation.faults:
                place = Place(f"operations.{operation.id}.faults.{fault.id}")
                if (fault.rework_from is None) != fault.scrap:
                    raise Refused("rework_or_scrap", place, fault=place, operation=operation.id)
                if fault.rework_from is None:
                    continue
                if fault.rework_from not in order[: number + 1]:
                    raise Refused("rework_forwards", place, fault=place, operation=operation.id)
                target = self.operations[order.index(fault.rework_from)]
                if target.when not in (Condition(), operation.when, fault.when):
                    raise Refused("rework_left_out", place, fault=place, operation=operation.id, target=target.id)
        return self

    @model_validator(mode="after")
    def _rework_closes_its_branches(self) -> Self:
        needs = needs_of(self.operations)
        for operation in self.operations:
            meanwhile = beside(needs, operation.id)
            for fault in operation.faults:
                place = Place(f"operations.{operation.id}.faults.{fault.id}")
                again = set(needs) if fault.rework_from is None else begun_again(needs, fault.rework_from)
                if operation.id not in again:
                    raise Refused("rework_forwards", place, fault=place, operation=operation.id)
                if others := sorted(again & meanwhile):
                    raise Refused("rework_beside", place, fault=place, operation=operation.id, others=", ".join(others))
        return self

    @model_validator(mode="after")
    def _materials_are_used_up(self) -> Self:
        conditions = {operation.id: operation.when for operation in self.operations}
        for material in self.materials:
            if material.operation is None:
                continue
            place = Place(f"materials.{material.id}")
            found = conditions.get(material.operation)
            if found is None:
                raise Refused("material_without_operation", place, material=place, operation=material.operation)
            if not material.when.implies(found):
                raise Refused("material_left_over", place, material=place, operation=material.operation)
        return self

    @model_validator(mode="after")
    def _preset_is_whole_and_free_of_charge(self) -> Self:
        unknown = set(self.preset) - {group.id for group in self.groups}
        if unknown or self.missing(self.preset):
            raise Refused("preset_incomplete", "preset")
        # A paid option must never be preselected (E-Commerce Act of Korea, since 2025-02-14).
        for group_id, option_id in self.preset.items():
            if self.option(group_id, option_id).price:
                option = Place(f"groups.{group_id}.options.{option_id}")
                raise Refused("preset_costs", "preset", option=option)
        return self

    @model_validator(mode="after")
    def _presets_are_whole(self) -> Self:
        for preset in self.presets:
            missing = [group.id for group in self.missing(self.started(preset.id))]
            if missing:
                place = Place(f"presets.{preset.id}")
                raise Refused("preset_lacks", place, preset=place, groups=", ".join(missing))
        return self

    @model_validator(mode="after")
    def _presets_can_still_be_chosen(self) -> Self:
        starts = {"preset": self.started()} | {f"presets.{each.id}": self.started(each.id) for each in self.presets}
        for place, choices in starts.items():
            for group_id, option_id in choices.items():
                if self.option(group_id, option_id).retired:
                    option = Place(f"groups.{group_id}.options.{option_id}")
                    raise Refused("preset_retired", place, preset=Place(place), option=option)
        return self

    def _references(self) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
        """Every place that names options, and the options."""
        for group in self.groups:
            yield group.place, group.when
        for rule in self.rules:
            yield from ((rule.place, side) for side in rule.sides)
        for operation in self.operations:
            place = f"operations.{operation.id}"
            yield place, operation.when.options
            yield place, {key: tuple(row) for key, row in operation.extra_minutes.items()}
            yield place, {key: tuple(row) for key, row in operation.families.items()}
            yield place, dict.fromkeys(operation.fixes, ())
            yield from ((f"{place}.faults.{fault.id}", fault.when.options) for fault in operation.faults)
        for material in self.materials:
            yield f"materials.{material.id}", material.when.options
        yield "preset", _one_each(self.preset)
        yield from ((f"presets.{preset.id}", _one_each(preset.choices)) for preset in self.presets)


def read_definition(data: dict[str, Any]) -> ProductDefinition:
    """Validate a definition; raises pydantic's ValidationError naming what is wrong and where."""
    return ProductDefinition.model_validate(data)


def _one_each(choices: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {group: (option,) for group, option in choices.items()}
