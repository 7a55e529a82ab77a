"""Minutes, ratios and sentences as the floor's pages write them."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()

HOUR = 60


@register.filter
def duration(minutes: float) -> str:
    """Working minutes in words: `45 min`, `3 h`, `3 h 5 min`."""
    hours, rest = divmod(round(minutes), HOUR)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def percent(ratio: float | None) -> str:
    """`83 %`; a dash where there is nothing to divide by."""
    return "–" if ratio is None else f"{number_format(100.0 * ratio, decimal_pos=0)} %"


@register.filter
def shift(minutes: float) -> str:
    """By how much something moves: `2 h later`, `5 min sooner`, a dash for nothing."""
    if not round(minutes):
        return "–"
    sentence = _("%(time)s later") if minutes > 0 else _("%(time)s sooner")
    return sentence % {"time": duration(abs(minutes))}
