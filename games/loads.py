"""Matches out of the database, as the fold wants them: header, newest snapshot, and the entries after it.

Read by the driver's threads, many matches at once, since after a restart all players come back together; and by replays
from a moment of a record. Owns nothing and writes nothing. Never called on the event loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Now

from games.host.entries import Entry, MatchId
from games.host.recovery import Loaded
from games.models import Entry as EntryRow
from games.models import Match, Seat
from games.rules.catalog import UnknownGame, edition_of
from players.gone import NAME

# As text, like the chat's: Django would build these two for longer than a database takes to answer, and whoever waits
# for the match waits for that, too.
_NEWEST = """
SELECT s.match_id, s.n, s.state FROM games_snapshot s WHERE s.match_id IN ({matches}) AND s.n = (
    SELECT k.n FROM games_snapshot k JOIN games_entry e ON e.match_id = k.match_id AND e.n = k.n AND e.digest = k.digest
    WHERE k.match_id = s.match_id {before} ORDER BY k.n DESC LIMIT 1)"""
_BEFORE = "AND k.n <= (SELECT n FROM games_entry WHERE match_id = k.match_id AND ms <= %s ORDER BY n DESC LIMIT 1)"

_LINE = "match_id", "n", "kind", "seat", "c", "ms", "body", "digest"


def match_load(match: MatchId, *, by_ms: int | None = None, whole: bool = False) -> Loaded:
    """One match. Raises `Match.DoesNotExist`.

    `by_ms`: the newest snapshot before that charged time instead; `whole`: no snapshot, but all entries.
    """
    loaded = matches_load([match], by_ms=by_ms, whole=whole)
    if match not in loaded:
        raise Match.DoesNotExist
    return loaded[match]


def matches_load(
    matches: Collection[MatchId], *, by_ms: int | None = None, whole: bool = False
) -> dict[MatchId, Loaded]:
    """Header, newest snapshot that lies on the stored log, and the entries after it, of each match that exists."""
    rows = Match.objects.in_bulk(matches)
    snapshots = {} if whole else _snapshots(matches, by_ms)
    entries = _entries(matches, {match: n for match, (n, _) in snapshots.items()})
    players, renamed = _sitting(matches)
    gaps = _gaps([match for match, row in rows.items() if row.clock is not None or _seen_later(row)])
    return {
        MatchId(match): Loaded(
            id=MatchId(match),
            public_id=row.public_id,
            game=row.game,
            edition=row.edition,
            fold=row.fold,
            options=row.options,
            seats=row.seats,
            listed=row.listed,
            seed=bytes.fromhex(row.seed),
            seed_hash=row.seed_hash,
            players=players[match],
            renamed=renamed[match],
            snapshot=snapshots[match][1] if match in snapshots else None,
            entries=tuple(entries[match]),
            clock=row.clock,
            gap_ms=gaps.get(match, 0),
            rated=row.rated,
            pool=row.pool,
        )
        for match, row in rows.items()
    }


def _entries(matches: Collection[MatchId], after: dict[int, int]) -> defaultdict[int, list[Entry]]:
    """In order, those behind `after` of each match."""
    plain = [match for match in matches if match not in after]
    which = reduce(or_, (Q(match_id=match, n__gt=n) for match, n in after.items()), Q(match_id__in=plain))
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    for match, *line in EntryRow.objects.filter(which).order_by("match_id", "n").values_list(*_LINE):
        entries[match].append(Entry(*line))
    return entries


def _sitting(matches: Collection[MatchId]) -> tuple[defaultdict[int, dict[str, int]], defaultdict[int, dict[int, str]]]:
    """Of each match: primary keys of who sits, by public id; and by seat what those are called now who are gone."""
    players: defaultdict[int, dict[str, int]] = defaultdict(dict)
    renamed: defaultdict[int, dict[int, str]] = defaultdict(dict)
    seats = Seat.objects.filter(match_id__in=matches, player__isnull=False)
    for match, index, name, public_id, pk in seats.values_list(
        "match_id", "index", "name", "player__public_id", "player_id"
    ):
        players[match][public_id] = pk
        if name == NAME:
            renamed[match][index] = name
    return players, renamed


def _seen_later(row: Match) -> bool:
    try:
        return edition_of(row.game, row.edition).spectator_delay_s > 0
    except UnknownGame:
        return False  # whoever folds it will say so


def _gaps(matches: Collection[int]) -> dict[int, int]:
    """How long ago the last entry was stored, in ms by the database's clock."""
    if not matches:
        return {}
    last = EntryRow.objects.filter(match_id=OuterRef("pk")).order_by("-n").values("at")[:1]
    times = Match.objects.filter(pk__in=matches).annotate(at=Subquery(last), now=Now()).values_list("pk", "at", "now")
    return {match: _ms_between(at, now) for match, at, now in times if at is not None}


def _ms_between(at: datetime, now: datetime) -> int:
    return max(0, (now - at) // timedelta(milliseconds=1))


def _snapshots(matches: Collection[MatchId], by_ms: int | None) -> dict[int, tuple[int, bytes]]:
    """Its n and bytes, where there is one. What is not in the log is passed over: a snapshot is only a cache."""
    if not matches:
        return {}
    query = _NEWEST.format(matches=", ".join(["%s"] * len(matches)), before="" if by_ms is None else _BEFORE)
    with connection.cursor() as cursor:
        cursor.execute(query, [*matches] if by_ms is None else [*matches, by_ms])
        return {match: (n, bytes(state)) for match, n, state in cursor.fetchall()}
