"""Which page of the draft's editor a place is edited on."""

from django.urls import reverse


def draft_address(draft_id: int, page: str, **names: str) -> str:
    return reverse(f"admin:configurator_draft_{page}", kwargs={"draft_id": draft_id, **names})


def place_address(draft_id: int, place: str) -> str:
    """The page that edits a place; the page of the file for what has no form of its own."""
    names: dict[str, str] = {}
    match place.removesuffix("@order").split("."):
        case ["groups", group, "options", option, *_rest]:
            page, names = "option", {"group": group, "option": option}
        case ["groups" | "rules" | "presets" as kind, row, *_rest]:
            page = kind.removesuffix("s")
            names = {page: row}
        case ["preset", *_rest]:
            page = "start"
        case ["name" | "tagline" | "story", *_rest] | ["engraving", "name" | "hint" | "price", *_rest]:
            page = "texts"
        case ["groups" | "rules" | "presets" | ""]:
            page = "edit"
        case _:
            page = "file"
    return draft_address(draft_id, page, **names)
