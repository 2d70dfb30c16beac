"""Reads the lobby's picture from the database: a handful of queries over indexes, however many matches there are.

Called by the process for the hub, on its database threads. Only listed matches are ever looked at, and of each only
what a list shows: nothing that could tell of a game's state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

import msgspec

from games.lobby import selectors
from games.lobby.tv import chosen
from games.models import Match, Seat, Status
from games.protocol.messages import ListedClock, ListedMatch, ListedSeat, LobbyCounts, Picture

# Lines of each list: more than a page shows beside its games, so that one which vanishes is replaced at once. With the
# changes of all of them a frame stays below 16 KiB.
ROWS: Final = 24

# Names of each line: two fit, and the rest is a number.
NAMES: Final = 4

_FACTS = ("pk", "public_id", "game", "seats", "clock", "rated", "created_at")


def picture(tv: Mapping[str, str]) -> Picture:
    """The picture as it is now. `tv`: what was watched before, which goes on until it is over."""
    listed = {status: _newest(status) for status in (Status.WAITING, Status.LIVE)}
    sitting = _sitting(match["pk"] for matches in listed.values() for match in matches)
    rows = {
        status: {match["public_id"]: _row(match, sitting.get(match["pk"], {})) for match in matches}
        for status, matches in listed.items()
    }
    counts = LobbyCounts(selectors.people_count(), _count(Status.WAITING), _count(Status.LIVE))
    return Picture(rows[Status.WAITING], rows[Status.LIVE], chosen(tv), counts)


def _newest(status: str) -> list[dict[str, Any]]:
    """In the order of the index `match_open`."""
    matches = Match.objects.filter(status=status, listed=True).order_by("-created_at", "-pk")
    return list(matches.values(*_FACTS)[:ROWS])


def _count(status: str) -> int:
    return Match.objects.filter(status=status, listed=True).count()


def _sitting(matches: Iterable[int]) -> dict[int, dict[str, ListedSeat]]:
    """By match and seat. People come first: a crowd of practice opponents says nothing about who is there."""
    found: dict[int, dict[str, ListedSeat]] = {}
    rows = Seat.objects.filter(match_id__in=list(matches)).order_by("match_id", "bot", "index")
    for match, index, name, bot, player in rows.values_list("match_id", "index", "name", "bot", "player__public_id"):
        found.setdefault(match, {})[str(index)] = ListedSeat(name=name, player=player, bot=bot or None)
    return found


def _row(match: Mapping[str, Any], sitting: dict[str, ListedSeat]) -> ListedMatch:
    clock = match["clock"]
    return ListedMatch(
        game=match["game"],
        seats=match["seats"],
        taken=len(sitting),
        at=_unix_ms(match["created_at"]),
        sitting=dict(islice(sitting.items(), NAMES)),
        clock=None if clock is None else msgspec.convert(clock, ListedClock),
        rated=match["rated"],
    )


def _unix_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
