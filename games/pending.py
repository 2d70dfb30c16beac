"""What waits for one socket that does not take it, and when that is too much. No I/O.

`delivery.Connection` owns one and empties it; it is empty for every socket that reads.
"""

from __future__ import annotations

import time
from typing import Any, Final

from games.host.effects import FrameKind

Event = dict[str, Any]
"""What ASGI's `send` takes."""

# Beyond any of these a connection is closed as `slow`: it connects again and gets one full view, cheaper for both.
# They count what the server has not taken; uvicorn takes 64 KiB more for each socket before its `send` waits.
#
# 1 MiB: a thousand stuck connections are then 1 GiB at most, which a host survives, and no honest queue is near it.
PENDING_BYTES: Final = 1 << 20
# 256 events (acks, chat, refusals) are minutes of play; no client has a use for more of them at once.
PENDING_EVENTS: Final = 256
# 10 s: a phone's tunnel or a lift; later the person has seen "connecting" anyway.
PENDING_S: Final = 10.0


class Waiting:
    """A frame, or the close, and since when it waits by the monotonic clock."""

    __slots__ = ("event", "kind", "since_s", "size_bytes")

    def __init__(self, event: Event, size_bytes: int, kind: FrameKind) -> None:
        self.event = event
        self.size_bytes = size_bytes
        self.kind = kind
        self.since_s = time.monotonic()


class Pending:
    """The queue of one connection. Its first is in the hands of the server already, and cannot be taken back.

    `event` frames are all kept, in order. Of `state` frames the newest is kept; once another came after it, both are
    worthless to a client that counts versions, so they go, and `stale` says that a full view is owed.
    """

    __slots__ = ("_bytes", "_events", "_waiting", "stale")

    def __init__(self) -> None:
        self.stale = False
        self._waiting: list[Waiting] = []  # an empty deque takes 700 bytes, for as long as the socket is open
        self._bytes = 0
        self._events = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def first(self) -> Waiting:
        """What has waited longest."""
        return self._waiting[0]

    @property
    def too_much(self) -> bool:
        """Whether the bounds on size are passed; `first.since_s` tells the age."""
        return self._bytes > PENDING_BYTES or self._events > PENDING_EVENTS

    def add(self, one: Waiting) -> None:
        """Queue it; a state frame that comes second is not kept, nor is the one before it."""
        if one.kind == "state" and (self.stale or self._without_state()):
            self.stale = True
            return
        self._waiting.append(one)
        self._bytes += one.size_bytes
        self._events += one.kind == "event"

    def left(self) -> None:
        """The first has left."""
        gone = self._waiting.pop(0)
        self._bytes -= gone.size_bytes
        self._events -= gone.kind == "event"

    def clear(self) -> None:
        """All are gone, and nothing is owed."""
        self._waiting.clear()
        self._bytes = self._events = 0
        self.stale = False

    def _without_state(self) -> bool:
        """Drop the state frame that waits behind the first; whether there was one. At most 257 steps, and rare."""
        for index in range(1, len(self._waiting)):
            if self._waiting[index].kind == "state":
                self._bytes -= self._waiting[index].size_bytes
                del self._waiting[index]
                return True
        return False
