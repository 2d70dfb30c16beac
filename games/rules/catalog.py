"""The games of this process, keyed by name and edition: the only list of games.

A superseded edition stays as its own module, listed in `GAMES` with the newer one, until no unfinished match needs it.
Whoever begins, folds or lists matches asks here; nothing else may import a game.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from games.rules.base import Rules
from games.rules.connect_four import ConnectFour
from games.rules.tic_tac_toe import TicTacToe

AnyRules = Rules[Any, Any]

GAMES: tuple[AnyRules, ...] = (ConnectFour(), TicTacToe())


class UnknownGame(LookupError):
    """This process has no such game, or not in that edition."""


class CatalogError(ValueError):
    """Two games claim the same name and edition: their records could not be told apart; no process starts so."""


def by_edition(games: Iterable[AnyRules]) -> dict[tuple[str, int], AnyRules]:
    """`games` keyed by (name, edition); raises CatalogError where two share a key."""
    found: dict[tuple[str, int], AnyRules] = {}
    for game in games:
        other = found.setdefault((game.name, game.edition), game)
        if other is not game:
            raise CatalogError(
                f"{_path(other)} and {_path(game)} are both edition {game.edition} of {game.name!r}."
                " Give one of them another name, or raise the edition of the newer."
            )
    return found


def _path(game: AnyRules) -> str:
    return f"{type(game).__module__}.{type(game).__qualname__}"


_by_edition = by_edition(GAMES)
# Sorted, so that of each name the highest edition is written last.
_newest: dict[str, AnyRules] = {name: _by_edition[name, edition] for name, edition in sorted(_by_edition)}


def newest(name: str) -> AnyRules:
    """The current edition of a game, for new matches; raises UnknownGame."""
    try:
        return _newest[name]
    except KeyError:
        raise UnknownGame(f"There is no game named {name!r}. Known games: {', '.join(sorted(_newest))}.") from None


def edition_of(name: str, edition: int) -> AnyRules:
    """The very edition that a match was begun with; raises UnknownGame."""
    try:
        return _by_edition[name, edition]
    except KeyError:
        raise UnknownGame(f"This process lacks edition {edition} of the game {name!r}.") from None


def all_newest() -> tuple[AnyRules, ...]:
    """The games that can be started, in the order of `GAMES`."""
    return tuple(game for game in GAMES if _newest[game.name] is game)
