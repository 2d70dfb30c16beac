"""Who is on the page of a tournament: noted in memory at each of its polls, stored for all processes once a second.

The API notes, the runner stores and reads. Lossy: who is missed once is seen at the next poll.
"""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db.models.functions import Now

from tournaments.formats.entries import PlayerId
from tournaments.models import Presence, Tournament

HERE = timedelta(seconds=15)
"""After the last poll. Pages poll every two to five seconds; a page in the background every ten, and is still here."""

_lock = threading.Lock()
_seen: set[tuple[int, int]] = set()
# Nobody is stored in one statement beyond this: a tournament has at most 500 players, and a few may run at once.
_MOST = 5_000


def seen(tournament: int, player: int) -> None:
    """A player (primary keys) looks at a tournament that they are in."""
    with _lock:
        if len(_seen) < _MOST:
            _seen.add((tournament, player))


def store() -> None:
    """Write down who was seen since the last time. One statement."""
    with _lock:
        noted = sorted(_seen)
        _seen.clear()
    rows = [Presence(tournament_id=tournament, player_id=player, seen_at=Now()) for tournament, player in noted]
    if rows:
        Presence.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["tournament", "player"], update_fields=["seen_at"]
        )


def present(tournament: Tournament) -> set[PlayerId]:
    """Who is here, in whatever process."""
    here = Presence.objects.filter(tournament=tournament, seen_at__gte=Now() - HERE)
    return {PlayerId(one) for one in here.values_list("player__public_id", flat=True)}


def forget(tournament: Tournament) -> None:
    """It is over: nobody is paired any more."""
    Presence.objects.filter(tournament=tournament).delete()
