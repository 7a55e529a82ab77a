"""The review queue: one page with all that a reviewer needs, and two decisions that services carry out."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from configurator.picture_address import artwork_address, picture_address
from configurator.selectors import definition_of
from configurator.studio import choice_lines, lettering
from core.clock import now
from core.problems import Problem
from core.readonly import ReadOnlyAdmin
from core.transitions import UnableToChangeStatus
from orders import selectors
from orders.change_page import design_revisions
from orders.forms import DecisionForm
from orders.models import Order, OrderStatus
from orders.personal import present_lettering, present_returns
from orders.present import present_artwork, present_photos, present_price, present_promise
from orders.services.review import PERMISSION, approve_order, reject_order

DECISIONS = {"approve": approve_order, "reject": reject_order}


class WaitingFirst(admin.SimpleListFilter):
    """Shows the review queue unless something else is asked for."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("all")), *OrderStatus.choices]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or OrderStatus.IN_REVIEW) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or OrderStatus.IN_REVIEW
        return queryset if value == "all" else queryset.filter(status=value)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("thumbnail", "reference", "piece", "email", "status", "changes", "placed_at", "safe_at")
    list_display_links = ("thumbnail", "reference")
    list_filter = (WaitingFirst, "edition")
    search_fields = ("reference", "email")
    ordering = ("placed_at",)

    class Media:
        css = {"all": ["css/workshop.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request).select_related("edition__version__product", "piece__edition")
        return found.prefetch_related("revisions")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:order_id>/decide/", self.admin_site.admin_view(self.decide), name="orders_order_decide"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, order: Order) -> SafeString:
        definition = definition_of(order.edition.version)
        number = order.piece.engraved_number if definition.numbering else ""
        address = picture_address(order.configuration, definition.views[0].id, 400, number=number)
        return format_html('<img class="thumb" src="{}" alt="" width="64" height="64">', address)

    @admin.display(description=gettext_lazy("changed by the customer"))
    def changes(self, order: Order) -> str:
        """How often, and whether words were changed that no reviewer has read."""
        revisions = list(order.revisions.all())
        unread = any(each.has_new_text and each.status != OrderStatus.IN_REVIEW for each in revisions)
        count = ngettext("%(count)d time", "%(count)d times", len(revisions)) % {"count": len(revisions)}
        if unread:
            return _("%(count)s · new text since the approval") % {"count": count}
        return count if revisions else ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The review page instead of Django's form of columns."""
        if not object_id.isdecimal():
            raise Http404
        return self._review(request, _order_or_404(int(object_id)), DecisionForm())

    def decide(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Approve or decline, then the next order in the queue; a decision without a needed reason is asked again."""
        order = _order_or_404(order_id)
        chosen = [service for name, service in DECISIONS.items() if name in request.POST]
        if len(chosen) != 1 or not self.has_view_permission(request, order):
            raise Http404
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return self._review(request, order, form, status=422)
        decision: dict[str, Any] = {
            "order_id": order.pk,
            "actor": request.user,
            "now": now(),
            "reason": form.cleaned_data["reason"],
            "seen": request.POST.get("seen", ""),
        }
        try:
            changed = chosen[0](**decision)
        except Problem as problem:
            form.add_error("reason", problem.detail)
            return self._review(request, order, form, status=problem.status)
        except UnableToChangeStatus:
            order.refresh_from_db()
            text = _("Order %(reference)s was decided already: %(status)s.")
            messages.warning(request, text % {"reference": order, "status": order.get_status_display()})
            return redirect("admin:orders_order_change", order.pk)
        self._say_what_was_done(request, order, changed=changed)
        following = selectors.review_queue().first()
        if following:
            return redirect("admin:orders_order_change", following.pk)
        return redirect("admin:orders_order_changelist")

    def _say_what_was_done(self, request: HttpRequest, order: Order, *, changed: bool) -> None:
        order.refresh_from_db()
        text = _("Order %(reference)s: %(status)s.") % {"reference": order, "status": order.get_status_display()}
        self.log_change(request, order, text)
        if changed:
            messages.success(request, text)
        else:
            messages.info(request, _("Nothing was done twice.") + " " + text)

    def _review(self, request: HttpRequest, order: Order, form: DecisionForm, status: int = 200) -> HttpResponse:
        if not self.has_view_permission(request, order):
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("Order %(reference)s") % {"reference": order},
            "opts": self.model._meta,
            "media": self.media,
            "form": form,
            "may_decide": order.status == OrderStatus.IN_REVIEW and request.user.has_perm(PERMISSION),
            "waiting": selectors.review_queue().count(),
            **review_context(order),
        }
        return render(request, "admin/orders/order/review.html", context, status=status)


def review_context(order: Order) -> dict[str, Any]:
    """Everything that a reviewer looks at."""
    language = get_language() or "en"
    definition = definition_of(order.edition.version)
    configuration = order.configuration
    broken = definition.engine.broken_rules(configuration.choices)
    return {
        "order": order,
        "pictures": present_photos(definition, configuration, language, order.piece.engraved_number),
        "choices": choice_lines(definition, configuration, language),
        "engraving": lettering(configuration, language),
        "engraving_cut": present_lettering(definition, configuration, order.edition.version_id),
        "engraving_row": definition.engraving,
        "returns": present_returns(configuration),
        "print": present_artwork(definition, configuration.artwork),
        "print_panel": definition.artwork,
        "placement": configuration.artwork,
        "print_address": artwork_address(configuration.artwork.artwork) if configuration.artwork else "",
        "broken_rules": [rule.sentence.of(language) for rule in definition.rules if rule.id in broken],
        "price": present_price(selectors.price_of_design(order), order.edition, language, order.destination),
        "revisions": design_revisions(order, language),
        "promise": present_promise(order.likely_at, order.safe_at, language),
        "production": reverse("admin:factory_sim_productionorder_changelist") + f"?q={order.reference}",
    }


def _order_or_404(order_id: int) -> Order:
    try:
        return selectors.with_history(selectors.orders()).get(pk=order_id)
    except Order.DoesNotExist as error:
        raise Http404 from error
