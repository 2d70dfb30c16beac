"""What this app keeps about a person: told in their export, and forgotten when they delete themselves.

Called by `players.export`, where `apps.py` registers it. Records stay: they are also those of everyone else who sat
there. Only the name goes, from the seats here and, by what `gone.py` does, from everything that is told of the log.
"""

from __future__ import annotations

from typing import Any

from games.models import Match, Seat
from players.gone import NAME
from players.models import Player


def matches_of(player: Player) -> list[dict[str, Any]]:
    """Where the player sat, and how it ended; the moves are in each record, `/api/matches/<id>/record`."""
    seats = Seat.objects.filter(player=player).select_related("match").order_by("match")
    return [_told(seat, seat.match) for seat in seats.iterator(chunk_size=1_000)]


def seats_forget(player: Player) -> None:
    """The player's seats keep their place and score, and lose the name."""
    Seat.objects.filter(player=player).update(name=NAME)


def _told(seat: Seat, match: Match) -> dict[str, Any]:
    same = ("game", "status", "rated", "created_at", "started_at", "finished_at", "result")
    own = {"match": match.public_id, "seat": seat.index, "name": seat.name, "score": seat.score}
    return own | {name: getattr(match, name) for name in same}
