"""The draft editor's forms. Each shows a part of a draft's content and says which values change, by place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.words import FIELD_LABELS, Words
from configurator.drafting import LARGEST, part
from configurator.drafting.content import Content, ids

LONGEST_TEXT = 2_000
LANGUAGES = {"ko": gettext_lazy("Korean"), "en": gettext_lazy("English")}


@dataclass(frozen=True)
class Row:
    """Fields that stand side by side; `legend` heads a set of boxes, which may be folded away or not."""

    fields: tuple[forms.BoundField, ...]
    legend: str = ""
    foldable: bool = False
    folded: bool = False


def slug_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        help_text=gettext_lazy(
            "Small letters, digits and hyphens. It never changes later: designs are stored with it."
        ),
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9-]*$",
                gettext_lazy("Please use small letters, digits and hyphens, beginning with a letter."),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )


class RevisionForm(forms.Form):
    """Any act on a draft: it says which revision was seen."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class PartForm(RevisionForm):
    """A part of a draft. `texts` are bilingual fields with the lines that each takes; a new part asks for its id."""

    texts: ClassVar[dict[str, int]] = {}
    plain: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, content: Content, place: str, is_new: bool = False, **kwargs: Any) -> None:
        self.content, self.place, self.is_new = content, place, is_new
        self.row: Content = {} if is_new else part(content, place) or {}
        self.words = Words(content)
        super().__init__(*args, **kwargs)
        if is_new:
            self.fields["id"] = slug_field(_("Short name"))
        for name, lines in self.texts.items():
            self._add_text(name, lines)
        self.add_fields()
        self.order_fields(["revision", "id", *self._text_names()])
        for name in self.plain:
            self.fields[name].initial = self.row.get(name, self.fields[name].initial)

    def add_fields(self) -> None:
        """Fields that depend on the content."""

    def rows(self) -> Iterator[Row]:
        """The fields as they are laid out."""
        if self.is_new:
            yield Row((self["id"],))
        for name in self.texts:
            yield Row(tuple(self[f"{name}_{language}"] for language in LANGUAGES))

    def clean_id(self) -> str:
        row_id = str(self.cleaned_data["id"])
        if row_id in ids(part(self.content, self.place)):
            raise forms.ValidationError(_("There is one with this short name already."))
        return row_id

    @property
    def target(self) -> str:
        """The place of the part itself, also of a new one."""
        return f"{self.place}.{self.cleaned_data['id']}".lstrip(".") if self.is_new else self.place

    def changes(self) -> dict[str, Any]:
        """Values by place; None for what is as usual, which is not written."""
        found: dict[str, Any] = {self.target: {}} if self.is_new else {}
        for name in self.texts:
            for language in LANGUAGES:
                found[self.at(f"{name}.{language}")] = self.cleaned_data[f"{name}_{language}"] or None
        return found | {self.at(name): self.cleaned_data[name] or None for name in self.plain}

    def at(self, name: str) -> str:
        return f"{self.target}.{name}".lstrip(".")

    def _text_names(self) -> list[str]:
        return [f"{name}_{language}" for name in self.texts for language in LANGUAGES]

    def _add_text(self, name: str, lines: int) -> None:
        label = str(FIELD_LABELS[name.rpartition(".")[2]])
        current = part(self.row, name) or {}
        for language, spoken in LANGUAGES.items():
            attributes = {"lang": language, "rows": lines}
            self.fields[f"{name}_{language}"] = forms.CharField(
                label=f"{self.text_label(name, label)} ({spoken})",
                required=False,
                max_length=LONGEST_TEXT,
                initial=current.get(language, ""),
                widget=forms.Textarea(attributes) if lines > 1 else forms.TextInput({"lang": language}),
            )

    def text_label(self, name: str, label: str) -> str:
        return label[:1].upper() + label[1:]


class TextsForm(PartForm):
    """The product's own texts, and the engraving's."""

    def __init__(self, *args: Any, content: Content, **kwargs: Any) -> None:
        engraved = {"engraving.name": 1, "engraving.hint": 2} if "engraving" in content else {}
        self.texts = {"name": 1, "tagline": 1, "story": 4, **engraved}  # type: ignore[misc]
        super().__init__(*args, content=content, **kwargs)

    def add_fields(self) -> None:
        if "engraving" in self.content:
            self.fields["engraving_price"] = forms.IntegerField(
                label=_("Price of an engraving"),
                min_value=0,
                initial=self.content["engraving"].get("price", 0),
                help_text=_("In the currency's smallest unit: ₩3,000 is 3000, $30.00 is 3000."),
            )

    def rows(self) -> Iterator[Row]:
        yield from super().rows()
        if "engraving_price" in self.fields:
            yield Row((self["engraving_price"],))

    def changes(self) -> dict[str, Any]:
        priced = "engraving_price" in self.fields
        price = {"engraving.price": self.cleaned_data["engraving_price"] or None} if priced else {}
        return super().changes() | price

    def text_label(self, name: str, label: str) -> str:
        return _("Engraving: %(field)s") % {"field": label} if "." in name else super().text_label(name, label)


class OptionPicker:
    """Boxes for options, a field per group, for a form that names some of them."""

    def __init__(self, form: PartForm, prefix: str, current: Any, groups: Sequence[Content]) -> None:
        self.form, self.prefix = form, prefix
        self.current = current or {}
        self.groups = [*ids(groups), *(group for group in self.current if group not in ids(groups))]
        for group in self.groups:
            self._add(group)

    def _add(self, group: str) -> None:
        chosen = list(self.current.get(group, ()))
        known = ids(part(self.form.content, f"groups.{group}.options"))
        gone = _("%(option)s (does not exist any more)")
        self.form.fields[f"{self.prefix}{group}"] = forms.MultipleChoiceField(
            label=self.form.words.place(f"groups.{group}"),
            required=False,
            initial=chosen,
            choices=[
                *((option, self.form.words.option(group, option)) for option in known),
                *((option, gone % {"option": option}) for option in chosen if option not in known),
            ],
            widget=forms.CheckboxSelectMultiple,
        )

    def rows(self, legend: str) -> Iterator[Row]:
        for group in self.groups:
            bound = self.form[f"{self.prefix}{group}"]
            yield Row((bound,), legend=f"{legend}: {bound.label}", foldable=True, folded=not bound.value())

    def chosen(self) -> dict[str, list[str]]:
        """Options by group, only of groups that have any."""
        found = {group: self.form.cleaned_data.get(f"{self.prefix}{group}") for group in self.groups}
        return {group: list(options) for group, options in found.items() if options}


class NewProductForm(forms.Form):
    """What a draft from nothing needs: a name, and a plant, of which `usual` is the first choice."""

    slug = slug_field(gettext_lazy("Short name of the product"))

    def __init__(self, *args: Any, plants: Sequence[tuple[str, str]], usual: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usual = usual
        self.fields["plant"] = forms.ChoiceField(
            label=_("Made in"), choices=plants, initial=usual, required=False, help_text=_("The plant that makes it.")
        )

    def clean_plant(self) -> str:
        return str(self.cleaned_data["plant"] or self.usual)


class FileForm(forms.Form):
    """A definition's file."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.ClearableFileInput(attrs={"accept": ".json,.uvl,application/json"})
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than a product definition may be."))
        return file


class FileIntoDraftForm(RevisionForm, FileForm):
    """A file in a draft's place."""
