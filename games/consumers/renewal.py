"""Fresh resume tokens for a connected player, so that whoever loses the network holds one that is good for a while."""

from __future__ import annotations

import asyncio
from typing import Final

from games.delivery import Connection
from games.protocol import codec
from games.protocol.messages import Renewed

# Half the life of a resume token: at any moment the newest one is good for at least five minutes.
RENEW_S: Final = 300.0


class Renewal:
    """A timer of one connection. Started by the consumer once it is attached, and stopped when it ends."""

    __slots__ = ("_connection", "_every_s", "_match", "_timer")

    def __init__(self, connection: Connection, match: str, every_s: float) -> None:
        self._connection = connection
        self._match = match
        self._every_s = every_s
        self._timer = self._later()

    def issue(self) -> bool:
        """Tell a token now; False: the connection is nobody's."""
        token = self._connection.token(self._match, self._connection.seat)
        if token is not None:
            self._connection.put(codec.encode(Renewed(token=token)), "event")
        return token is not None

    def stop(self) -> None:
        """No token is issued any more."""
        self._timer.cancel()

    def _later(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self._every_s, self._renew)

    def _renew(self) -> None:
        if self.issue():
            self._timer = self._later()
