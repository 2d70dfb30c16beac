"""Who may send what at a match: for each message and each standing of its sender, the code it is refused with.

The host decides by its state (`games/host/checks.py`); this table is the promise that it keeps. `docs/protocol.md`
shows it, and a test holds a real server to every cell. Nothing on the server reads it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from games.protocol.codes import Code
from games.protocol.from_client import (
    Abort,
    Answer,
    AskMoves,
    Chat,
    Claim,
    Hello,
    Move,
    Offer,
    Pause,
    Ping,
    Resign,
)


class Standing(StrEnum):
    """Where the sender of a message stands, after its hello."""

    STRANGER = "nobody known"
    SPECTATOR = "a player who watches"
    WAITING = "seated, not begun"
    ASKED = "seated, in turn"
    NOT_ASKED = "seated, not in turn"
    ENDED = "seated, match over"


_WATCHING = {Standing.STRANGER: Code.NOT_SEATED, Standing.SPECTATOR: Code.NOT_SEATED}
_PLAYING = {**_WATCHING, Standing.WAITING: Code.NOT_STARTED, Standing.ENDED: Code.OVER}
_EVERYONE = dict.fromkeys(Standing, Code.HELLO_TWICE)

RIGHTS: Final[dict[type[Any], dict[Standing, Code]]] = {
    Hello: _EVERYONE,
    Move: {**_PLAYING, Standing.NOT_ASKED: Code.NOT_YOUR_TURN},
    Resign: _PLAYING,
    Abort: {**_WATCHING, Standing.ENDED: Code.OVER},
    Offer: _PLAYING,
    Answer: {**_WATCHING, **dict.fromkeys(list(Standing)[2:], Code.NOT_OFFERED)},
    Claim: {**_PLAYING, Standing.ASKED: Code.NOT_GONE, Standing.NOT_ASKED: Code.NOT_GONE},
    Pause: {**_PLAYING, Standing.ASKED: Code.NO_PAUSE, Standing.NOT_ASKED: Code.NO_PAUSE},
    Chat: {Standing.STRANGER: Code.NOT_SEATED},
    AskMoves: _WATCHING,
    Ping: {},
}
"""What is not named is taken. For a legal move, an offer of a draw, an answer to no offer, in a game of two that cannot
be paused; both are there and have not moved yet."""
