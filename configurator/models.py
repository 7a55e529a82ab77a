"""Products and their immutable published versions."""

from django.conf import settings
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


class Artwork(models.Model):
    """A customer's picture as it is kept: re-encoded, known by the SHA-256 of its file.

    `uploaders` are the accounts that sent it; guests have it in their session. `used_on` is the last day on which
    somebody sent or priced it: what nobody uses is removed after a while.
    """

    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, unique=True)
    width = models.PositiveIntegerField(_("width in pixels"))
    height = models.PositiveIntegerField(_("height in pixels"))
    size = models.PositiveIntegerField(_("size in bytes"))
    kind = models.CharField(_("sent as"), max_length=4)
    uploaders = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("sent by")
    )
    created_at = models.DateTimeField(_("sent at"))
    used_on = models.DateField(_("last used on"), db_index=True)

    class Meta:
        verbose_name = _("artwork")
        verbose_name_plural = _("artworks")

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.width} × {self.height})"
