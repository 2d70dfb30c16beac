"""Tells the lobby to this process's connections: one picture for all, and to each person what concerns them alone.

Consumers attach connections, hints say that something may have changed, and `look` does the rest; all on the event
loop, but for `read` and `personal`, which wait for the database's threads. What anybody costs does not depend on how
much happens: a *beat* tells everything since the one before in one frame, and there are at most two beats a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, Final

import msgspec

from games import hints
from games.counts import Buckets
from games.host.ports import Connection
from games.lobby.state import Told
from games.protocol import codec
from games.protocol.codes import Close
from games.protocol.messages import Changed, Picture, You

Read = Callable[[Mapping[str, str]], Awaitable[Picture]]
"""The picture now; is given what was on television."""
Personal = Callable[[Collection[str]], Awaitable[Mapping[str, Any]]]
"""What concerns each of these players (public ids); whoever is left out is told nothing."""

# How often to look whether there is something to tell: whoever is alone in the lobby sees it that much later.
LOOK_S: Final = 0.1
# Between two beats. What people do here takes them seconds; two frames a second are live to the eye.
BEAT_S: Final = 0.5
# Hints are lossy: what nobody hinted at is seen this much later.
AGAIN_S: Final = 1.0
# Frames written in one turn of the loop, some 10 µs each: no match on this loop waits longer than 2 ms for a beat.
AT_ONCE: Final = 200
# People whose own news are read in one beat; others get theirs in the next ones, in the order of their hints.
MOST_NEWS: Final = 50
# Seconds that a reading took: a few milliseconds; a second is a database in trouble.
READ_S: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


class Hub:
    """`now_s`: a monotonic clock."""

    def __init__(self, read: Read, personal: Personal, now_s: Callable[[], float]) -> None:
        self._read, self._personal, self._now_s = read, personal, now_s
        self._connections: dict[Connection, None] = {}
        self._people: dict[str, int] = {}
        self._told: Told | None = None  # nobody is here, or has been told anything
        self._tv: Mapping[str, str] = {}
        self._hinted = False
        self._news: dict[str, None] = {}
        self._beat_s = self._picture_s = float("-inf")
        self.frames = 0
        self.read_s = Buckets(*READ_S)
        self._unlisten: list[Callable[[], None]] = []
        self._closed = False

    def __len__(self) -> int:
        return len(self._connections)

    # ── connections ─────────────────────────────────────────────────────────────────────────────────────

    def attach(self, connection: Connection) -> None:
        """Tell it the picture, now or as soon as there is one, and all that follows."""
        self._connections[connection] = None
        if self._closed:
            connection.close(Close.RESTART)
        if connection.player is not None:
            self._people[connection.player] = self._people.get(connection.player, 0) + 1
        self.refresh(connection)

    def detach(self, connection: Connection) -> None:
        """It is gone. The last one takes the picture along: nothing is read where nobody looks."""
        del self._connections[connection]
        player = connection.player
        if player is not None:
            self._people[player] -= 1
            if not self._people[player]:
                del self._people[player]
        if not self._connections:
            self._told = None

    def refresh(self, connection: Connection) -> None:
        """Tell it everything: it is new, or could not keep up."""
        if self._told is not None:
            self._put((connection,), self._told.whole)
        if connection.player is not None:
            self._news[connection.player] = None

    def close(self) -> None:
        """The planned stop: everybody is sent to another process."""
        self._closed = True
        for unlisten in self._unlisten:
            unlisten()
        for connection in tuple(self._connections):
            connection.close(Close.RESTART)

    # ── hints, on any thread ────────────────────────────────────────────────────────────────────────────

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear of what changes, until `close`."""

        def concerns(player: str) -> None:
            if player in self._people:
                loop.call_soon_threadsafe(self._concerns, player)

        self._unlisten = [hints.listen(hints.MATCHES, self._changed), hints.listen(hints.PLAYER, concerns)]

    def _changed(self, _match: str) -> None:
        self._hinted = True

    def _concerns(self, player: str) -> None:
        self._news[player] = None

    # ── beats ───────────────────────────────────────────────────────────────────────────────────────────

    async def look(self) -> None:
        """To be called every `LOOK_S`. Raises what reading raises; nothing is forgotten then."""
        now_s = self._now_s()
        if not self._connections or now_s - self._beat_s < BEAT_S:
            return
        due = self._told is None or self._hinted or now_s - self._picture_s >= AGAIN_S
        if due or self._news:
            self._beat_s = now_s
            await self._beat(now_s, due=due)

    async def _beat(self, now_s: float, *, due: bool) -> None:
        people = [player for player in self._news if player in self._people][:MOST_NEWS]
        self._news = {player: None for player in self._news if player in self._people and player not in people}
        hinted, self._hinted = self._hinted, self._hinted and not due
        try:
            read = await self._read(self._tv) if due else None
            personal = await self._personal(people) if people else {}
        except BaseException:
            self._hinted = self._hinted or hinted
            self._news = dict.fromkeys(people) | self._news
            raise
        if read is not None:
            self._picture_s, self._tv = now_s, read.tv
            self.read_s.add(self._now_s() - now_s)
        await self._tell(read, personal)

    async def _tell(self, read: Picture | None, personal: Mapping[str, Any]) -> None:
        """Whoever attaches from here on is told the new version, and is not among those who are here."""
        here = tuple(self._connections)
        frame, changes = self._next(read)
        if self._told is None:
            return  # all have left, or only just come
        if frame is not None:
            await self._put_in_turns([one for one in here if one.player not in personal], frame)
        for connection in here:
            if connection.player is not None and connection.player in personal:
                self._put((connection,), *self._own(frame, changes, personal[connection.player]))

    def _own(self, frame: bytes | None, changes: msgspec.Raw | None, you: Any) -> list[bytes]:
        """Both in one where that can be, so that nobody gets three frames a second."""
        assert self._told is not None
        if changes is not None:
            return [codec.encode(Changed(v=self._told.v, d=changes, you=you))]
        return [*([frame] if frame is not None else []), codec.encode(You(you=you))]

    def _next(self, read: Picture | None) -> tuple[bytes | None, msgspec.Raw | None]:
        """What everybody is told now, and the patch in it, where it is one."""
        if read is None:
            return None, None
        if self._told is None:
            self._told = Told(read)
            return self._told.whole, None
        changes, more = self._told.follow(read)
        self._hinted = self._hinted or more
        if changes is None:
            return None, None
        encoded = msgspec.Raw(codec.encode(changes))
        return codec.encode(Changed(v=self._told.v, d=encoded)), encoded

    async def _put_in_turns(self, connections: list[Connection], frame: bytes) -> None:
        for begin in range(0, len(connections), AT_ONCE):
            self._put(connections[begin : begin + AT_ONCE], frame)
            await asyncio.sleep(0)

    def _put(self, connections: Iterable[Connection], *frames: bytes) -> None:
        for connection in connections:
            for frame in frames:
                connection.put(frame, "state")
                self.frames += 1
