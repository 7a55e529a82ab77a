"""The outbox for staff: what waits, what was parked, and a way to try again."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import outbox
from core.clock import now
from core.models import OutboxMessage


@admin.register(OutboxMessage)
class OutboxMessageAdmin(admin.ModelAdmin):
    list_display = ("topic", "created_at", "attempts", "processed_at", "parked_at", "last_error")
    list_filter = ("topic", ("parked_at", admin.EmptyFieldListFilter), ("processed_at", admin.EmptyFieldListFilter))
    actions = ("try_again",)
    ordering = ("-pk",)

    @admin.action(description=_("Try parked messages again"), permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: Any) -> None:
        count = outbox.retry(message_ids=list(queryset.values_list("pk", flat=True)), now=now())
        text = ngettext("%(count)d message is tried again.", "%(count)d messages are tried again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboxMessage | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: OutboxMessage | None = None) -> list[str]:
        return [field.name for field in OutboxMessage._meta.fields]
