"""A connection whose socket is in another process, as host and driver see it: one more `ports.Connection`.

Made by `owner.py` for each `Attach`. What is put to it goes to its party, which sends what many are given once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from games.host.effects import FrameKind
from games.protocol.codes import Close
from players import resume, silenced
from players.identity import Identity

if TYPE_CHECKING:
    from games.relay.party import Party


class RemoteConnection:
    """`host` and `n` name its socket. Implements `games.host.ports.Connection`."""

    __slots__ = ("_identity", "_party", "_seat", "began", "closed", "host", "n", "name", "player")

    def __init__(self, party: Party, host: str, n: int, identity: Identity | None) -> None:
        self.host, self.n = host, n
        self.player = identity.public_id if identity else None
        self.name = identity.name if identity else ""
        self.began = False
        self.closed: Close | None = None
        self._party = party
        self._identity = identity
        self._seat: int | None = None

    @property
    def seat(self) -> int | None:
        """Its seat; its own process is told when that changes."""
        return self._seat

    @seat.setter
    def seat(self, seat: int | None) -> None:
        if seat != self._seat:
            self._seat = seat
            if self.began and self.closed is None:
                self._party.seated(self)

    def silenced(self) -> bool:
        """Whether a moderator has taken the chat from this player."""
        return self.player is not None and silenced.is_silenced(self.player)

    def token(self, match: str, seat: int | None) -> str | None:
        """A resume token for this match (public id) and seat; None for an anonymous spectator."""
        return resume.issue(self._identity, match, seat) if self._identity else None

    def put(self, frame: bytes, kind: FrameKind) -> None:
        """One frame, in order with all others of its match."""
        if self.closed is None:
            self._party.put(self, frame, kind)

    def close(self, code: Close) -> None:
        """Its process closes the socket after all that was put before. A second call does nothing."""
        if self.closed is None:
            self.closed = code
            self._party.shut(self, code)
