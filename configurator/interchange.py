"""UVL files of people: what they hold, or a sentence in their language that says what is wrong and where."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from configurator.uvl import Finding, ImportedProduct, UvlError, import_uvl
from configurator.uvl.errors import MOST_CHARACTERS, TOO_LONG, filled
from core.problems import Problem

LARGEST = 4 * MOST_CHARACTERS
"""Bytes that are decoded at all: no character of UTF-8 has more than four."""


class UnableToImport(Problem):
    """A UVL file cannot be taken over; `line` and `column`, from 1, say where, when it could be read at all."""

    code = "unable_to_import"
    status = 422


def read_uvl(data: bytes) -> ImportedProduct:
    """The product that a UVL file describes; raises UnableToImport."""
    if len(data) > LARGEST:
        raise UnableToImport(_(TOO_LONG) % {"most": MOST_CHARACTERS}, field="file")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise UnableToImport(_("The file is no text in UTF-8."), field="file") from None
    try:
        return import_uvl(text)
    except UvlError as error:
        raise _refusal(error) from error


def sentence_of(finding: Finding) -> str:
    """What was found in an import, for people."""
    reason = filled(_(finding.message), finding.values, get_language() or "en")
    return _("Line %(line)d: %(reason)s") % {"line": finding.line, "reason": reason}


def _refusal(error: UvlError) -> UnableToImport:
    reason = filled(_(error.message), error.values, get_language() or "en")
    place = {"line": error.line, "column": error.column}
    sentence = _("Line %(line)d, column %(column)d: %(reason)s") % {**place, "reason": reason}
    return UnableToImport(sentence, field="file", **place)
