"""What is kept about a person, as one JSON document, and how it is forgotten: each app adds its own section.

An app registers in its `AppConfig.ready`: `export.register("friends", friends_of, forget=friends_forget)`. Both calls
get the player. The first returns plain values of JSON, and writes nothing; the second removes what names or describes
the person, in the transaction in which they delete themselves. What others need, such as records, stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from players.models import Player

Section = Callable[[Player], Any]
Forget = Callable[[Player], None]

_sections: dict[str, tuple[Section, Forget | None]] = {}


def register(name: str, section: Section, *, forget: Forget | None = None) -> None:
    """From now on what `section` tells of a player stands in their export under `name`. A second call replaces."""
    _sections[name] = (section, forget)


def export(player: Player) -> dict[str, Any]:
    """All that is kept about `player`, by section, in the order in which they were registered."""
    return {name: section(player) for name, (section, _) in _sections.items()}


def forgetting() -> Iterator[Forget]:
    """What every app does when a person deletes themselves."""
    return (forget for _, forget in _sections.values() if forget is not None)
