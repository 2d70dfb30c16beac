"""Matches for tests, written into the database without a host: entries chained and folded as the host would."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from games import services
from games.host.effects import Began, Sealed, SeatTaken
from games.host.entries import Aborted, Answered, Ended, Entry, MatchId, Offered, Sit, chained, text
from games.host.fold import Fold
from games.journal import records
from games.models import Entry as EntryRow
from games.models import Match
from games.replay import fold_to
from games.selectors import record_whole
from players.models import Player
from players.services import guest_create

# Seat 0 wins in the first column.
FIRST_WINS = (0, 1, 0, 1, 0, 1, 0)


def guest(name: str = "") -> Player:
    player = guest_create(language="en")
    if name:
        player.name = name
        player.save()
    return player


def opened(by: Player | None = None, **wish: Any) -> Match:
    """A match in which `by` sits at seat 0 and the other seat is free."""
    facts = {"game": "connect-four", "options": {}, "seat": 0} | wish
    return services.match_create(by=by or guest(), **facts)


@transaction.atomic
def joined(match: Match, other: Player | None = None) -> Match:
    """`other` sits down at seat 1, and the match begins."""
    other = other or guest()
    _append(match, "sit", 1, None, text(Sit(name=other.name, player=other.public_id)))
    _change(match, SeatTaken(1, other.name, other.pk, ""))
    _change(match, Began())
    return _fresh(match)


@transaction.atomic
def played(match: Match | None = None, moves: Iterable[Any] = FIRST_WINS) -> Match:
    """`moves` played in turn; sealed where they end the match."""
    match = match or joined(opened())
    for move in moves:
        fold = _fold(match)
        (seat,) = fold.turns
        _append(match, "move", seat, fold.cs[seat] + 1, text(move))
    return _sealed(match) if _fold(match).outcome else _fresh(match)


@transaction.atomic
def taken_back(match: Match) -> Match:
    """Seat 0 asks for its last move back, and seat 1 agrees."""
    _append(match, "offer", 0, _fold(match).cs[0] + 1, text(Offered("takeback")))
    _append(match, "answer", 1, _fold(match).cs[1] + 1, text(Answered("takeback", yes=True)))
    return _fresh(match)


@transaction.atomic
def aborted(match: Match | None = None) -> Match:
    match = match or opened()
    _append(match, "abort", None, None, text(Aborted("admin")))
    return _sealed(match)


def _sealed(match: Match) -> Match:
    fold = _fold(match)
    assert fold.outcome is not None
    entry = _append(match, "end", None, None, text(Ended(fold.outcome.scores, fold.outcome.reason)))
    status = "aborted" if fold.outcome.reason == "aborted" else "over"
    _change(match, Sealed(status, fold.outcome.scores, fold.outcome.reason, entry.n, entry.digest, fold.sides))
    return _fresh(match)


def _append(match: Match, kind: Any, seat: int | None, c: int | None, body: str) -> Entry:
    fold = _fold(match)
    entry = chained(fold.digest, n=fold.n + 1, kind=kind, seat=seat, c=c, ms=fold.ms + 7, body=body)
    facts = {"n": entry.n, "kind": kind, "seat": seat, "c": c, "ms": entry.ms, "body": body, "digest": entry.digest}
    EntryRow.objects.create(match_id=match.pk, at=match.created_at, **facts)
    return entry


def _fold(match: Match) -> Fold:
    return fold_to(record_whole(match), 10**6)


def _change(match: Match, wish: Any) -> None:
    dialect = {"sqlite": records.SQLITE, "postgresql": records.POSTGRES}[connection.vendor]
    with connection.cursor() as cursor:
        records.change(cursor, MatchId(match.pk), wish, dialect)


def _fresh(match: Match) -> Match:
    return Match.objects.get(pk=match.pk)
