"""Editions for staff. An announced card cannot be changed any more; the database refuses it as well."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import now
from core.http import AddressThrottle, limited
from core.idempotency import once_per_form
from core.problems import Problem
from core.readonly import ReadOnlyAdmin
from editions.archive_service import archive_edition
from editions.lab_form import EXAMPLE, LabForm
from editions.lab_page import lab_context
from editions.lobby_admin import LobbyAdmin
from editions.models import Component, Edition, Hold, LedgerEntry, Piece, PricePlan
from editions.plan_service import record_plan
from editions.selectors import availability, unit_availability
from editions.waiting_admin import WaitingPlaceAdmin, WithdrawForm
from editions.withdrawal import PERMISSION as WITHDRAW

__all__ = ["LobbyAdmin", "WaitingPlaceAdmin"]


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    """Announced editions; who may withdraw pieces does it from an edition's page."""

    list_display = (
        *("name_en", "version", "size", "left", "waiting", "orders_placed"),
        *("opens_at", "closes_at", "archived_at"),
    )
    actions = ("archive",)
    change_form_template = "admin/editions/edition/change_form.html"

    class Media:
        css = {"all": ["css/workshop.css"]}

    @admin.display(description=_("left"))
    def left(self, edition: Edition) -> int:
        return availability(edition, now()).available

    @admin.display(description=_("in line"))
    def waiting(self, edition: Edition) -> int:
        return availability(edition, now()).waiting

    def get_urls(self) -> list[URLPattern]:
        withdraw = self.admin_site.admin_view(self.withdraw)
        return [path("<int:edition_id>/withdraw/", withdraw, name="editions_edition_withdraw"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may = {"may_withdraw": request.user.has_perm(WITHDRAW)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **may})

    def withdraw(self, request: HttpRequest, edition_id: int) -> HttpResponse:
        """Ask which pieces; then they are withdrawn for good."""
        if not request.user.has_perm(WITHDRAW):
            raise PermissionDenied
        edition = get_object_or_404(Edition, pk=edition_id)
        form, status = WithdrawForm(request.POST if request.method == "POST" else None), 200
        if request.method == "POST" and form.is_valid():
            try:
                numbers = form.withdraw(edition=edition, actor=cast("User", request.user), now=now())
            except Problem as problem:
                form.add_error(problem.extra.get("field"), problem.detail)
            else:
                text = _("Withdrawn: %(numbers)s.") % {"numbers": ", ".join(map(str, numbers))}
                self.log_change(request, edition, text)
                messages.success(request, text)
                return redirect("admin:editions_edition_change", edition.pk)
        if form.errors:
            status = 422
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "media": self.media,
            "title": _("Withdraw pieces"),
            "edition": edition,
            "left": availability(edition, now()),
            "form": form,
        }
        return render(request, "admin/editions/edition/withdraw.html", context, status=status)

    def has_archive_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("editions.archive_edition")

    @admin.action(description=_("Archive: off the home page, for good; its pages stay"), permissions=["archive"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Edition]) -> None:
        for edition in queryset:
            try:
                changed = archive_edition(edition_id=edition.pk, now=now())
            except Problem as problem:
                messages.error(request, problem.detail)
            else:
                text = _("%(edition)s is archived.") if changed else _("%(edition)s was archived before.")
                messages.success(request, text % {"edition": edition})


@admin.register(Piece)
class PieceAdmin(ReadOnlyAdmin):
    list_display = ("edition", "number", "state", "held_until")
    list_filter = ("edition", "state")
    ordering = ("edition", "number")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("edition")


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("piece", "created_at", "expires_at", "total")
    ordering = ("-pk",)
    exclude = ("token",)


@admin.register(Component)
class ComponentAdmin(ReadOnlyAdmin):
    list_display = ("slug", "edition", "stock", "left", "units_ordered")
    list_select_related = ("edition",)

    @admin.display(description=_("left"))
    def left(self, component: Component) -> int:
        return unit_availability(component.pk, now()).available


class LabThrottle(AddressThrottle):
    scope = "lab"


@admin.register(PricePlan)
class PricePlanAdmin(ReadOnlyAdmin):
    """Recorded plans, and the pricing lab that makes them."""

    list_display = ("__str__", "created_at", "author", "edition")
    list_select_related = ("author", "edition")
    change_list_template = "admin/editions/priceplan/change_list.html"

    class Media:
        css = {"all": ["css/workshop.css"]}

    def get_urls(self) -> list[URLPattern]:
        lab = self.admin_site.admin_view(limited(LabThrottle, methods=("GET", "POST"))(once_per_form(self.lab)))
        return [path("lab/", lab, name="editions_lab"), *super().get_urls()]

    def lab(self, request: HttpRequest) -> HttpResponse:
        """GET asks, with the question in the address; POST records the answer."""
        is_post = request.method == "POST"
        if not request.user.has_perm("editions.add_priceplan" if is_post else "editions.view_priceplan"):
            raise PermissionDenied
        form = LabForm(request.POST if is_post else request.GET or EXAMPLE)
        if is_post and form.is_valid():
            plan = record_plan(
                question=form.question,
                currency=form.cleaned_data["currency"],
                author=cast("User", request.user),
                now=now(),
            )
            messages.success(request, _("The plan is recorded, with everything that was asked."))
            return redirect("admin:editions_priceplan_change", plan.pk)
        return render(request, "admin/editions/priceplan/lab.html", self._lab_page(request, form))

    def _lab_page(self, request: HttpRequest, form: LabForm) -> dict[str, Any]:
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "media": self.media,
            "title": _("Pricing lab"),
            "form": form,
            "may_record": request.user.has_perm("editions.add_priceplan"),
        }
        if form.is_valid():
            asked = form.cleaned_data
            sliders = asked["visitors_percent"], asked["worth_percent"]
            context |= lab_context(form.question, asked["currency"], *sliders, get_language() or "en")
        return context


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("edition", "sequence", "kind", "piece", "total", "currency", "at", "hash")
    list_filter = ("edition", "kind")
    list_select_related = ("edition",)
    ordering = ("edition", "-sequence")
