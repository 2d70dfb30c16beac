"""A stretch of a real-time record for players to watch: the state at a moment, then what each tick changed.

Folded here from the nearest snapshot rather than kept as frames: what is stored are inputs, a few bytes for each, where
frames are twenty to a hundred bytes a tick; and no moment is more than 1,000 ticks from a snapshot. Called by
`watching.py`. Pure but for the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from games.host.entries import Entry
from games.host.fold import Fold
from games.host.frames import sees_late
from games.host.kinds import Change, ticks_of
from games.replay import spectator_view


def stretch(fold: Fold, entries: Iterable[Entry], *, at_ms: int, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """What a spectator saw from `at_ms` on, about `limit` frames, and whether there is more.

    `fold` and `entries` begin at or before that moment. The first frame is the state at it, whole; the others have
    `d`, a patch to the one before, where the game tells one. Frames of the same millisecond stay together.
    """
    told: list[dict[str, Any]] = []
    before: tuple[Fold, Change | None] | None = (fold.copy(), None)
    for old, new, change in _versions(fold, entries):
        if not told and new.ms > at_ms and before is not None:
            told.append(_frame(None, *before))
        if told:
            if len(told) >= limit and new.ms > told[-1]["ms"]:
                return told, True
            told.append(_frame(old, new, change))
        before = (new, change)
    if not told and before is not None:
        told.append(_frame(None, *before))
    return told, False


def _versions(fold: Fold, entries: Iterable[Entry]) -> Iterator[tuple[Fold, Fold, Change]]:
    """Each version with the one before it."""
    for entry in entries:
        if entry.kind == "chunk":
            for moves in ticks_of(fold, entry):
                old, fold = fold, fold.copy()
                yield old, fold, fold.tick(moves)
            fold = fold.noted(entry)
        else:
            old = fold
            fold, change = old.after(entry)
            if change.raised:
                yield old, fold, change


def _frame(old: Fold | None, new: Fold, change: Change | None) -> dict[str, Any]:
    frame: dict[str, Any] = {
        "v": new.v,
        "ms": new.ms,
        "status": new.status,
        "result": msgspec.to_builtins(new.outcome) if new.over else None,
    }
    if change is not None and change.by:
        frame["by"] = msgspec.to_builtins(change.by, str_keys=True)
    if change is not None and change.host is not None:
        frame["host"] = msgspec.to_builtins(change.host, str_keys=True)
    patch = _patch(old, new, change)
    if patch is None:
        frame["view"] = spectator_view(new)
    else:
        frame["d"] = msgspec.to_builtins(patch, str_keys=True)
    return frame


def _patch(old: Fold | None, new: Fold, change: Change | None) -> Any:
    if old is None or change is None or change.whole or sees_late(new.rules):
        return None
    if not change.stepped:
        return {}
    return new.rules.changes(old.state, new.state, None, new.rules.shared(old.state, new.state))
