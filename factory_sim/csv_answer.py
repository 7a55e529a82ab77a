"""Rows as a CSV file to download, sent while they are written."""

import csv
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.http import StreamingHttpResponse


class _Line:
    """What csv writes a row to when the row itself is wanted."""

    def write(self, row: str) -> str:
        return row


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A file `name`, with the names of its columns first."""
    writer = csv.writer(_Line())
    lines = (writer.writerow(row) for row in chain([header], rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
