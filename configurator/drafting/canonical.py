"""The one spelling of a definition as a file: exported, imported and exported again, it is the same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from itertools import chain
from typing import Any, Final, NoReturn

from configurator import definition as schema
from configurator.definition import ProductDefinition

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a definition's file that are read at all."""

MODELS = (
    *(ProductDefinition, schema.View, schema.Group, schema.Option, schema.Focus, schema.Engraving),
    *(schema.ArtworkPanel, schema.Numbering, schema.Rule, schema.Preset, schema.OperationRow, schema.FaultRow),
    *(schema.MaterialRow, schema.ComponentRow, schema.Condition, schema.Text, schema.Look),
)
FIELDS = {name: rank for rank, name in enumerate(dict.fromkeys(chain(*(model.model_fields for model in MODELS))))}


class Unreadable(Exception):
    """A file that is no definition; `code` is one of too_large, not_utf8, not_json, not_an_object."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def as_data(definition: ProductDefinition) -> dict[str, Any]:
    """A definition as plain data, without what is as usual: a field that is added later changes nothing here."""
    return definition.model_dump(mode="json", exclude_defaults=True)


def write_json(data: dict[str, Any]) -> bytes:
    """UTF-8, two spaces, keys in the schema's order and then in the alphabet's, a line's end at the end."""
    return (json.dumps(_ordered(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def read_json(raw: bytes) -> dict[str, Any]:
    """The object in a JSON file; raises Unreadable. Stricter than JSON: no doubled keys, nothing but finite numbers."""
    if len(raw) > LARGEST:
        raise Unreadable("too_large")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8") from error
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_finite)
        # Neither can be stored, and an escape may hide both.
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json", str(error)) from error
    if not isinstance(data, dict):
        raise Unreadable("not_an_object")
    return data


def in_order(keys: Iterable[str]) -> list[str]:
    """Keys in the schema's order, unknown ones after them in the alphabet's: a database does not keep their order."""
    return sorted(keys, key=lambda key: (FIELDS.get(key, len(FIELDS)), key))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in in_order(value)}
    return [_ordered(each) for each in value] if isinstance(value, (list, tuple)) else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"“{key}” is written twice")
        if _has_nul(key) or _has_nul(value):
            raise ValueError("a text contains a NUL character")
        found[key] = value
    return found


def _has_nul(value: Any) -> bool:
    """Whether a text, or one in a list, has the one character that the database cannot store."""
    return "\0" in value if isinstance(value, str) else isinstance(value, list) and any(map(_has_nul, value))


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large")
    return number
