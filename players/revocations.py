"""Rows of what was revoked, so that a process that did not hear of it finds out within seconds, and after a restart.

`signals.py` writes them; the process object looks at them. The quick way to other processes is `revoked.tell`.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Final

from django.db import Error
from django.db.models.functions import Now

from players import identity, revoked
from players.models import Revocation
from players.threads import DatabaseThreads

logger = logging.getLogger(__name__)

# The layer tells within milliseconds; this is for when it lost the message or is away.
LOOK_S: Final = 5.0
# A row is seen when its transaction has committed, which may be later than its time says.
LATE: Final = timedelta(seconds=60)
# As long as a revocation matters: no resume token lives longer.
KEPT: Final = timedelta(milliseconds=revoked.KEPT_MS)


def keep(*, session: str = "", player: int | None = None, since_ms: int, banned: bool = False) -> None:
    """Write it down, and sweep out what is too old to matter, so that the rows stay few.

    A failure is only logged: what was revoked is revoked in this process, and the request has done its work.
    """
    try:
        Revocation.objects.filter(at__lt=Now() - KEPT).delete()
        Revocation.objects.create(session=session, player=player, since_ms=since_ms, banned=banned)
    except Error:
        logger.exception("a revocation was not stored")


def end_session(key: str) -> None:
    """The session with this key is over: signed out, or gone on under another key. Its sockets close everywhere."""
    prefix = identity.session_prefix(key)
    keep(session=prefix, since_ms=revoked.revoke_session(prefix))


class Revocations:
    """What this process has not yet heard of."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads
        self._looked_s: float | None = None

    async def look(self) -> None:
        """Read the rows since the last look, or all that still matter. Raises DatabaseError; the next look makes up."""
        now_s = time.monotonic()
        within = KEPT if self._looked_s is None else timedelta(seconds=now_s - self._looked_s) + LATE
        for session, player, since_ms, banned in await self._threads.run(_rows, min(within, KEPT)):
            revoked.hear(session or None, player, since_ms, banned=banned)
        self._looked_s = now_s


def _rows(within: timedelta) -> list[tuple[str, int | None, int, bool]]:
    recent = Revocation.objects.filter(at__gte=Now() - within).order_by("at")
    return list(recent.values_list("session", "player", "since_ms", "banned"))
