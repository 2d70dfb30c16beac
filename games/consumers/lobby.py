"""The WebSocket of the lobby: it attaches the connection to this process's hub, which does all the talking."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from games.consumers.answers import pong, refuse
from games.consumers.ending import Ending
from games.consumers.renewal import Renewal
from games.consumers.socket import Hear, SocketConsumer
from games.delivery import Connection
from games.protocol import codec
from games.protocol.messages import Hello

PLACE: Final = "lobby"
"""What resume tokens of the lobby are for. No match can have this id: it is shorter than any."""


class LobbyConsumer(SocketConsumer):
    """`/ws/lobby`."""

    def place(self, scope: dict[str, Any]) -> str:
        """There is one lobby."""
        return PLACE

    async def attach(self, connection: Connection, scope: dict[str, Any], hello: Hello, ending: Ending) -> Hear | None:
        """The picture, and from now on what changes."""
        hub = scope["lobby"]
        hub.attach(connection)
        ending.add(partial(hub.detach, connection))
        connection.on_stale(hub.refresh)
        if connection.player is not None:
            renewal = Renewal(connection, PLACE, self.renew_s)
            ending.add(renewal.stop)
            renewal.issue()  # a match's welcome brings the first one; the lobby's frame is the same for all
        return partial(_hear, connection)


def _hear(connection: Connection, frame: str | bytes) -> None:
    try:
        pong(connection, codec.lobby_decoder.decode(frame))
    except codec.Refused as refused:
        refuse(connection, refused)
