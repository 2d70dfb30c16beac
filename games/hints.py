"""Hints that something has changed, for whoever shows it: lists, lobbies, tournaments. Lossy by contract.

A hint carries a topic and what it is about, never the news itself: who hears it reads the database, and reads it from
time to time anyway, so a lost hint costs a second and a doubled one nothing. Given and heard on any thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

logger = logging.getLogger(__name__)

Listener = Callable[[str], None]
"""Is given what the hint is about. Must return at once; it is called on the thread of whoever gave the hint."""
Teller = Callable[[str, str], None]
"""Carries topic and subject to other processes. Called on any thread."""

MATCHES = "matches"
"""A match was created, has begun or has ended; about its public id."""
OVER = "over"
"""A match has ended and its result is stored; about its public id. Given by the process that owned it."""
PLAYER = "player"
"""Something that concerns one player alone has changed: a wish to play, a challenge, a friend; about the public id."""
SEEKS = "seeks"
"""Somebody began to look for a match, or is back in a queue: who brings people together looks at once. Only heard in
the process where it happened (`hear`), so that not all of them look for the same pair."""

_lock = Lock()
_listeners: dict[str, set[Listener]] = {}
_tellers: list[Teller] = []


def tell(teller: Teller | None) -> None:
    """Hints that are given here are carried to other processes by `teller`; None: by nobody."""
    _tellers[:] = [] if teller is None else [teller]


def give(topic: str, subject: str = "") -> None:
    """Something of `topic` has changed. After the commit that changed it (`transaction.on_commit`)."""
    hear(topic, subject)
    for teller in _tellers:
        teller(topic, subject)


def hear(topic: str, subject: str) -> None:
    """A hint of this process or of another one. A listener that fails is logged, and the others hear it all the
    same."""
    with _lock:
        listeners = tuple(_listeners.get(topic, ()))
    for listener in listeners:
        try:
            listener(subject)
        except Exception:
            logger.exception("a hint of %s about %s was not heard", topic, subject)


def listen(topic: str, listener: Listener) -> Callable[[], None]:
    """Call `listener` at each hint of `topic`. Returns the unlisten."""
    with _lock:
        _listeners.setdefault(topic, set()).add(listener)

    def unlisten() -> None:
        with _lock:
            _listeners.get(topic, set()).discard(listener)

    return unlisten
