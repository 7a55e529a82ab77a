"""Groups and options as the studio's page and the page of a change show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from configurator.studio import GroupState


@dataclass(frozen=True)
class ShownOption:
    """An option on the page. `words` is what the API says of it, empty while its group does not exist."""

    id: str
    name: str
    story: str
    touch: str
    sound: str
    swatch: str
    words: dict[str, Any]


@dataclass(frozen=True)
class ShownGroup:
    """A group on the page. `words` is what the API says of it."""

    state: GroupState
    words: dict[str, Any]
    options: tuple[ShownOption, ...]

    @property
    def chosen(self) -> ShownOption | None:
        return next((option for option in self.options if option.words.get("state") == "chosen"), None)
