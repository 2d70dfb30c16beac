"""What rated matches have done to ratings, as players are told it. Read by owners of matches that are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from games.host.entries import MatchId
from games.models import Match, Seat
from games.protocol.messages import RatedInfo
from players.ratings.scale import is_provisional

_FIELDS = ("match_id", "index", "rating_before", "rating_after", "deviation_after")

Told = tuple[int, int, bool]


def ratings_told(matches: Collection[MatchId]) -> dict[MatchId, RatedInfo]:
    """Of those that have been rated. Two queries, or none."""
    if not matches:
        return {}
    seats = _seats(matches)
    rows = Match.objects.filter(pk__in=matches, rated=True).values_list("pk", "seats", "uncounted")
    return {
        MatchId(match): RatedInfo(tuple(seats[match].get(seat) for seat in range(count)), why or None)
        for match, count, why in rows
        if why or seats[match]
    }


def rated_of(match: Match, seats: Sequence[Seat | None]) -> RatedInfo | None:
    """The same of a match whose seats (by index) are at hand; None where it is not rated, or not yet. No query."""
    told = tuple(None if seat is None else told_of(seat) for seat in seats)
    if not match.rated or not (match.uncounted or any(told)):
        return None
    return RatedInfo(told, match.uncounted or None)


def told_of(seat: Seat) -> Told | None:
    """Before, after, and whether that is provisional; None where nothing changed."""
    before, after, deviation = seat.rating_before, seat.rating_after, seat.deviation_after
    return None if before is None or after is None or deviation is None else _told(before, after, deviation)


def _told(before: float, after: float, deviation: float) -> Told:
    return round(before), round(after), is_provisional(deviation)


def _seats(matches: Collection[MatchId]) -> defaultdict[int, dict[int, Told]]:
    found: defaultdict[int, dict[int, Told]] = defaultdict(dict)
    rows = Seat.objects.filter(match_id__in=matches, rating_after__isnull=False)
    for match, seat, before, after, deviation in rows.values_list(*_FIELDS):
        found[match][seat] = _told(before, after, deviation)
    return found
