"""What the studio's page gives to its scripts: how to show a choice at once, and where to ask for what it costs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from configurator.island import island_picture
from configurator.studio import option_texts
from configurator.viewer import viewer_settings
from orders.room import viewer_texts
from orders.studio_page import StudioPage


def studio_island(page: StudioPage) -> dict[str, Any]:
    """Plain data. `states` are the groups as the quote's answer has them; texts are in the page's language."""
    definition = page.definition
    return {
        "edition": page.edition.slug,
        "version": page.version,
        "language": page.language,
        "quote_address": reverse("api:quotes"),
        "suggest_address": reverse("api:suggestions"),
        "states": [group.words for group in page.groups],
        "options": {
            group.id: {option.id: option_texts(option, page.language) for option in group.offered}
            for group in definition.groups
        },
        "names": {group.id: group.name.of(page.language) for group in definition.groups},
        "currency": page.edition.currency,
        "when": {group.id: group.when for group in definition.groups if group.when},
        "usual": definition.preset,
        "presets": {preset["id"]: preset["choices"] for preset in page.presets},
        "budget": {**asdict(page.budget_range), "value": page.budget.minor},
        "texts": _texts(),
        "artwork": page.artwork.island if page.artwork else None,
        **page.lettering.island,
        "view": page.view.id,
        "pictures": page.pictures,
        "model": _model(page),
        **island_picture(definition, page.language),
    }


def _model(page: StudioPage) -> dict[str, Any] | None:
    """What the viewer needs, and where this design's model is; None for a product without one."""
    where = page.model
    return {**viewer_settings(page.definition), "texts": viewer_texts(), **where} if where else None


def _texts() -> dict[str, str]:
    return {
        "offline": _("The shop does not answer. Your design is kept; please try again in a moment."),
        "checking": _("Checking …"),
        "over_now": _("over your limit now"),
        "over_always": _("never within your limit"),
        "no_limit": _("no limit"),
        "unreadable_limit": _("Please write an amount in digits, 60000 for example."),
        "at_most": _("at most %(amount)s"),
        "above": _("This design costs %(amount)s more."),
        "opened": _("opening this design"),
        "undone": _("Undone: %(what)s."),
        "redone": _("Done again: %(what)s."),
        "engraving": _("your text"),
        "artwork": _("your picture"),
        "started": _("Design started from: %(name)s."),
        "surprise": _("A surprise design."),
        "finish": _("Your design is finished."),
        "fit": _("Your design fits your limit."),
        "unchanged": _("Nothing had to change."),
        "appears": _("New to choose: %(group)s."),
        "vanishes": _("No longer to choose: %(group)s."),
        "blocked": _("%(option)s does not go with your design."),
        "turned": _("View: %(view)s."),
        "sound_on": _("Sound is on."),
        "sound_off": _("Sound is off."),
    }
