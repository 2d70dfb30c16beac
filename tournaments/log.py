"""The stored log of a tournament: its fold as this process remembers it, and new lines.

`reading` gives the fold to whoever shows it; `writing` locks the tournament first, so that lines follow each other. The
fold in memory is a cache: it is read on from the last line that it has, and folded anew where that line is not there.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import transaction
from django.db.models.functions import Now

from games.models import Match
from tournaments.formats.entries import AnyBody, Line, kind_of, read, text
from tournaments.formats.fold import Fold
from tournaments.models import Entry, Tournament

REMEMBERED = 32
"""Tournaments whose fold a process keeps: one of 500 players is about 4 MB at its end; more than so many at once are
not running anywhere."""


class _Known:
    """A fold, and the row of its last line."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.fold = Fold()
        self.last_pk = 0


_known: OrderedDict[str, _Known] = OrderedDict()
_lock = threading.Lock()


@contextmanager
def reading(tournament: Tournament) -> Iterator[Fold]:
    """The fold after the last stored line; nobody changes it in here."""
    known = _known_of(tournament.public_id)
    with known.lock:
        _catch_up(known, tournament)
        yield known.fold


@contextmanager
def writing(tournament: Tournament) -> Iterator[tuple[Tournament, Fold, int]]:
    """The tournament's row, locked until the end of the transaction in which this must be called; its fold; and the
    database's time in Unix milliseconds."""
    row = Tournament.objects.select_for_update().annotate(now=Now()).get(pk=tournament.pk)
    with reading(row) as fold:
        yield row, fold, ms_of(row.now)


def append(tournament: Tournament, after_n: int, bodies: Iterable[AnyBody], *, match: Match | None = None) -> None:
    """Store lines behind line `after_n`, in the caller's transaction, which has the tournament's lock. The fold follows
    when it is read again. `match`: of a result."""
    assert transaction.get_connection().in_atomic_block, "a line without its transaction"
    Entry.objects.bulk_create(
        Entry(tournament=tournament, n=n, kind=kind_of(body), body=text(body), match=match)
        for n, body in enumerate(bodies, after_n + 1)
    )


def ms_of(moment: datetime) -> int:
    """Unix milliseconds."""
    return round(moment.timestamp() * 1000)


def moment_of(ms: int) -> datetime:
    """The moment of Unix milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _known_of(public_id: str) -> _Known:
    with _lock:
        known = _known.pop(public_id, None) or _Known()
        _known[public_id] = known
        if len(_known) > REMEMBERED:
            _known.popitem(last=False)
        return known


def _catch_up(known: _Known, tournament: Tournament) -> None:
    lines = _lines(tournament, known.fold.n)
    if known.fold.n and (not lines or lines[0][0] != known.last_pk):
        # What was read belonged to a transaction that was given up: this has never happened.
        known.fold, known.last_pk = Fold(), 0
        lines = _lines(tournament, 0)
    elif known.fold.n:
        lines = lines[1:]
    for pk, n, body, at in lines:
        known.fold.apply(Line(n, ms_of(at), read(body)))
        known.last_pk = pk


def _lines(tournament: Tournament, from_n: int) -> list[tuple[int, int, str, datetime]]:
    rows = Entry.objects.filter(tournament_id=tournament.pk, n__gte=from_n).order_by("n")
    return list(rows.values_list("pk", "n", "body", "at"))
