"""Whom a moderator has silenced, known by heart: the host asks for each line, and must not ask the database.

`players.services` tells this process at once; other processes look at the rows every few seconds (`Silences`, a work
beside the connections). On any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from players import hour
from players.company.selectors import silences_now
from players.threads import DatabaseThreads

# The quick way is this process's own; in the others a silence holds within so many seconds.
LOOK_S: Final = 2.0

_until_ms: dict[str, int] = {}


def is_silenced(public_id: str) -> bool:
    """Whether this player may not write now."""
    return _until_ms.get(public_id, 0) > hour.now_ms()


def hear(public_id: str, until_ms: int) -> None:
    """From now on this player may not write until then (Unix ms), or until later where that was said before."""
    _until_ms[public_id] = max(until_ms, _until_ms.get(public_id, 0))


def forget(public_id: str) -> None:
    """This player may write again."""
    _until_ms.pop(public_id, None)


def replace(until_ms: Mapping[str, int]) -> None:
    """These, and nobody else."""
    known = dict(until_ms)
    _until_ms.update(known)
    for public_id in _until_ms.keys() - known.keys():
        _until_ms.pop(public_id, None)


class Silences:
    """What this process has not heard of. All rows that hold now are read: they are few, and an index finds them."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads

    async def look(self) -> None:
        """Raises DatabaseError; the next look makes up for it."""
        replace(await self._threads.run(_silenced))


def _silenced() -> dict[str, int]:
    now_ms = hour.now_ms()
    longest: dict[str, int] = {}
    for public_id, left in silences_now():
        until_ms = now_ms + int(left.total_seconds() * 1000)
        longest[public_id] = max(until_ms, longest.get(public_id, 0))
    return longest
