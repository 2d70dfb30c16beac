"""Friends as a page shows them: who they are, whether they are here, and the match that can be watched. Reads only.

Friendships are the players' (`players.company`), presence and matches this app's; here they meet.
"""

from __future__ import annotations

from typing import NamedTuple

from games.lobby.selectors import present
from games.models import Match, Seat, Status
from players.company import selectors
from players.models import Player


class Companion(NamedTuple):
    """A friend. `match`: the newest that they play and that anyone may watch."""

    player: Player
    here: bool
    match: Match | None


def companions_of(player: Player) -> list[Companion]:
    """The friends of `player`, those who are here first, then by name. Three queries, however many they are."""
    friends = selectors.friends_of(player.pk)
    pks = [friend.pk for friend in friends]
    here, playing = present(pks), _playing(pks)
    shown = [Companion(friend, friend.pk in here, playing.get(friend.pk)) for friend in friends]
    return sorted(shown, key=lambda one: not (one.here or one.match))


def _playing(players: list[int]) -> dict[int, Match]:
    seats = Seat.objects.filter(player__in=players, match__status=Status.LIVE, match__listed=True)
    newest: dict[int, Match] = {}
    for seat in seats.select_related("match").order_by("match_id"):
        if seat.player_id is not None:
            newest[seat.player_id] = seat.match
    return newest
