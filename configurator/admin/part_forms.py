"""Forms of the parts that have choices in them: groups, rules, designs to start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.forms import OptionPicker, PartForm, Row
from configurator.admin.option_form import GREY
from configurator.drafting import part
from configurator.drafting.content import ids

KINDS = [
    ("requires", gettext_lazy("requires: of each group named below, one of these options is chosen")),
    ("excludes", gettext_lazy("excludes: none of these options is chosen")),
    ("of", gettext_lazy("counts: at least or at most so many of these options are chosen")),
]


class GroupForm(PartForm):
    """A group: its texts, when it exists, what its options colour, where the picture turns."""

    texts = {"name": 1, "hint": 2, "sentence": 2}
    plain: ClassVar[tuple[str, ...]] = ("retired",)

    def __init__(self, *args: Any, parts: list[str], **kwargs: Any) -> None:
        self.parts = parts
        super().__init__(*args, **kwargs)

    def add_fields(self) -> None:
        self.when = OptionPicker(self, "when_", self.row.get("when"), self._earlier())
        self.fields["parts"] = forms.MultipleChoiceField(
            label=_("Parts of the picture that the options colour"),
            required=False,
            choices=[(name, name) for name in dict.fromkeys([*self.parts, *self._coloured()])],
            initial=self._coloured(),
            widget=forms.CheckboxSelectMultiple,
        )
        focus = self.row.get("focus", {})
        self.fields["focus_view"] = forms.ChoiceField(
            label=_("Focus: view"),
            required=False,
            choices=self._views(focus.get("view")),
            initial=focus.get("view", ""),
        )
        for name, label, usual, highest in self._focus():
            self.fields[f"focus_{name}"] = forms.FloatField(
                label=label, min_value=1 if name == "zoom" else 0, max_value=highest, initial=focus.get(name, usual)
            )
        self.fields["retired"] = forms.BooleanField(
            label=_("Retired: new designs do not have this group"), required=False, initial=False
        )

    def rows(self) -> Iterator[Row]:
        yield from list(super().rows())[: 1 + 1 + self.is_new]
        yield from self.when.rows(_("Exists only while"))
        yield Row((self["sentence_ko"], self["sentence_en"]))
        yield Row((self["parts"],), legend=str(self.fields["parts"].label))
        yield Row((self["focus_view"], *(self[f"focus_{name}"] for name, *_rest in self._focus())))
        yield Row((self["retired"],))

    def text_label(self, name: str, label: str) -> str:
        if name == "sentence":
            return _("Why it does not exist otherwise")
        return super().text_label(name, label)

    def changes(self) -> dict[str, Any]:
        found = super().changes() | {self.at("when"): self.when.chosen() or None}
        found[self.at("focus.view")] = self.cleaned_data["focus_view"] or None
        for name, _label, usual, _highest in self._focus():
            value = self.cleaned_data[f"focus_{name}"]
            found[self.at(f"focus.{name}")] = None if value == usual else value
        return found | self._colour_changes()

    def _colour_changes(self) -> dict[str, Any]:
        """A part that is coloured newly takes each option's swatch, until another colour is chosen."""
        wanted = self.cleaned_data["parts"]
        found: dict[str, Any] = {}
        for option in self.row.get("options", ()):
            had = option.get("colours", {})
            colours = {name: had.get(name, option.get("swatch", GREY)) for name in wanted}
            if colours != had:
                found[self.at(f"options.{option['id']}.colours")] = colours
        return found

    def _earlier(self) -> list[Any]:
        """The groups that this one may depend on: those before it."""
        groups: list[Any] = self.content.get("groups", [])
        return groups if self.is_new else groups[: ids(groups).index(self.place.split(".")[1])]

    def _coloured(self) -> list[str]:
        options = self.row.get("options", ())
        return sorted({name for option in options for name in option.get("colours", {})})

    def _views(self, current: str | None) -> list[tuple[str, str]]:
        """The views by name; also one that is not there any more, which the gate names."""
        known = ids(self.content.get("views"))
        gone = [current] if current and current not in known else []
        shown = [(view, self.words.place(f"views.{view}").rpartition(" › ")[2]) for view in [*known, *gone]]
        return [("", _("the first that shows it")), *shown]

    def _focus(self) -> tuple[tuple[str, str, float, float], ...]:
        return (
            ("x", _("Focus: from the left, 0 to 1"), 0.5, 1),
            ("y", _("Focus: from the top, 0 to 1"), 0.5, 1),
            ("zoom", _("Focus: enlargement, 1 to 3"), 1, 3),
        )


