"""What all pages of a draft share: they find it, ask who may see it, and show it in the admin's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from configurator.admin.words import Words
from configurator.drafting import as_data
from configurator.gate import Report, check_draft
from configurator.models import PUBLISH_PERMISSION, Draft, ProductVersion
from configurator.selectors import definition_of, newest_version

if TYPE_CHECKING:
    from configurator.admin.drafts import DraftAdmin


class DraftPage(View):
    """A page of one draft. Who may view drafts sees it; who may change them posts to it."""

    draft_admin: DraftAdmin = None  # type: ignore[assignment]  # given to as_view
    template = ""
    draft: Draft

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.draft = self._found(kwargs.pop("draft_id"))
        if not self.draft_admin.has_view_permission(request, self.draft):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD") and not self.may_change:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> User:
        return cast("User", self.request.user)

    @property
    def may_change(self) -> bool:
        return self.draft_admin.may_edit(self.request, self.draft)

    @cached_property
    def newest(self) -> ProductVersion | None:
        return newest_version(self.draft.slug)

    @cached_property
    def report(self) -> Report:
        return check_draft(self.draft)

    @cached_property
    def words(self) -> Words:
        """Names from the draft; what it has removed still has its name in the newest version."""
        return Words(self.draft.content, *([as_data(definition_of(self.newest))] if self.newest else []))

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        product = self.words.value("name", self.draft.content.get("name") or self.draft.slug)
        frame = {
            **self.draft_admin.admin_site.each_context(self.request),
            "opts": self.draft_admin.model._meta,
            "media": self.draft_admin.media,
            "draft": self.draft,
            "newest": self.newest,
            "title": _("Draft of %(product)s") % {"product": product},
            "may_edit": self.may_change and self.draft.is_open,
            "may_publish": self.request.user.has_perm(PUBLISH_PERMISSION),
        }
        return render(self.request, self.template, {**frame, **context}, status=status)

    def _found(self, draft_id: int) -> Draft:
        rows = Draft.objects.select_related("based_on__product", "published_as__product", "created_by", "updated_by")
        try:
            return rows.get(pk=draft_id)
        except Draft.DoesNotExist as error:
            raise Http404 from error
