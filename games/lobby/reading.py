"""Reads the lobby's picture from the database: a handful of queries over indexes, however many matches there are.

Called by the process for the hub, on its database threads. Only listed matches are ever looked at, and of each only
what a list shows: nothing that could tell of a game's state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

import msgspec

from games.lobby import selectors
from games.lobby.strength import Rated, strengths
from games.lobby.tv import chosen
from games.models import Match, Seat, Status
from games.protocol.messages import ListedClock, ListedMatch, ListedSeat, LobbyCounts, Picture
from players.ratings.selectors import Shown

# Lines of each list: more than a page shows beside its games, so that one which vanishes is replaced at once. With the
# changes of all of them a frame stays below 16 KiB.
ROWS: Final = 24
# Names of each line: two fit, and the rest is a number.
NAMES: Final = 4

Facts = Mapping[str, Any]
Lines = dict[str, ListedMatch]
_FACTS = ("pk", "public_id", "game", "seats", "clock", "rated", "pool", "created_at")
_SITTING = ("match_id", "index", "name", "bot", "player_id", "player__public_id")


def picture(tv: Mapping[str, str]) -> Picture:
    """The picture as it is now. `tv`: what was watched before, which goes on until it is over."""
    waiting, live = lists()
    return Picture(open=waiting, live=live, tv=chosen(tv), counts=counts())


def lists() -> tuple[Lines, Lines]:
    """The newest matches with an open seat, and the newest under way; by public id, the newest first."""
    waiting, live = _newest(Status.WAITING), _newest(Status.LIVE)
    rows = _rows([*waiting, *live])
    return _lines(waiting, rows), _lines(live, rows)


def counts() -> LobbyCounts:
    """How many there are in all."""
    return LobbyCounts(selectors.people_count(), _count(Status.WAITING), _count(Status.LIVE))


def _lines(matches: Sequence[Facts], rows: Mapping[int, ListedMatch]) -> Lines:
    return {match["public_id"]: rows[match["pk"]] for match in matches}


def _newest(status: str) -> list[Facts]:
    """In the order of the index `match_open`."""
    matches = Match.objects.filter(status=status, listed=True).order_by("-created_at", "-pk")
    return list(matches.values(*_FACTS)[:ROWS])


def _count(status: str) -> int:
    return Match.objects.filter(status=status, listed=True).count()


def _rows(matches: Sequence[Facts]) -> dict[int, ListedMatch]:
    """The lines, by primary key."""
    sitting = _sitting(matches)
    known = strengths(
        Rated(match["game"], match["pool"], seat["player_id"])
        for match in matches
        if match["rated"]
        for seat in sitting[match["pk"]]
        if seat["player_id"] is not None
    )
    return {match["pk"]: _row(match, sitting[match["pk"]], known) for match in matches}


def _sitting(matches: Sequence[Facts]) -> dict[int, list[Facts]]:
    """By match. People come first: a crowd of practice opponents says nothing about who is there."""
    found: dict[int, list[Facts]] = {match["pk"]: [] for match in matches}
    for seat in Seat.objects.filter(match_id__in=list(found)).order_by("match_id", "bot", "index").values(*_SITTING):
        found[seat["match_id"]].append(seat)
    return found


def _row(match: Facts, sitting: Sequence[Facts], known: Mapping[Rated, Shown]) -> ListedMatch:
    clock = match["clock"]
    return ListedMatch(
        game=match["game"],
        seats=match["seats"],
        taken=len(sitting),
        at=_unix_ms(match["created_at"]),
        sitting={str(seat["index"]): _seat(match, seat, known) for seat in islice(sitting, NAMES)},
        clock=None if clock is None else msgspec.convert(clock, ListedClock),
        rated=match["rated"],
    )


def _seat(match: Facts, seat: Facts, known: Mapping[Rated, Shown]) -> ListedSeat:
    shown = known.get(Rated(match["game"], match["pool"], seat["player_id"])) if match["rated"] else None
    return ListedSeat(
        name=seat["name"],
        player=seat["player__public_id"],
        bot=seat["bot"] or None,
        rating=None if shown is None else shown.rating,
        provisional=shown is not None and shown.provisional,
    )


def _unix_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
