"""The WebSocket of a match: it hands messages to the live match; answers come back through the `Connection`."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Final

from games.consumers.answers import pong, refuse
from games.consumers.ending import Ending
from games.consumers.renewal import Renewal
from games.consumers.socket import Hear, SocketConsumer
from games.counts import raised
from games.delivery import Connection, counts
from games.host.ports import Gateway, Link
from games.protocol import codec
from games.protocol.codes import Close
from games.protocol.messages import Hello, Ping
from players.ids import ALPHABET, ID_LENGTH

_MATCH_ID: Final = re.compile(f"[{ALPHABET}]{{{ID_LENGTH}}}")


class MatchConsumer(SocketConsumer):
    """`/ws/match/<id>`."""

    def place(self, scope: dict[str, Any]) -> str:
        """The match's public id, or whatever stands in its place."""
        match: str = scope["url_route"]["kwargs"]["match"]
        return match

    async def attach(self, connection: Connection, scope: dict[str, Any], hello: Hello, ending: Ending) -> Hear | None:
        """A place at the live match, wherever that is."""
        match, gateway = self.place(scope), scope["gateway"]
        link = await _link(gateway, connection, match, hello)
        if isinstance(link, Close):
            connection.close(link)
            return None
        ending.add(partial(link.detach, connection))
        connection.on_stale(link.refresh)
        if connection.player is not None:
            ending.add(Renewal(connection, match, self.renew_s).stop)
        return partial(_hear, connection, link)


async def _link(gateway: Gateway, connection: Connection, match: str, hello: Hello) -> Link | Close:
    # A path may hold anything; what cannot be an id is not looked up.
    return await gateway.attach(connection, match, hello) if _MATCH_ID.fullmatch(match) else Close.NO_SUCH_MATCH


def _hear(connection: Connection, link: Link, frame: str | bytes) -> None:
    """The hot path."""
    try:
        message = link.decoder.decode(frame)
    except codec.Refused as refused:
        _refuse(connection, refused, link)
        return
    if isinstance(message, Ping):
        pong(connection, message)
    else:
        link.submit(connection, message)


def _refuse(connection: Connection, refused: codec.Refused, link: Link) -> None:
    if refused.c is None:
        refuse(connection, refused)
    else:
        raised(counts.refused, refused.code)
        link.reject(connection, refused.c, refused.code)
