"""Hints that are given here, on their way to all other processes: gathered for a moment, each once, and lossy.

`core.py` makes it the teller of `games/hints.py`, and what it puts is heard there by the others. Whoever hears a hint
reads the database, and reads it without one, too: so what does not fit is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from games.relay import wire
from games.relay.counts import Counts
from games.relay.publisher import Publisher

# Long enough that a burst about one thing is one hint, too short for anybody to see.
GATHER_S: Final = 0.1
# Ten thousand a second: more than any process can give. Beyond it others find out by looking, a second later.
MOST: Final = 1000


class Hinting:
    """On the event loop, but for `tell`."""

    def __init__(self, publisher: Publisher, counts: Counts, loop: asyncio.AbstractEventLoop) -> None:
        self._publisher, self._counts, self._loop = publisher, counts, loop
        self._gathered: dict[tuple[str, str], None] = {}

    def tell(self, topic: str, subject: str) -> None:
        """On any thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._add, topic, subject)

    def _add(self, topic: str, subject: str) -> None:
        if not self._gathered:
            self._loop.call_later(GATHER_S, self._put)
        if len(self._gathered) < MOST:
            self._gathered[topic, subject] = None
        else:
            self._counts.dropped += 1

    def _put(self) -> None:
        gathered, self._gathered = self._gathered, {}
        for topic, subject in gathered:
            self._publisher.put(wire.HINTS, wire.Hint(topic, subject))
