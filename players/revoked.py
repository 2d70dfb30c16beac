"""Proofs that are no longer good, and the live sockets that hang on them.

Signals (`signals.py`, any thread) revoke; consumers watch for as long as a socket lives, and ask before they trust a
proof. In memory: a resume token lives ten minutes, so what is older need not be remembered. Other processes hear of it
by whoever called `tell`, and by the rows that `revocations.py` keeps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Final, Literal

from players import hour
from players.identity import Identity
from players.resume import VALID_MS

# A session's prefix, or a player's primary key: all sessions and tickets of that player.
Subject = tuple[Literal["session"], str] | tuple[Literal["player"], int]
Watcher = tuple[asyncio.AbstractEventLoop, Callable[[], None]]

# Longer than any resume token lives, so the table holds the sign-outs of eleven minutes and no more.
KEPT_MS: Final = VALID_MS + 60_000

# Tells other processes: what, since when, and whether by a ban. Called on any thread.
Teller = Callable[[Subject, int, bool], None]

_lock = Lock()
_teller: list[Teller] = []
_since_ms: dict[Subject, int] = {}
_banned: set[Subject] = set()
_watchers: dict[Subject, set[Watcher]] = {}


def tell(teller: Teller | None) -> None:
    """What is revoked here from now on is told to other processes by `teller`; None: by nobody."""
    _teller[:] = [] if teller is None else [teller]


def revoke_session(prefix: str) -> int:
    """Someone signed out: no token of this session is good, and its sockets close. Any thread. Since when, in ms."""
    return _revoke_and_tell(("session", prefix))


def revoke_player(player: int, *, banned: bool = False) -> int:
    """Banned, or a new password: no earlier proof of this player is good, and all their sockets close. Any thread.
    Since when, in ms."""
    return _revoke_and_tell(("player", player), banned=banned)


def hear(session: str | None, player: int | None, since_ms: int, *, banned: bool = False) -> None:
    """Another process, or this one before it started, has revoked a session or a player. Any thread, any number of
    times."""
    if session is not None:
        _revoke(("session", session), since_ms)
    if player is not None:
        _revoke(("player", player), since_ms, banned=banned)


def is_revoked(identity: Identity) -> bool:
    """Whether this proof was taken back. A session never comes back; a player proves themselves anew."""
    with _lock:
        by_player = _since_ms.get(("player", identity.player), -1)
        return ("session", identity.session) in _since_ms or by_player >= identity.since_ms


def is_banned(identity: Identity) -> bool:
    """Whether the proof was taken back by a ban: what a socket is told when it closes."""
    subject: Subject = ("player", identity.player)
    with _lock:
        return subject in _banned and _since_ms.get(subject, -1) >= identity.since_ms


def watch(identity: Identity, call: Callable[[], None]) -> Callable[[], None]:
    """Call `call` on this event loop when the proof is taken back, at once if it was already. Returns the unwatch."""
    watcher = (asyncio.get_running_loop(), call)
    subjects: tuple[Subject, ...] = (("player", identity.player),)
    if identity.session:
        subjects += (("session", identity.session),)
    with _lock:
        for subject in subjects:
            _watchers.setdefault(subject, set()).add(watcher)
    # After the entry above: a proof taken back between its check and here would otherwise be missed by both.
    if is_revoked(identity):
        call()
    return partial(_unwatch, subjects, watcher)


def _unwatch(subjects: tuple[Subject, ...], watcher: Watcher) -> None:
    with _lock:
        for subject in subjects:
            _forget(subject, watcher)


def watched() -> int:
    """How many subjects sockets hang on: for operators, and to see that nothing leaks."""
    return len(_watchers)


def _forget(subject: Subject, watcher: Watcher) -> None:
    remaining = _watchers.get(subject, set())
    remaining.discard(watcher)
    if not remaining:
        _watchers.pop(subject, None)


def _revoke_and_tell(subject: Subject, *, banned: bool = False) -> int:
    now_ms = hour.now_ms()
    _revoke(subject, now_ms, banned=banned)
    for teller in _teller:
        teller(subject, now_ms, banned)
    return now_ms


def _revoke(subject: Subject, since_ms: int, *, banned: bool = False) -> None:
    now_ms = hour.now_ms()
    with _lock:
        if _since_ms.get(subject, -1) >= since_ms:
            return  # known, and its sockets are closed; who has proved themselves anew since stays
        _since_ms.pop(subject, None)  # so that the order of the table is that of what we heard
        _since_ms[subject] = since_ms
        (_banned.add if banned else _banned.discard)(subject)
        while _since_ms and (oldest := next(iter(_since_ms.items())))[1] < now_ms - KEPT_MS:
            del _since_ms[oldest[0]]
            _banned.discard(oldest[0])
        watchers = tuple(_watchers.get(subject, ()))
    for loop, call in watchers:
        with suppress(RuntimeError):  # the loop is closed, and with it the socket
            loop.call_soon_threadsafe(call)
