"""Editing one part of a draft: what was typed is kept whatever happens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from configurator.admin.addresses import draft_address, place_address
from configurator.admin.forms import PartForm, TextsForm
from configurator.admin.option_form import OptionForm
from configurator.admin.pages import DraftPage
from configurator.admin.part_forms import GroupForm, PresetForm, RuleForm, StartForm
from configurator.admin.plates import baked_finishes, baked_parts
from configurator.drafting import dependants, part
from configurator.selectors import changes_since
from configurator.services import StaleDraft, edit_draft
from core.clock import now
from core.problems import Problem


class PartPage(DraftPage):
    """A form for one part of the draft, or for a new one."""

    template = "admin/configurator/draft/part.html"
    form_class: ClassVar[type[PartForm]] = PartForm
    is_new = False
    names: dict[str, str]

    def get(self, request: HttpRequest, **names: str) -> HttpResponse:
        self.names = names
        return self._show(self.form())

    def post(self, request: HttpRequest, **names: str) -> HttpResponse:
        self.names = names
        form = self.form(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            draft = edit_draft(
                draft_id=self.draft.pk,
                changes=form.changes(),
                expected_revision=form.cleaned_data["revision"],
                actor=self.actor,
                now=now(),
            )
        except StaleDraft as stale:
            return self._ask_again(form, stale)
        except Problem as problem:
            form.add_error(None, problem.detail)
            for found in problem.extra.get("findings", ()):
                form.add_error(None, self.words.sentence(found))
            return self._show(form, status=problem.status)
        changed = draft.revision > form.cleaned_data["revision"]
        messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
        return redirect(self.next_address(form))

    def place(self) -> str:
        """The place of the part; of the list, for a new one."""
        raise NotImplementedError

    def form(self, data: Any = None) -> PartForm:
        place = self.place()
        if not self.is_new and part(self.draft.content, place) is None and place != "preset":
            raise Http404
        return self.form_class(
            data,
            content=self.draft.content,
            place=place,
            is_new=self.is_new,
            initial={"revision": self.draft.revision},
            **self.form_arguments(),
        )

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def heading(self) -> str:
        return self.words.place(self.place())

    def dependants(self) -> list[tuple[str, str]]:
        """What names this part, as words and addresses."""
        return []

    def next_address(self, form: PartForm) -> str:
        return draft_address(self.draft.pk, "edit")

    def linked(self, places: Any) -> list[tuple[str, str]]:
        return [(self.words.place(place), place_address(self.draft.pk, place)) for place in places]

    def _ask_again(self, form: PartForm, stale: StaleDraft) -> HttpResponse:
        """Somebody was quicker: what was typed stays, what changed is shown, and saving again is a decision."""
        seen = form.cleaned_data["revision"]
        self.draft.refresh_from_db()
        again = QueryDict(mutable=True)
        again.update(self.request.POST)
        again["revision"] = str(stale.extra["revision"])
        bound = self.form(again)
        bound.add_error(None, stale.detail)
        bound.add_error(None, _("Below is what was changed. Save again to keep what stands in this form."))
        return self._show(bound, status=stale.status, meanwhile=changes_since(self.draft, seen))

    def _show(self, form: PartForm, status: int = 200, meanwhile: Any = ()) -> HttpResponse:
        changes = [(change.actor, row) for change in meanwhile for row in self.words.changes([change.as_difference()])]
        return self.page(status, form=form, heading=self.heading(), dependants=self.dependants(), meanwhile=changes)


class TextsPage(PartPage):
    form_class = TextsForm

    def place(self) -> str:
        return ""

    def heading(self) -> str:
        return _("Texts")


class PartsOfPicture(PartPage):
    """A part whose form offers the parts of the picture."""

    def group_parts(self) -> list[str]:
        """The parts that the group's options colour."""
        options = part(self.draft.content, f"groups.{self.names['group']}.options") or []
        return sorted({name for option in options for name in option.get("colours", {})})


class GroupPage(PartsOfPicture):
    form_class = GroupForm

    def place(self) -> str:
        return "groups" if self.is_new else f"groups.{self.names['group']}"

    def heading(self) -> str:
        return _("New group") if self.is_new else super().heading()

    def form_arguments(self) -> dict[str, Any]:
        return {"parts": [*baked_parts(self.draft.content), *self.draft.content.get("base_colours", {})]}

    def dependants(self) -> list[tuple[str, str]]:
        return [] if self.is_new else self.linked(dependants(self.draft.content, self.names["group"]))

    def next_address(self, form: PartForm) -> str:
        if self.is_new:  # its options come next
            return draft_address(self.draft.pk, "group", group=form.cleaned_data["id"])
        return super().next_address(form)


class OptionPage(PartsOfPicture):
    form_class = OptionForm

    def place(self) -> str:
        options = f"groups.{self.names['group']}.options"
        return options if self.is_new else f"{options}.{self.names['option']}"

    def heading(self) -> str:
        group = self.words.place(f"groups.{self.names['group']}")
        return _("%(group)s › new option") % {"group": group} if self.is_new else super().heading()

    def form_arguments(self) -> dict[str, Any]:
        if part(self.draft.content, f"groups.{self.names['group']}") is None:
            raise Http404
        return {"parts": self.group_parts(), "finishes": baked_finishes(self.draft.content)}

    def dependants(self) -> list[tuple[str, str]]:
        if self.is_new:
            return []
        return self.linked(dependants(self.draft.content, self.names["group"], self.names["option"]))


class RulePage(PartPage):
    form_class = RuleForm

    def place(self) -> str:
        return "rules" if self.is_new else f"rules.{self.names['rule']}"

    def heading(self) -> str:
        return _("New rule") if self.is_new else super().heading()


class StartPage(PartPage):
    form_class = StartForm

    def place(self) -> str:
        return "preset"

    def heading(self) -> str:
        return _("The design from which everybody starts")


class PresetPage(PartPage):
    form_class = PresetForm

    def place(self) -> str:
        return "presets" if self.is_new else f"presets.{self.names['preset']}"

    def heading(self) -> str:
        return _("Another design to start from") if self.is_new else super().heading()
