"""Publishing drafts, and rolling back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from configurator import gate
from configurator.catalogue_check import Finding
from configurator.content_hash import content_hash, plates_of
from configurator.definition import ProductDefinition
from configurator.models import Draft, Product, ProductVersion
from configurator.rules_service import ask_for_compilation
from configurator.selectors import definition_of, newest_version, product_folder
from configurator.services.drafts import lock_open_draft, note_stage
from core.problems import Problem


class UnableToPublish(Exception):
    """The product cannot be published; `reasons` are sentences for the maker, `findings` the same for programs."""

    def __init__(self, reasons: list[str], findings: Sequence[Finding] = ()) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
        self.findings = tuple(findings)


class NewerVersion(Problem):
    """Another version was published since the summary was shown."""

    code = "newer_version"
    status = 409


class AlreadyPublished(Problem):
    """The content is that of the newest version."""

    code = "already_published"
    status = 409


@transaction.atomic
def publish_draft(*, draft_id: int, expected_revision: int, against: int, actor: User, now: datetime) -> ProductVersion:
    """Publish a draft as the product's next version and close it.

    `expected_revision` and `against` are the draft's revision and the number of the newest version (0 for none) that
    the actor has seen. Raises StaleDraft, DraftIsClosed, NewerVersion and UnableToPublish with the gate's findings.
    """
    draft = lock_open_draft(draft_id, expected_revision)
    product = lock_product(draft.slug)
    newest = _check_newest(draft.slug, against)
    report = gate.check_draft(draft)
    refuse(report.findings)
    if report.definition is None:  # never without findings
        raise UnableToPublish([])
    folder = product_folder(draft.slug)
    refuse(gate.check_novelty(report.definition, folder, newest))
    version = create_version(product=product, definition=report.definition, folder=folder, now=now, actor=actor)
    Draft.objects.filter(pk=draft.pk).update(published_as=version, updated_at=now, updated_by=actor)
    note_stage(draft, "published", {"version": version.key}, actor, now)
    return version


@transaction.atomic
def roll_back(*, version_id: int, against: int, actor: User, now: datetime) -> ProductVersion:
    """Publish the content of an older version anew, as the next one; orders and editions of the others keep theirs.

    `against` is the number of the newest version that the actor has seen. What newer versions added is not there any
    more, which is the meaning of it. Raises NewerVersion, AlreadyPublished and UnableToPublish.
    """
    version = ProductVersion.objects.select_related("product").get(pk=version_id)
    product = lock_product(version.product.slug)
    newest = _check_newest(product.slug, against)
    definition, folder = definition_of(version), product_folder(product.slug)
    if newest and gate.is_content_of(newest, definition, folder):
        raise AlreadyPublished(_("The newest version has this content already."))
    refuse([*gate.check_definition(definition, folder), *gate.changed_plates(product, folder)])
    return create_version(product=product, definition=definition, folder=folder, now=now, actor=actor, restores=version)


def lock_product(slug: str) -> Product:
    """The product's row, made if need be, locked until the end of the transaction: versions are numbered under it."""
    product, _is_new = Product.objects.get_or_create(slug=slug)
    return Product.objects.select_for_update().get(pk=product.pk)


def create_version(
    *,
    product: Product,
    definition: ProductDefinition,
    folder: Path,
    now: datetime,
    actor: User | None = None,
    restores: ProductVersion | None = None,
) -> ProductVersion:
    """The product's next version. The product must be locked."""
    newest = newest_version(product.slug)
    version = ProductVersion.objects.create(
        product=product,
        number=newest.number + 1 if newest else 1,
        # With everything that is as usual: what was published stays as it was, should a usual value ever change.
        definition=definition.model_dump(mode="json"),
        content_hash=content_hash(folder, definition),
        plates=plates_of(folder, definition),
        published_at=now,
        published_by=actor,
        restores=restores,
    )
    ask_for_compilation(version)
    return version


def refuse(findings: Iterable[Finding]) -> None:
    """Raise UnableToPublish when there is an error among the findings."""
    errors = [found for found in findings if found.is_error]
    if errors:
        raise UnableToPublish([found.sentence for found in errors], errors)


def _check_newest(slug: str, against: int) -> ProductVersion | None:
    newest = newest_version(slug)
    if (newest.number if newest else 0) != against:
        raise NewerVersion(_("Another version was published in the meantime. Please look at what would change now."))
    return newest
