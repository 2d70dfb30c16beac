"""Records in which somebody sat who has deleted themselves since: told without the name. Pure.

The log stays as it was written, for every entry's digest covers the one before. What is told has another body where
the name stood; the digest of that entry stands beside it as it is, and everything after is still chained to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import msgspec

from games.host.entries import Sit, text
from players.gone import NAME

if TYPE_CHECKING:
    from games.replay import Line


def masked(lines: Iterable[Line], seats: Collection[int]) -> list[Line]:
    """The lines without the names of those who sat at `seats`."""
    return [_masked(line) if line.kind == "sit" and line.seat in seats else line for line in lines]


def is_masked(line: Line) -> bool:
    """Whether the name was taken out of this line, so that its digest can only be believed."""
    return line.kind == "sit" and msgspec.json.decode(line.body, type=Sit).name == NAME


def _masked(line: Line) -> Line:
    sit = msgspec.json.decode(line.body, type=Sit)
    return msgspec.structs.replace(line, body=text(msgspec.structs.replace(sit, name=NAME)))
