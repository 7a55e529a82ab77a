"""Products and their immutable published versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """Something that can be co-designed; what it is stands in its versions."""

    slug = models.SlugField(_("short name"), unique=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.slug


class ProductVersion(models.Model):
    """One published definition. Rows are never changed or removed (a trigger sees to it).

    `plates` has the digest of each folder that the version is drawn from, as it was then.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="versions", verbose_name=_("product"))
    number = models.PositiveIntegerField(_("version"))
    definition = models.JSONField(_("definition"))
    content_hash = models.CharField(_("content hash"), max_length=64)
    plates = models.JSONField(_("plates"), default=dict, blank=True)
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("product version")
        verbose_name_plural = _("product versions")
        constraints = [
            models.UniqueConstraint(name="configurator_version_number", fields=["product", "number"]),
            models.UniqueConstraint(name="configurator_version_content", fields=["product", "content_hash"]),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The version's name in configurations, the same in every database: `on-dam/1`. Needs `product`."""
        return f"{self.product.slug}/{self.number}"


class CompiledRules(models.Model):
    """The diagram of every design that a published content allows; without one the rules were too entangled.

    Rows are made by a worker after publication and read by every process; the solver answers until then.
    """

    content_hash = models.CharField(_("content hash"), max_length=64, unique=True)
    diagram = models.BinaryField(_("diagram"), null=True)
    nodes = models.PositiveIntegerField(_("nodes"), default=0)
    compiled_at = models.DateTimeField(_("compiled at"))

    class Meta:
        verbose_name = _("compiled rules")
        verbose_name_plural = _("compiled rules")

    def __str__(self) -> str:
        return f"{self.content_hash[:12]}: {self.nodes}"
