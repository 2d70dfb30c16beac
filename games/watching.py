"""Reads a stretch of a real-time record for those who watch it afterwards, or from its middle while it lasts.

A selector with a module of its own: it alone loads folds, from snapshots, as the driver does. Changes nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Max
from django.utils.translation import gettext as _

from games.host.entries import MatchId
from games.host.recovery import begin, fold_from
from games.loads import match_load
from games.models import Entry, Match
from games.rules.catalog import UnknownGame
from games.selectors import refuse_early
from games.stretch import stretch
from players.errors import ServiceError


def stretch_of(match: Match, *, at_ms: int, limit: int) -> dict[str, Any]:
    """What a spectator saw from `at_ms` on: `{"hz", "ms", "frames", "more"}`; `ms` is the length of the record so far.

    Raises ServiceError: secret while a game lasts that keeps something back; unknown_game where this process lacks its
    edition.
    """
    refuse_early(match)
    pk = MatchId(match.pk)
    try:
        loaded = match_load(pk, by_ms=at_ms)
        try:
            fold = fold_from(loaded)
        except msgspec.MsgspecError:
            loaded = match_load(pk, whole=True)  # a snapshot is only a cache; one that does not fit is passed over
            fold = begin(loaded)
    except UnknownGame:
        raise ServiceError("unknown_game", _("This edition of the game cannot be shown here any more.")) from None
    entries = [one for one in loaded.entries if match.end_n is None or one.n <= match.end_n]
    frames, more = stretch(fold, entries, at_ms=at_ms, limit=limit)
    length_ms = Entry.objects.filter(match_id=pk).aggregate(last=Max("ms"))["last"] or 0
    return {"hz": fold.hz, "ms": length_ms, "frames": frames, "more": more}
