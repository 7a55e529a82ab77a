"""Going through tokens one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from configurator.uvl.errors import DOTTED, EXPECTED, EXPECTED_DEEPER, EXPECTED_LINE_END, EXPECTED_NAME, UvlError
from configurator.uvl.lexer import Token


class Cursor:
    """A place among tokens; the last one is of kind `end` and is never passed."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    @property
    def next(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        if token.kind != "end":
            self._at += 1
        return token

    def is_at(self, kind: str, *texts: str) -> bool:
        return self.token.kind == kind and (not texts or self.token.text in texts)

    def takes(self, kind: str, *texts: str) -> bool:
        """Whether a token of that kind, with one of these texts, was here and has been taken."""
        if not self.is_at(kind, *texts):
            return False
        self.take()
        return True

    def expect_symbol(self, text: str) -> None:
        if not self.takes("symbol", text):
            self.refuse(EXPECTED, wanted=text, found=self.token.shown)

    def expect_line_end(self) -> None:
        if not self.takes("newline"):
            self.refuse(EXPECTED_LINE_END, found=self.token.shown)

    def expect_deeper(self) -> None:
        if not self.takes("indent"):
            self.refuse(EXPECTED_DEEPER)

    def name(self) -> Token:
        """The name of a feature of this file."""
        if self.token.kind not in ("name", "quoted"):
            self.refuse(EXPECTED_NAME, found=self.token.shown)
        token = self.take()
        if self.is_at("symbol", "."):
            self.refuse(DOTTED, at=token, found=f"{token.text}.{self.next.text}")
        return token

    def refuse(self, message: str, *, at: Token | None = None, **values: object) -> NoReturn:
        raise self.refusal(message, at=at, **values)

    def refusal(self, message: str, *, at: Token | None = None, **values: object) -> UvlError:
        token = at or self.token
        return UvlError(token.line, token.column, message, **values)
