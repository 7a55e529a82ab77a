"""A saved design on the version that is sold now, its personal content checked as the studio checks it."""

from configurator.configuration import Configuration
from configurator.migrate import Moved, moved
from configurator.models import Design, ProductVersion
from configurator.selectors import definition_of
from configurator.validation import checked_configuration
from core.problems import Problem

CONTENT_FIELDS = {"engraving": "engraving", "font": "engraving", "artwork": "artwork"}


def moved_design(design: Design, version: ProductVersion) -> Moved:
    """The design on another version of its product. Nothing is written."""
    new = definition_of(version)

    def refusal(configuration: Configuration) -> tuple[str, str] | None:
        try:
            checked_configuration(new, configuration.as_json(), expected_version=version.key)
        except Problem as problem:
            field = CONTENT_FIELDS.get(problem.extra.get("field", ""))
            return (field, problem.detail) if field else None
        return None

    return moved(design.configuration, definition_of(design.version), new, version.key, refusal)
