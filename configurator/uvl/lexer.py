"""From the text of a UVL file to tokens, indentation among them. Cheap on any text: it goes through it once."""

from __future__ import annotations

import re
from typing import NamedTuple

from configurator.uvl.errors import (
    DEEPEST,
    MOST_CHARACTERS,
    MOST_TOKENS,
    STRANGE_CHARACTER,
    TOO_DEEP,
    TOO_LONG,
    TOO_MANY_TOKENS,
    UNCLOSED,
    UNEVEN,
    UNOPENED,
    UvlError,
)

TAB = 8
"""A tab goes to the next multiple of this column, as in Python."""
PAIRS = {")": "(", "]": "[", "}": "{"}
PATTERN = re.compile(
    r"""
      (?P<space>[ \t\f]+|//[^\n]*)
    | (?P<block>/\*(?:[^*]|\*(?!/))*(?P<end>\*/)?)
    | (?P<newline>\n)
    | (?P<quoted>"[^"\n]+")
    | (?P<string>'[^'\n]*')
    | (?P<name>[^\W\d][\w\#§%?\\';]*)
    | (?P<number>-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))
    | (?P<cardinality>\[[ \t]*[0-9]+[ \t]*(?:\.\.[ \t]*(?:[0-9]+|\*)[ \t]*)?\])
    | (?P<symbol><=>|=>|==|<=|>=|!=|[-!&|<>+*/(){}\[\],.])
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """`kind` is a name of PATTERN's groups, or `indent`, `dedent`, `end`; `text` is without quotes."""

    kind: str
    text: str
    line: int
    column: int

    @property
    def shown(self) -> str:
        """What a person sees where the token stands."""
        return self.text or "⏎"


def tokens_of(text: str) -> list[Token]:
    """The tokens of a file, ended by one of kind `end`; raises UvlError."""
    if len(text) > MOST_CHARACTERS:
        raise UvlError(1, 1, TOO_LONG, most=MOST_CHARACTERS)
    return _Lexer(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[Token] = []
        self._widths = [0]
        self._open: list[Token] = []
        self._line = 1
        self._line_start = 0
        self._line_is_empty = True

    def run(self) -> list[Token]:
        position = 0
        while position < len(self._text):
            match = PATTERN.match(self._text, position)
            if match is None:
                raise self._error(position, STRANGE_CHARACTER, found=self._text[position])
            kind = match.lastgroup or ""
            position = match.end()
            if kind == "newline":
                self._end_line(position)
            elif kind in ("end", "block"):
                self._skip_block(match)
            elif kind != "space":
                self._take(kind, match)
        if self._open:
            raise UvlError(self._open[-1].line, self._open[-1].column, UNCLOSED, found=self._open[-1].text)
        if not self._line_is_empty:
            self._add("newline", "", len(self._text))
        self._dedent_to(0, len(self._text))
        self._add("end", "", len(self._text))
        return self._found

    def _take(self, kind: str, match: re.Match[str]) -> None:
        start, text = match.start(), match.group()
        if self._line_is_empty and not self._open:
            self._indent(start)
        self._line_is_empty = False
        if len(self._found) >= MOST_TOKENS:
            raise self._error(start, TOO_MANY_TOKENS, most=MOST_TOKENS)
        self._add(kind, text[1:-1] if kind in ("quoted", "string") else text, start)
        if kind != "symbol":
            return
        if text in PAIRS.values():
            self._open.append(self._found[-1])
            if len(self._open) > DEEPEST:
                raise self._error(start, TOO_DEEP, most=DEEPEST)
        elif text in PAIRS and (not self._open or self._open.pop().text != PAIRS[text]):
            raise self._error(start, UNOPENED, found=text)

    def _indent(self, start: int) -> None:
        """Say how far the line that starts with this token is indented, against the line before."""
        width = 0
        for character in self._text[self._line_start : start]:
            width = (width // TAB + 1) * TAB if character == "\t" else width + 1
        if width > self._widths[-1]:
            self._widths.append(width)
            self._add("indent", "", start)
            if len(self._widths) > DEEPEST:
                raise self._error(start, TOO_DEEP, most=DEEPEST)
        else:
            self._dedent_to(width, start)

    def _dedent_to(self, width: int, start: int) -> None:
        while width < self._widths[-1]:
            self._widths.pop()
            self._add("dedent", "", start)
        if width != self._widths[-1]:
            raise self._error(start, UNEVEN)

    def _end_line(self, position: int) -> None:
        if not self._line_is_empty and not self._open:
            self._add("newline", "", position - 1)
            self._line_is_empty = True
        self._line += 1
        self._line_start = position

    def _skip_block(self, match: re.Match[str]) -> None:
        if match.group("end") is None:
            raise self._error(match.start(), UNCLOSED, found="/*")
        text = match.group()
        if "\n" in text:
            self._line += text.count("\n")
            self._line_start = match.start() + text.rindex("\n") + 1

    def _add(self, kind: str, text: str, start: int) -> None:
        self._found.append(Token(kind, text, self._line, self._column(start)))

    def _error(self, position: int, message: str, **values: object) -> UvlError:
        return UvlError(self._line, self._column(position), message, **values)

    def _column(self, position: int) -> int:
        return max(1, position - self._line_start + 1)
