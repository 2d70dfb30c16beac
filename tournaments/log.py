"""The stored log of a tournament: its fold as this process remembers it, and new lines.

`writing` locks the tournament first, so that lines follow each other. A fold in memory is a cache: it is read on from
the last line that it has, and folded anew where that line is not there any more.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import transaction

from tournaments.formats.entries import AnyBody, Line, Result, kind_of, read, text
from tournaments.formats.fold import Fold
from tournaments.models import Entry, Tournament

REMEMBERED = 32
"""Tournaments whose fold is kept: one of 500 players is a few MB at its end, and more at once run nowhere."""

_Row = tuple[int, str, datetime]


class _Known:
    """A fold, and the last line in it as it was stored."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.fold = Fold()
        self.last: _Row | None = None


class Folds:
    """The folds that one kind of reader keeps, the longest unused forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def reading(self, tournament: Tournament) -> Iterator[Fold]:
        """The fold after the last stored line; nobody else reads it meanwhile, and nobody changes it."""
        known = self._of(tournament.public_id)
        with known.lock:
            _catch_up(known, tournament)
            yield known.fold

    def _of(self, public_id: str) -> _Known:
        with self._lock:
            known = self._known.pop(public_id, None) or _Known()
            self._known[public_id] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return known


shown = Folds()
"""For pages: they never wait for a pairing that is being worked out."""
run = Folds()
"""For who writes."""


@contextmanager
def writing(tournament: Tournament) -> Iterator[tuple[Tournament, Fold]]:
    """The tournament's row, locked until the end of the transaction in which this must be called, and its fold."""
    row = Tournament.objects.select_for_update().get(pk=tournament.pk)
    with run.reading(row) as fold:
        yield row, fold


def append(
    tournament: Tournament, after_n: int, bodies: Iterable[AnyBody], matches: Mapping[str, int] | None = None
) -> None:
    """Store lines behind line `after_n`, in the caller's transaction, which has the tournament's lock. The fold follows
    when it is read again. `matches`: primary keys by public id, for results."""
    assert transaction.get_connection().in_atomic_block, "a line without its transaction"
    Entry.objects.bulk_create(
        Entry(
            tournament=tournament,
            n=n,
            kind=kind_of(body),
            body=text(body),
            match_id=(matches or {})[body.match] if isinstance(body, Result) else None,
        )
        for n, body in enumerate(bodies, after_n + 1)
    )


def ms_of(moment: datetime) -> int:
    """Unix milliseconds."""
    return round(moment.timestamp() * 1000)


def moment_of(ms: int) -> datetime:
    """The moment of Unix milliseconds."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _catch_up(known: _Known, tournament: Tournament) -> None:
    rows = _rows(tournament, known.fold.n)
    if known.last is not None and (not rows or rows[0] != known.last):
        # What was read belonged to a transaction that was given up: it has never happened.
        known.fold, known.last = Fold(), None
        rows = _rows(tournament, 0)
    for row in rows if known.last is None else rows[1:]:
        n, body, at = row
        known.fold.apply(Line(n, ms_of(at), read(body)))
        known.last = row


def _rows(tournament: Tournament, from_n: int) -> list[_Row]:
    rows = Entry.objects.filter(tournament_id=tournament.pk, n__gte=from_n).order_by("n")
    return list(rows.values_list("n", "body", "at"))
