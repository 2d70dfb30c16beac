"""Which players have a socket at this process, at a match or in the lobby. A count in memory, on the loop's thread.

`consumers/introduction.py` counts every connection that says who it is; `games/lobby/presence.py` tells the database,
so that other processes know. Strangers who only look are nobody in particular, and not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

_sockets: dict[int, int] = {}


def come(player: int) -> Callable[[], None]:
    """One more socket of this player (primary key). Returns what takes it back, to be called once."""
    _sockets[player] = _sockets.get(player, 0) + 1
    return partial(_leave, player)  # half of a closure, for as long as the socket is open


def _leave(player: int) -> None:
    _sockets[player] -= 1
    if not _sockets[player]:
        del _sockets[player]


def players() -> set[int]:
    """Who is here now."""
    return set(_sockets)
