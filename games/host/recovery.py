"""From what is stored back to a fold: the newest snapshot that fits, then the entries after it. Pure.

The store fills `Loaded`; the driver, the replays and `verifyrecords` fold it with the one function below.
"""

from __future__ import annotations

from typing import Any

import msgspec

from games.host.clock import Control
from games.host.entries import Entry, MatchId, genesis
from games.host.fold import Fold
from games.host.snapshot import restore
from games.protocol.messages import RatedInfo
from games.rules import catalog


class Loaded(msgspec.Struct, frozen=True):
    """A stored match: its header, and its log from the snapshot on.

    `options` are builtins; `players`: primary keys by public id, of those who sit; `snapshot`: bytes of
    `snapshot.save`, None: fold from the beginning; `entries`: all that follow it, in order; `renamed`: by seat, what
    those are called who are gone; `clock`: builtins of the time control; `gap_ms`: how long ago, by the database's
    clock, the last entry was stored; `ratings`: what the match has done to ratings, where that is known.
    """

    id: MatchId
    public_id: str
    game: str
    edition: int
    fold: int
    options: Any
    seats: int
    listed: bool
    seed: bytes
    seed_hash: str
    players: dict[str, int]
    snapshot: bytes | None
    entries: tuple[Entry, ...]
    renamed: dict[int, str] = {}
    clock: Any = None
    gap_ms: int = 0
    rated: bool = False
    pool: str = ""
    ratings: RatedInfo | None = None


def begin(loaded: Loaded) -> Fold:
    """The fold before the first entry; raises UnknownGame where this process lacks the edition."""
    rules = catalog.edition_of(loaded.game, loaded.edition)
    digest = genesis(
        game=loaded.game,
        edition=loaded.edition,
        fold=loaded.fold,
        options=loaded.options,
        seats=loaded.seats,
        hashed_seed=loaded.seed_hash,
        clock=loaded.clock,
    )
    options = msgspec.convert(loaded.options, rules.options)
    control = None if loaded.clock is None else msgspec.convert(loaded.clock, Control)
    return Fold.begin(rules, options=options, seats=loaded.seats, seed=loaded.seed, genesis=digest, control=control)


def fold_of(loaded: Loaded) -> Fold:
    """The match as its log tells it. Raises UnknownGame; ValueError where the log does not continue."""
    fold = fold_from(loaded)
    for entry in loaded.entries:
        fold.apply(entry)
    return _called(fold, loaded)


def fold_from(loaded: Loaded) -> Fold:
    """The fold that `loaded.entries` continue. Raises UnknownGame; msgspec's errors where the snapshot does not fit."""
    if loaded.snapshot is None:
        return begin(loaded)
    return _called(_from_snapshot(loaded, loaded.snapshot), loaded)


def _called(fold: Fold, loaded: Loaded) -> Fold:
    """Whoever has deleted themselves since is shown without the name that the log has."""
    called = {
        seat: msgspec.structs.replace(fold.sitting[seat], name=loaded.renamed[seat])
        for seat in loaded.renamed.keys() & fold.sitting.keys()
    }
    if called:
        fold.sitting = {**fold.sitting, **called}
    return fold


def _from_snapshot(loaded: Loaded, saved: bytes) -> Fold:
    rules = catalog.edition_of(loaded.game, loaded.edition)
    options = msgspec.convert(loaded.options, rules.options)
    return restore(saved, rules, options=options, seats=loaded.seats, seed=loaded.seed)
