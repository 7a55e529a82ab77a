"""Products, their immutable published versions, and the drafts of the next ones."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from configurator.drafting import Difference

PUBLISH_PERMISSION = "configurator.publish_product"


class Product(models.Model):
    """Something that can be co-designed; what it is stands in its versions."""

    slug = models.SlugField(_("short name"), unique=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        permissions = [("publish_product", "Can publish and roll back products")]

    def __str__(self) -> str:
        return self.slug


class ProductVersion(models.Model):
    """One published definition. Rows are never changed or removed (a trigger sees to it).

    `plates` has the digest of each folder that the version is drawn from, as it was then. `published_by` is
    empty for what the command line published, `restores` names the version whose content a roll-back published anew.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="versions", verbose_name=_("product"))
    number = models.PositiveIntegerField(_("version"))
    definition = models.JSONField(_("definition"))
    content_hash = models.CharField(_("content hash"), max_length=64, db_index=True)
    plates = models.JSONField(_("plates"), default=dict, blank=True)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("published by"),
    )
    restores = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("restores")
    )

    class Meta:
        verbose_name = _("product version")
        verbose_name_plural = _("product versions")
        constraints = [models.UniqueConstraint(name="configurator_version_number", fields=["product", "number"])]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The version's name in configurations, the same in every database: `on-dam/1`. Needs `product`."""
        return f"{self.product.slug}/{self.number}"


class Draft(models.Model):
    """A definition that is being written; `content` is its data, perhaps incomplete.

    `revision` counts the edits: whoever edits says which one was seen. A draft that was published or discarded
    changes no more.
    """

    slug = models.SlugField(_("short name"), max_length=40)
    content = models.JSONField(_("content"))
    based_on = models.ForeignKey(
        ProductVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("based on")
    )
    revision = models.PositiveIntegerField(_("revision"), default=1)
    published_as = models.OneToOneField(
        ProductVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="draft",
        verbose_name=_("published as"),
    )
    discarded_at = models.DateTimeField(_("discarded at"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("begun by")
    )
    updated_at = models.DateTimeField(_("changed at"))
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.CheckConstraint(
                name="configurator_draft_one_end",
                condition=models.Q(published_as=None) | models.Q(discarded_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.slug} ({self.pk})"

    @property
    def is_open(self) -> bool:
        return self.published_as_id is None and self.discarded_at is None


class DraftChange(models.Model):
    """Who changed what in a draft, and when. Rows are never changed or removed (a trigger sees to it).

    `path` names the place by ids, as `groups.glaze.options.indigo.price`; `@order` at its end stands for the order
    of a list, and `@begun`, `@published` and `@discarded` for the draft's own stages. `before` and `after` are JSON,
    null for none.
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="changes", verbose_name=_("draft"))
    revision = models.PositiveIntegerField(_("revision"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    path = models.CharField(_("place"), max_length=300)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.path

    def as_difference(self) -> Difference:
        return Difference(self.path, self.before, self.after)
