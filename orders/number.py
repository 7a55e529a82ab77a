"""The field in which a customer may ask for a particular number."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.problems import Problem

LONGEST = 9


class NotANumber(Problem):
    """Something else than a whole number was typed."""

    code = "not_a_number"
    status = 422


def read_number(typed: str) -> int | None:
    """The number that was typed, `7`, `No. 7` or `007`; None for an empty field. Raises NotANumber."""
    digits = typed.strip().removeprefix("No.").removeprefix("#").strip()
    if not digits:
        return None
    if not digits.isdecimal() or len(digits) > LONGEST:
        raise NotANumber(_("Please write the number that you would like in digits, such as 7."), field="number")
    return int(digits)


def written_number(request: HttpRequest) -> str:
    """What stands in the field, as it was typed."""
    named = request.POST if request.method == "POST" else request.GET
    return str(named.get("number", ""))[: 3 * LONGEST]
