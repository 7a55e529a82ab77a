"""What was recorded, for staff to read."""

from django.contrib import admin

from core.readonly import ReadOnlyAdmin
from insights.models import BehaviourEvent


@admin.register(BehaviourEvent)
class BehaviourEventAdmin(ReadOnlyAdmin):
    list_display = ("happened_at", "act", "subject_type", "subject_id", "details")
    list_filter = ("act", "subject_type")
    date_hierarchy = "happened_at"
    ordering = ("-pk",)
