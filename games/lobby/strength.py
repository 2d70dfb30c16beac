"""How strong those are who sit at rated matches: a query for each pool that is being played in, whoever sits there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from players.ratings.selectors import Shown, ratings_of


class Rated(NamedTuple):
    """A player (primary key) who sits at a rated match of this game, in this pool."""

    game: str
    pool: str
    player: int


def strengths(wanted: Iterable[Rated]) -> Mapping[Rated, Shown]:
    """The rating that each of them has now."""
    pools: dict[tuple[str, str], set[int]] = {}
    for game, pool, player in wanted:
        pools.setdefault((game, pool), set()).add(player)
    return {
        Rated(game, pool, player): shown
        for (game, pool), players in pools.items()
        for player, shown in ratings_of(players, game=game, pool=pool).items()
    }
