"""The match after a match: a rematch, or the next one of a chain. The same options and control, a new seed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from games.host.effects import NewMatch, SeatTaken
from games.host.entries import FOLD, Entry, Sit, chained, genesis, seed_hash, text
from games.host.fold import Fold
from games.host.kinds import ABORTED
from games.protocol.messages import RatedInfo

if TYPE_CHECKING:
    from games.host.tail import Header


def successor(
    fold: Fold, header: Header, players: Mapping[str, int], *, public_id: str, seed: bytes, sits: list[Sit]
) -> NewMatch:
    """The match `public_id`, in which `sits` sit from seat 0 on; it begins if they are enough."""
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
        entries=_entries(digest, sits),
        sitting=tuple(
            SeatTaken(seat, sit.name, players.get(sit.player) if sit.player else None, sit.bot or "")
            for seat, sit in enumerate(sits)
        ),
        began=len(sits) >= fold.needed,
        clock=clock,
        rated=header.rated,
        pool=header.pool,
    )


def rematch(
    fold: Fold, header: Header, players: Mapping[str, int], rated: RatedInfo | None, *, seed: bytes
) -> NewMatch:
    """The match that was agreed on: everybody one seat further, so that another begins."""
    assert fold.rematch is not None
    order = [(seat - 1) % fold.seats for seat in range(fold.seats)]
    sits = [_rated_since(fold.sitting[before], before, rated) for before in order]
    return successor(fold, header, players, public_id=fold.rematch, seed=seed, sits=sits)


def following_of(
    fold: Fold, header: Header, players: Mapping[str, int], new_match: Callable[[], tuple[str, bytes]]
) -> NewMatch | None:
    """In a chain: the match in which all who are still in go on, unless only bots are."""
    assert fold.outcome is not None
    here = [seat for seat in sorted(fold.sitting) if seat not in fold.out]
    staying = list(fold.rules.carried(fold.state, here))
    people = any(fold.sitting[seat].bot is None for seat in staying)
    if not fold.rules.chain or fold.outcome.reason == ABORTED or not people:
        return None
    public_id, seed = new_match()
    sits = [fold.sitting[seat] for seat in staying]
    return successor(fold, header, players, public_id=public_id, seed=seed, sits=sits)


def _rated_since(sit: Sit, seat: int, rated: RatedInfo | None) -> Sit:
    """Who sat at `seat` of a match, as they sit down at the next one: with the rating that the match has given them."""
    now = None if rated is None else rated.seats[seat]
    return sit if now is None else msgspec.structs.replace(sit, rating=now[1], provisional=now[2])


def _entries(digest: str, sits: list[Sit]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for seat, sit in enumerate(sits):
        entries.append(chained(digest, n=seat + 1, kind="sit", seat=seat, c=None, ms=0, body=text(sit)))
        digest = entries[-1].digest
    return tuple(entries)
