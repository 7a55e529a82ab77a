"""Products and their versions: what was published when and by whom, where to begin the next one, and the way back."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.models import User
from configurator.admin.addresses import draft_address
from configurator.admin.files import file_response
from configurator.admin.words import Words
from configurator.drafting import as_data, differences
from configurator.models import PUBLISH_PERMISSION, Draft, Product, ProductVersion
from configurator.selectors import definition_of, newest_version, open_drafts
from configurator.services import UnableToPublish, roll_back, start_draft_from, version_json
from configurator.uvl import definition_as_uvl
from core.clock import now
from core.idempotency import once_per_form
from core.problems import Problem
from core.readonly import ReadOnlyAdmin


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("slug",)

    class Media:
        css = {"all": ["css/workshop.css"]}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Versions and drafts instead of Django's form of columns."""
        product = self.get_object(request, object_id)
        if product is None:
            raise Http404
        if not self.has_view_permission(request, product):
            raise PermissionDenied
        versions = product.versions.select_related("published_by", "restores__product", "draft", "product")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "media": self.media,
            "title": product.slug,
            "product": product,
            "versions": versions.order_by("-number"),
            "drafts": open_drafts(product.slug) if request.user.has_perm("configurator.view_draft") else None,
            "may_begin": request.user.has_perm("configurator.add_draft"),
        }
        return render(request, "admin/configurator/product/product.html", context)


class RollBackForm(forms.Form):
    """The number of the newest version that was seen."""

    against = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@admin.register(ProductVersion)
class ProductVersionAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "published_at", "published_by", "restores")
    list_select_related = ("product", "published_by", "restores__product")
    list_filter = ("product",)
    ordering = ("-published_at",)

    class Media:
        css = {"all": ["css/workshop.css"]}

    def get_urls(self) -> list[URLPattern]:
        own = {
            "export": ("export.json", self.export),
            "uvl": ("export.uvl", self.export_uvl),
            "begin": ("draft/", once_per_form(self.begin)),
            "roll_back": ("roll-back/", once_per_form(self.roll_back)),
        }
        pages = [
            path(
                f"<int:version_id>/{route}",
                self.admin_site.admin_view(view),
                name=f"configurator_productversion_{name}",
            )
            for name, (route, view) in own.items()
        ]
        return [*pages, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        version = self._found(request, int(object_id))
        definition = definition_of(version)
        newest = newest_version(version.product.slug)
        context: dict[str, Any] = {
            "definition": definition,
            "newest": newest,
            "is_newest": newest == version,
            "may_begin": request.user.has_perm("configurator.add_draft"),
            "may_publish": request.user.has_perm(PUBLISH_PERMISSION),
            "draft": Draft.objects.filter(published_as=version).first(),
        }
        return self._page(request, version, "version.html", **context)

    def export(self, request: HttpRequest, version_id: int) -> HttpResponse:
        version = self._found(request, version_id)
        return file_response(version_json(version), f"{version.product.slug}-{version.number}.json")

    def export_uvl(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """The version as a feature model for other tools."""
        version = self._found(request, version_id)
        content = definition_as_uvl(definition_of(version)).encode()
        return file_response(content, f"{version.product.slug}-{version.number}.uvl", "text/plain")

    def begin(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """A draft that begins as this version."""
        version = self._found(request, version_id)
        if not request.user.has_perm("configurator.add_draft"):
            raise PermissionDenied
        if request.method != "POST":
            return redirect(self._address(version))
        draft = start_draft_from(version_id=version.pk, actor=cast("User", request.user), now=now())
        messages.success(request, _("The draft has begun."))
        return redirect(draft_address(draft.pk, "edit"))

    def roll_back(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Says what would change and asks; then publishes the version's content anew."""
        version = self._found(request, version_id)
        if not request.user.has_perm(PUBLISH_PERMISSION):
            raise PermissionDenied
        form = RollBackForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return self._ask(request, version)
        try:
            new = roll_back(
                version_id=version.pk,
                against=form.cleaned_data["against"],
                actor=cast("User", request.user),
                now=now(),
            )
        except UnableToPublish as refused:
            words = Words(as_data(definition_of(version)))
            return self._ask(request, version, [words.sentence(found) for found in refused.findings], 422)
        except Problem as problem:
            return self._ask(request, version, [problem.detail], problem.status)
        text = _("Published %(version)s with the content of %(old)s.")
        messages.success(request, text % {"version": new.key, "old": version.key})
        return redirect(self._address(new))

    def _ask(
        self, request: HttpRequest, version: ProductVersion, errors: list[str] | None = None, status: int = 200
    ) -> HttpResponse:
        newest = newest_version(version.product.slug) or version
        before, after = as_data(definition_of(newest)), as_data(definition_of(version))
        context: dict[str, Any] = {
            "newest": newest,
            "errors": errors or [],
            "changes": Words(after, before).changes(differences(before, after)),
            "form": RollBackForm(initial={"against": newest.number}),
        }
        return self._page(request, version, "roll_back.html", status, **context)

    def _page(
        self, request: HttpRequest, version: ProductVersion, template: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        frame = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "media": self.media,
            "title": version.key,
            "version": version,
        }
        return render(request, f"admin/configurator/productversion/{template}", {**frame, **context}, status=status)

    def _found(self, request: HttpRequest, version_id: int) -> ProductVersion:
        rows = ProductVersion.objects.select_related("product", "published_by", "restores__product")
        version = rows.filter(pk=version_id).first()
        if version is None:
            raise Http404
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        return version

    def _address(self, version: ProductVersion) -> str:
        return reverse("admin:configurator_productversion_change", args=[version.pk])
