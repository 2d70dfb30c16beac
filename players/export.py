"""What is kept about a person, as one JSON document: each app adds its own section.

An app registers in its `AppConfig.ready`: `export.register("friends", friends_of)`. The call gets the player and
returns plain values of JSON; it runs in a request, reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from players.models import Player

Section = Callable[[Player], Any]

_sections: dict[str, Section] = {}


def register(name: str, section: Section) -> None:
    """From now on what `section` tells of a player stands in their export under `name`. A second call replaces."""
    _sections[name] = section


def export(player: Player) -> dict[str, Any]:
    """All that is kept about `player`, by section, in the order in which they were registered."""
    return {name: section(player) for name, section in _sections.items()}
