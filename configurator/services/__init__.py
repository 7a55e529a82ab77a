"""Publishing products, from the catalogue's files and from drafts."""

from configurator.services.catalogue import lacks_every_plate, load_product, read_product_file
from configurator.services.drafts import (
    DraftIsClosed,
    NoSuchPart,
    ProductExists,
    StaleDraft,
    UnfitContent,
    discard_draft,
    edit_draft,
    start_draft,
    start_draft_from,
)
from configurator.services.interchange import (
    UnreadableFile,
    draft_json,
    import_content,
    import_json,
    import_json_into,
    version_json,
)
from configurator.services.publish import AlreadyPublished, NewerVersion, UnableToPublish, publish_draft, roll_back

__all__ = [
    "AlreadyPublished",
    "DraftIsClosed",
    "NewerVersion",
    "NoSuchPart",
    "ProductExists",
    "StaleDraft",
    "UnableToPublish",
    "UnfitContent",
    "UnreadableFile",
    "discard_draft",
    "draft_json",
    "edit_draft",
    "import_content",
    "import_json",
    "import_json_into",
    "lacks_every_plate",
    "load_product",
    "publish_draft",
    "read_product_file",
    "roll_back",
    "start_draft",
    "start_draft_from",
    "version_json",
]
