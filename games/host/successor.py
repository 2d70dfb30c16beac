"""The match after a match: a rematch, or the next one of a chain. The same options and control, a new seed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from games.host.effects import NewMatch, SeatTaken
from games.host.entries import FOLD, Entry, chained, genesis, seed_hash, text
from games.host.fold import Fold

if TYPE_CHECKING:
    from games.host.tail import Header


def successor(
    fold: Fold, header: Header, players: dict[str, int], *, public_id: str, seed: bytes, order: list[int]
) -> NewMatch:
    """The match `public_id`, in which seat i is taken by who sat at `order[i]`; it begins if they are enough."""
    rules, hashed = fold.rules, seed_hash(seed)
    clock = None if fold.control is None else msgspec.to_builtins(fold.control)
    digest = genesis(
        game=rules.name,
        edition=rules.edition,
        fold=FOLD,
        options=header.facts.options,
        seats=fold.seats,
        hashed_seed=hashed,
        clock=clock,
    )
    entries: list[Entry] = []
    sitting: list[SeatTaken] = []
    for seat, before in enumerate(order):
        sit = fold.sitting[before]
        entry = chained(digest, n=seat + 1, kind="sit", seat=seat, c=None, ms=0, body=text(sit))
        digest = entry.digest
        entries.append(entry)
        pk = None if sit.player is None else players.get(sit.player)
        sitting.append(SeatTaken(seat, sit.name, pk, sit.bot or ""))
    return NewMatch(
        public_id=public_id,
        game=rules.name,
        edition=rules.edition,
        fold=FOLD,
        options=header.facts.options,
        seats=fold.seats,
        listed=header.listed,
        seed=seed.hex(),
        seed_hash=hashed,
        created_by=None,
        rematch_of=header.id,
        entries=tuple(entries),
        sitting=tuple(sitting),
        began=len(order) >= fold.needed,
        clock=clock,
    )
