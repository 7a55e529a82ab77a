"""The maker's desk as a browser sees it: its addresses, its words, its forms."""

import re
from datetime import datetime
from html import unescape
from typing import Any

from django.urls import reverse

from accounts.models import User
from configurator.admin.drafts import PAGES
from configurator.drafting import part
from configurator.models import Draft, ProductVersion
from configurator.services import edit_draft

NAMES = {"group": "stitch", "option": "gold", "rule": "gold-needs-brass", "preset": "first-snow", "view": "hero"}
GOLD = "groups.stitch.options.gold"


def address(draft: Draft, page: str, **names: str) -> str:
    return reverse(f"admin:configurator_draft_{page}", kwargs={"draft_id": draft.pk, **names})


def page_address(draft: Draft, page: str) -> str:
    """A page of the draft, with the names that its address asks for."""
    names = set(re.findall(r"<slug:(\w+)>", PAGES[page][0]))
    return address(draft, page, **{name: NAMES[name] for name in names})


def text_of(answer: Any) -> str:
    """What a person reads: tags out, white space as one space."""
    body = answer.content.decode().partition('<div class="desk">')[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def form_of(answer: Any) -> dict[str, Any]:
    """The fields of the page's edit form as a browser would send them."""
    body = answer.content.decode().partition('<form class="desk-form" method="post"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", body):
        row = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if row.get("type") in ("checkbox", "radio"):
            if re.search(r"\schecked", tag):
                found.setdefault(row["name"], []).append(unescape(row.get("value", "on")))
        else:
            found[row["name"]] = unescape(row.get("value", ""))
    for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>\s?(.*?)</textarea>', body, re.DOTALL):
        found[name] = unescape(value)
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def value(draft: Draft, place: str) -> Any:
    draft.refresh_from_db()
    return part(draft.content, place)


def changed(draft: Draft, actor: User, now: datetime) -> Draft:
    draft.refresh_from_db()
    return edit_draft(
        draft_id=draft.pk,
        changes={f"{GOLD}.price": 9_000},
        expected_revision=draft.revision,
        actor=actor,
        now=now,
    )


def version_address(version: ProductVersion | None, page: str) -> str:
    assert version
    if page == "change":
        return reverse("admin:configurator_productversion_change", args=[version.pk])
    return reverse(f"admin:configurator_productversion_{page}", kwargs={"version_id": version.pk})
