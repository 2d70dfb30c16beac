"""Proofs that are no longer good, and the live sockets that hang on them.

Signals (`signals.py`, any thread) revoke; consumers watch for as long as a socket lives, and ask before they trust a
proof. In this process only, and in memory: a resume token lives ten minutes, so what is older need not be remembered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Final, Literal

from players.identity import Identity
from players.resume import VALID_MS

# A session's prefix, or a player's primary key: all sessions and tickets of that player.
Subject = tuple[Literal["session"], str] | tuple[Literal["player"], int]
Watcher = tuple[asyncio.AbstractEventLoop, Callable[[], None]]

# Longer than any resume token lives, so the table holds the sign-outs of eleven minutes and no more.
KEPT_MS: Final = VALID_MS + 60_000

_lock = Lock()
_since_ms: dict[Subject, int] = {}
_watchers: dict[Subject, set[Watcher]] = {}


def revoke_session(prefix: str) -> None:
    """Someone signed out: no token of this session is good, and its sockets close. Any thread."""
    _revoke(("session", prefix))


def revoke_player(player: int) -> None:
    """Banned, or a new password: no earlier proof of this player is good, and all their sockets close. Any thread."""
    _revoke(("player", player))


def is_revoked(identity: Identity) -> bool:
    """Whether this proof was taken back. A session never comes back; a player proves themselves anew."""
    with _lock:
        by_player = _since_ms.get(("player", identity.player), -1)
        return ("session", identity.session) in _since_ms or by_player >= identity.since_ms


def watch(identity: Identity, call: Callable[[], None]) -> Callable[[], None]:
    """Call `call` on this event loop when the proof is taken back, at once if it was already. Returns the unwatch."""
    watcher = (asyncio.get_running_loop(), call)
    subjects: list[Subject] = [("player", identity.player)]
    if identity.session:
        subjects.append(("session", identity.session))
    with _lock:
        for subject in subjects:
            _watchers.setdefault(subject, set()).add(watcher)
    # After the entry above: a proof taken back between its check and here would otherwise be missed by both.
    if is_revoked(identity):
        call()

    def unwatch() -> None:
        with _lock:
            for subject in subjects:
                _forget(subject, watcher)

    return unwatch


def watched() -> int:
    """How many subjects sockets hang on: for operators, and to see that nothing leaks."""
    return len(_watchers)


def _forget(subject: Subject, watcher: Watcher) -> None:
    remaining = _watchers.get(subject, set())
    remaining.discard(watcher)
    if not remaining:
        _watchers.pop(subject, None)


def _revoke(subject: Subject) -> None:
    now_ms = time.time_ns() // 1_000_000
    with _lock:
        _since_ms.pop(subject, None)  # so that the order of the table is that of time
        _since_ms[subject] = now_ms
        while (oldest := next(iter(_since_ms.items())))[1] < now_ms - KEPT_MS:
            del _since_ms[oldest[0]]
        watchers = tuple(_watchers.get(subject, ()))
    for loop, call in watchers:
        with suppress(RuntimeError):  # the loop is closed, and with it the socket
            loop.call_soon_threadsafe(call)
