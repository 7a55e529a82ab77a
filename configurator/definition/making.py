"""How a piece is made and of what."""

from __future__ import annotations

from pydantic import Field

from configurator.definition.base import Choices, Colour, Frozen, Part, Slug, Text


class Condition(Frozen):
    """True when every named group has one of the named options and, if asked, text is cut or a picture printed."""

    options: Choices = Field(default_factory=dict)
    engraved: bool = False
    printed: bool = False

    def implies(self, other: Condition) -> bool:
        """Whether the other one is true wherever this one is."""
        options = all(
            set(self.options.get(group, ())) <= set(of) and group in self.options for group, of in other.options.items()
        )
        return options and self.engraved >= other.engraved and self.printed >= other.printed


class FaultRow(Frozen):
    """What an inspection may find, and from which operation the piece is made again: all of it when it is scrapped."""

    id: Slug
    rate: float = Field(gt=0, lt=1)
    rework_from: Slug | None = None
    scrap: bool = False
    sentence: Text
    when: Condition = Condition()


class Look(Frozen):
    """What a piece looks like after an operation: the parts that are as they were chosen from then on, and others that
    are `bare` until then, in a colour or in that of another part, with `finishes` of their own. What is cut or
    printed is there from `engraved`, `printed` and `numbered` on.
    """

    parts: tuple[Part, ...] = ()
    bare: dict[Part, Colour | Part] = Field(default_factory=dict)
    finishes: dict[Part, Slug] = Field(default_factory=dict)
    engraved: bool = False
    printed: bool = False
    numbered: bool = False

    @property
    def named(self) -> set[str]:
        """The parts that it speaks of."""
        copied = (colour for colour in self.bare.values() if not colour.startswith("#"))
        return {*self.parts, *self.bare, *self.finishes, *copied}


class OperationRow(Frozen):
    """A step of work that is part of the route when its condition holds.

    `needs` names what must be done before it; None stands for the row before. Its set-up `family` is another one where
    `families` has one for an option that is chosen, by group. With `looks` the piece looks otherwise after it. `fixes`
    names groups that it consumes though nothing else here depends on them.
    """

    id: Slug
    station: Slug
    name: Text
    instruction: Text
    minutes: float = Field(gt=0)
    variation: float = Field(ge=0, le=2)
    extra_minutes: dict[Slug, dict[Slug, float]] = Field(default_factory=dict)
    faults: tuple[FaultRow, ...] = ()
    when: Condition = Condition()
    needs: tuple[Slug, ...] | None = None
    family: Slug | None = None
    families: dict[Slug, dict[Slug, Slug]] = Field(default_factory=dict)
    looks: Look | None = None
    fixes: tuple[Slug, ...] = ()


class ComponentRow(Frozen):
    """A component of which an edition may have only so many: options say how many units of it a piece takes."""

    id: Slug
    name: Text


class MaterialRow(Frozen):
    """A material that is used up when its condition holds, by `operation`, or by the first one of the route.

    `again` says whether rework uses up as much of it once more.
    """

    id: Slug
    name: Text
    quantity: float = Field(gt=0)
    unit: str
    operation: Slug | None = None
    again: bool = False
    when: Condition = Condition()
