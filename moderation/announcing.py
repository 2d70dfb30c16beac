"""What the house tells everybody, and one player: for the head of every page.

Announcements are read from the database at most every two seconds by each process, however many pages are asked for. A
notice is looked for once for each page of a player who is signed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from moderation.models import Announcement, Notice
from players.models import Player

FRESH_S = 2.0
"""So old may what a page shows be: nobody reads faster, and 1,000 pages a second cost half a query."""
# On one page: more banners than that are a wall, and nobody reads walls.
MOST = 3
COOKIE = "put_away"


class Told(NamedTuple):
    """An announcement as pages need it. `key`: what a browser remembers that it has put away."""

    key: str
    level: str
    en: str
    ko: str

    @property
    def text(self) -> str:
        """In the active language."""
        return self.ko if (get_language() or "").startswith("ko") and self.ko else self.en


class Board:
    """The announcements that hold now, kept for `FRESH_S`. On any thread: two that look at once read twice."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._read_s = float("-inf")
        self._told: tuple[Told, ...] = ()

    def now(self) -> tuple[Told, ...]:
        """The newest first. While the database is away, as it was: the page that says so shows announcements, too."""
        now_s = self._now_s()
        if now_s - self._read_s >= FRESH_S:
            with suppress(DatabaseError):
                self._told = _read()
            self._read_s = now_s
        return self._told

    def forget(self) -> None:
        """Read anew next time: an admin wants to see at once what they have written."""
        self._read_s = float("-inf")


board = Board()


def _read() -> tuple[Told, ...]:
    holding = Announcement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=Now()), begins_at__lte=Now())
    rows = holding.order_by("-begins_at").values_list("pk", "level", "text_en", "text_ko")[:MOST]
    return tuple(Told(_key(pk, en, ko), level, en, ko) for pk, level, en, ko in rows)


def _key(pk: int, en: str, ko: str) -> str:
    """Another one when the text changes: then it is shown again."""
    return blake2b(f"{pk}\n{en}\n{ko}".encode(), digest_size=6).hexdigest()


def shown(request: HttpRequest) -> list[Told]:
    """Those that this browser has not put away."""
    away = set(request.COOKIES.get(COOKIE, "").split("."))
    return [one for one in board.now() if one.key not in away]


def notices(request: HttpRequest) -> list[Notice]:
    """What this player alone is told; nobody asks the database for a stranger."""
    # A request that was refused before authentication has nobody.
    player = getattr(request, "user", None)
    if not isinstance(player, Player):
        return []
    return list(Notice.objects.filter(player=player, seen_at=None).order_by("-pk")[:MOST])


def context(request: HttpRequest) -> dict[str, Any]:
    """Django's context processor. Lazy: a page that shows neither costs nothing."""
    return {
        "announcements": SimpleLazyObject(lambda: shown(request)),
        "notices": SimpleLazyObject(lambda: notices(request)),
    }
