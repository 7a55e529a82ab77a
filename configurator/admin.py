"""Products for staff to read: versions are published by `manage.py load_product`."""

from django.contrib import admin

from configurator.appeal_admin import ScreeningAppealAdmin
from configurator.models import Product, ProductVersion
from core.readonly import ReadOnlyAdmin, ReadOnlyInline

__all__ = ["ProductAdmin", "ScreeningAppealAdmin"]


class VersionInline(ReadOnlyInline):
    model = ProductVersion
    fields = ("number", "published_at", "content_hash")


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("slug",)
    inlines = (VersionInline,)