class RuleForm(PartForm):
    """A rule: its sentence, and what it says of which options."""

    texts = {"sentence": 2}
    plain: ClassVar[tuple[str, ...]] = ("at_least", "at_most")

    def add_fields(self) -> None:
        groups = self.content.get("groups", [])
        kind = next((kind for kind, _label in KINDS if self.row.get(kind)), "excludes")
        self.when = OptionPicker(self, "when_", self.row.get("when"), groups)
        self.then = OptionPicker(self, "then_", self.row.get(kind), groups)
        self.fields["kind"] = forms.ChoiceField(
            label=_("This rule"), choices=KINDS, initial=kind, widget=forms.RadioSelect
        )
        for name, label in (("at_least", _("At least")), ("at_most", _("At most"))):
            self.fields[name] = forms.IntegerField(
                label=label, min_value=0, max_value=1_000, required=False, help_text=_("Only for a rule that counts.")
            )

    def rows(self) -> Iterator[Row]:
        yield from super().rows()
        yield from self.when.rows(_("While one of these is chosen"))
        yield Row((self["kind"],), legend=_("This rule"))
        yield Row((self["at_least"], self["at_most"]))
        yield from self.then.rows(_("These options"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        counts = cleaned.get("kind") == "of"
        numbers = [cleaned.get("at_least"), cleaned.get("at_most")]
        if counts and numbers == [None, None]:
            self.add_error("at_least", _("A rule that counts needs a number."))
        if not self.then.chosen():
            self.add_error(None, _("Please choose the options that the rule speaks of, below “These options”."))
        if not counts and not self.when.chosen():
            self.add_error(None, _("Please choose when the rule holds, below “While one of these is chosen”."))
        return cleaned

    def changes(self) -> dict[str, Any]:
        kind = self.cleaned_data["kind"]
        found = super().changes() | {self.at("when"): self.when.chosen() or None}
        for name in ("at_least", "at_most"):
            found[self.at(name)] = self.cleaned_data[name] if kind == "of" else None
        return found | {self.at(side): self.then.chosen() if side == kind else None for side, _label in KINDS}


class StartForm(PartForm):
    """The design from which everybody starts: one free option of every group."""

    def add_fields(self) -> None:
        self.groups = ids(self.content.get("groups"))
        for group in self.groups:
            self.fields[f"choice_{group}"] = forms.ChoiceField(
                label=self.words.place(f"groups.{group}"),
                required=False,
                choices=[("", self.empty_label(group)), *self._options(group)],
                initial=self.current().get(group, ""),
            )

    def rows(self) -> Iterator[Row]:
        yield from super().rows()
        for group in self.groups:
            yield Row((self[f"choice_{group}"],))

    def changes(self) -> dict[str, Any]:
        return super().changes() | {self.at(self.inside): {**self._kept(), **self._chosen()}}

    # The choices are the part itself; in other designs they are one of its fields.
    inside = ""

    def at(self, name: str) -> str:
        return super().at(name).rstrip(".")

    def current(self) -> dict[str, str]:
        return dict(self.row)

    def empty_label(self, group: str) -> str:
        return "—"

    def allows(self, option: Any) -> bool:
        """Nobody may find a paid option chosen beforehand (E-Commerce Act of Korea, since 2025-02-14)."""
        return not option.get("price")

    def _options(self, group: str) -> list[tuple[str, str]]:
        current = self.current().get(group)
        rows = part(self.content, f"groups.{group}.options") or []
        offered = [row["id"] for row in rows if self.allows(row) and not row.get("retired")]
        shown = [*offered, *([current] if current and current not in offered else [])]
        return [(option, self.words.option(group, option)) for option in shown]

    def _kept(self) -> dict[str, str]:
        """Choices in groups that are not there (any more) are not dropped silently: the gate names them."""
        return {group: option for group, option in self.current().items() if group not in self.groups}

    def _chosen(self) -> dict[str, str]:
        found = {group: self.cleaned_data[f"choice_{group}"] for group in self.groups}
        return {group: option for group, option in found.items() if option}


class PresetForm(StartForm):
    """Another design to start from: what differs from the product's own."""

    texts = {"name": 1, "story": 2}
    inside = "choices"

    def current(self) -> dict[str, str]:
        return dict(self.row.get("choices", {}))

    def allows(self, option: Any) -> bool:
        return True

    def empty_label(self, group: str) -> str:
        usual = self.content.get("preset", {}).get(group)
        name = self.words.option(group, usual) if usual else "—"
        return _("as in the usual design: %(option)s") % {"option": name}
