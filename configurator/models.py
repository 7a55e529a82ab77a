"""Products, their immutable published versions and drafts, and the designs that people saved."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from configurator.configuration import Configuration
from configurator.drafting import Difference
from core.transitions import TransitionTable

LONGEST_NAME = 60
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


class Design(models.Model):
    """A saved configuration at a short address.

    A snapshot: it never changes and is never removed (a trigger sees to it), but it can be named, taken over by
    the account of the person who saved it, and taken off that person's list; its author never becomes another.
    `parent` is the design that it was started from; both it and the author are kept for later credit. `made_for`
    is the slug of the edition in whose studio it was made.
    """

    code = models.CharField(_("code"), max_length=8, unique=True)
    version = models.ForeignKey(ProductVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("version"))
    configuration_json = models.JSONField(_("configuration"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    choices_key = models.CharField(_("key of the choices"), max_length=64, db_index=True)
    name = models.CharField(_("name"), max_length=LONGEST_NAME, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("started from")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="designs",
        verbose_name=_("author"),
    )
    made_for = models.SlugField(_("edition"))
    created_at = models.DateTimeField(_("saved at"))
    claimed_at = models.DateTimeField(_("taken over by the account at"), null=True, blank=True)
    unlisted_at = models.DateTimeField(_("taken off the list at"), null=True, blank=True)

    class Meta:
        verbose_name = _("design")
        verbose_name_plural = _("designs")
        indexes = [models.Index(name="configurator_designs_of", fields=["author", "-created_at"])]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def configuration(self) -> Configuration:
        return Configuration.from_json(self.configuration_json)


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


class AppealStatus(models.TextChoices):
    """What became of a text that the screening held back."""

    OPEN = "open", _("waiting")
    ALLOWED = "allowed", _("allowed")
    DECLINED = "declined", _("declined")


# Staff may change their minds.
APPEAL_TRANSITIONS: TransitionTable = {
    AppealStatus.OPEN: frozenset({AppealStatus.ALLOWED, AppealStatus.DECLINED}),
    AppealStatus.DECLINED: frozenset({AppealStatus.ALLOWED}),
    AppealStatus.ALLOWED: frozenset({AppealStatus.DECLINED}),
}


class ScreeningAppeal(models.Model):
    """Somebody asks for a text that the screening held back. A text that is allowed passes from then on.

    `normal_form` is what texts are compared by (configurator.screening). Without an address nobody is written to.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    text = models.CharField(_("text"), max_length=60)
    normal_form = models.CharField(_("text without case and spacing"), max_length=240, editable=False)
    policy = models.CharField(_("policy"), max_length=40)
    fragment = models.CharField(_("word in question"), max_length=240)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    page = models.CharField(_("page"), max_length=2000, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=AppealStatus, default=AppealStatus.OPEN, db_index=True
    )
    asked_at = models.DateTimeField(_("asked at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.TextField(_("reason"), blank=True, max_length=1000)

    class Meta:
        verbose_name = _("text to decide")
        verbose_name_plural = _("texts to decide")
        permissions = [("decide_appeal", _("Can allow and decline texts"))]
        indexes = [models.Index(name="configurator_appeal_text", fields=["product", "normal_form"])]
        constraints = [
            models.UniqueConstraint(
                name="configurator_asked_once",
                fields=["product", "normal_form", "email"],
                condition=Q(status=AppealStatus.OPEN),
            )
        ]

    def __str__(self) -> str:
        return f"“{self.text}”"


class ScreeningAppealEvent(models.Model):
    """A decision about a text: who, when, why. Rows are never changed or removed (a trigger sees to it)."""

    subject = models.ForeignKey(
        ScreeningAppeal, on_delete=models.PROTECT, related_name="events", verbose_name=_("text to decide")
    )
    from_status = models.CharField(_("from"), max_length=10, choices=AppealStatus)
    to_status = models.CharField(_("to"), max_length=10, choices=AppealStatus)
    reason = models.TextField(_("reason"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision about a text")
        verbose_name_plural = _("decisions about texts")

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.from_status} → {self.to_status}"


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
