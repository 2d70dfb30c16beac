"""Who is on the page of a tournament: noted in memory at each of its polls, stored for all processes once a second.

The API notes, the runner stores and reads. Lossy: who is missed once is seen at the next poll.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import timedelta

from django.db.models.functions import Now

from games.lobby import selectors as lobby
from tournaments.formats.entries import PlayerId
from tournaments.models import Presence, Tournament

HERE = timedelta(seconds=15)
"""After the last poll. Pages poll every two to eight seconds."""
HIDDEN = timedelta(seconds=75)
"""After the last poll, while a socket of theirs is open: browsers let a page that was long in the background do
something only once a minute."""

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
    polled = Presence.objects.filter(tournament=tournament)
    here = set(polled.filter(seen_at__gte=Now() - HERE).values_list("player_id", "player__public_id"))
    quiet = polled.filter(seen_at__lt=Now() - HERE, seen_at__gte=Now() - HIDDEN)
    in_background = dict(quiet.values_list("player_id", "player__public_id"))
    connected = lobby.present(in_background) if in_background else set()
    return {PlayerId(name) for _pk, name in here} | {PlayerId(in_background[pk]) for pk in connected}


def leave(tournament: Tournament, matches: Iterable[int]) -> None:
    """Who has just ended one of these matches (primary keys) is still at its board, until they are seen again."""
    Presence.objects.filter(tournament=tournament, player__seats__match__in=list(matches)).delete()


def forget(tournament: Tournament) -> None:
    """It is over: nobody is paired any more."""
    Presence.objects.filter(tournament=tournament).delete()
