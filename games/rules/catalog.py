"""The games of this process, keyed by name and edition: the only list of games.

A superseded edition stays as its own module, listed in `GAMES` with the newer one, until no unfinished match needs it.
"""

from __future__ import annotations

from typing import Any

from games.rules.base import Rules
from games.rules.connect_four import ConnectFour
from games.rules.tic_tac_toe import TicTacToe

AnyRules = Rules[Any, Any]

GAMES: tuple[AnyRules, ...] = (ConnectFour(), TicTacToe())

_by_edition: dict[tuple[str, int], AnyRules] = {(game.name, game.edition): game for game in GAMES}
_newest: dict[str, AnyRules] = {}
for _game in sorted(GAMES, key=lambda game: game.edition):
    _newest[_game.name] = _game


class UnknownGame(LookupError):
    """This process has no such game, or not in that edition."""


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
