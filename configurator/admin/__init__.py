"""The maker's desk: products, their versions, and drafts with an editor, a preview, a gate and a history.

The catalogue's own files are published by `manage.py load_product <folder>`.
"""

from configurator.admin.drafts import DraftAdmin
from configurator.admin.products import ProductAdmin, ProductVersionAdmin
from configurator.appeal_admin import ScreeningAppealAdmin

__all__ = ["DraftAdmin", "ProductAdmin", "ProductVersionAdmin", "ScreeningAppealAdmin"]
