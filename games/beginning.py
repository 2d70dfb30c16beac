"""A new match as the journal writes it: its seed, the first entries of its log, and who sits down in them.

`services.py` decides what may begin and stores it; the host makes the match after a match by itself
(`host/successor.py`). Touches no table.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from games.host import bots
from games.host.effects import NewMatch, SeatTaken
from games.host.entries import FOLD, SEED_BYTES, Entry, Sit, chained, genesis, seed_hash, text
from games.rules.catalog import AnyRules
from players.ids import new_id

Sits = dict[int, tuple[Sit, int | None]]
"""Who sits down, in this order, by seat; with the primary key for the `Seat` row."""


class Facts(NamedTuple):
    """What a new match is, besides who sits at it."""

    rules: AnyRules
    options: dict[str, Any]
    clock: dict[str, Any] | None
    seats: int
    listed: bool
    rated: bool
    pool: str


def new_match(facts: Facts, sits: Sits, *, created_by: int | None, began: bool) -> NewMatch:
    """With a seed of its own, drawn now. `created_by`: a player's primary key."""
    rules, options, clock, seats, listed, rated, pool = facts
    seed = secrets.token_bytes(SEED_BYTES)
    hashed = seed_hash(seed)
    start = genesis(
        game=rules.name,
        edition=rules.edition,
        fold=FOLD,
        options=options,
        seats=seats,
        hashed_seed=hashed,
        clock=clock,
    )
    return NewMatch(
        public_id=new_id(),
        game=rules.name,
        edition=rules.edition,
        fold=FOLD,
        options=options,
        seats=seats,
        listed=listed,
        seed=seed.hex(),
        seed_hash=hashed,
        created_by=created_by,
        rematch_of=None,
        entries=_sit_entries(start, sits),
        sitting=tuple(SeatTaken(seat, sit.name, pk, sit.bot or "") for seat, (sit, pk) in sits.items()),
        began=began,
        clock=clock,
        rated=rated,
        pool=pool,
    )


def _sit_entries(digest: str, sits: Sits) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for n, (seat, (sit, _pk)) in enumerate(sits.items(), 1):
        entries.append(chained(digest, n=n, kind="sit", seat=seat, c=None, ms=0, body=text(sit)))
        digest = entries[-1].digest
    return tuple(entries)


def practice_sits(seats: Sequence[int]) -> Sits:
    """Practice opponents at these seats, told apart by number."""
    names = bots.names(len(seats))
    return {seat: (Sit(name=name, bot=bots.PRACTICE), None) for seat, name in zip(seats, names, strict=True)}
