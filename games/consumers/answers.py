"""What consumers answer themselves, before anything that they are attached to is asked."""

from __future__ import annotations

from typing import Final

from games.counts import raised
from games.delivery import Connection, counts
from games.protocol import codec
from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import Error, Ping, Pong
from players import hour

_ERRORS: Final = {code: codec.encode(Error(code=code, why=WHY[code])) for code in Code}


def refuse(connection: Connection, refused: codec.Refused) -> None:
    """Answer a frame that cannot be taken, and that has named no input."""
    raised(counts.refused, refused.code)
    if refused.code is Code.TOO_LARGE:  # as uvicorn closes by itself; daphne lets such frames through
        connection.close(Close.TOO_LARGE)
    else:
        connection.put(_ERRORS[refused.code], "event")


def pong(connection: Connection, ping: Ping) -> None:
    """Say that somebody is there."""
    connection.put(codec.encode(Pong(at=ping.at, now=hour.now_ms())), "event")
