"""The games of this process, keyed by name and edition: the only list of games.

`GAMES` are Madang's own; those of installed packages (`installed.py`) are looked for at the first question that needs
them. A superseded edition stays as its own module, listed with the newer one, until no unfinished match needs it.
Whoever begins, folds or lists matches asks here; nothing else may import a game.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from games.rules import installed
from games.rules.arena import Arena
from games.rules.base import Rules
from games.rules.battleship import Battleship
from games.rules.connect_four import ConnectFour
from games.rules.installed import Brought, Refused, path_of
from games.rules.light_cycles import LightCycles
from games.rules.rock_paper_scissors import RockPaperScissors
from games.rules.tic_tac_toe import TicTacToe

AnyRules = Rules[Any, Any]

GAMES: tuple[AnyRules, ...] = (
    ConnectFour(),
    LightCycles(),
    Arena(),
    Battleship(),
    TicTacToe(),
    RockPaperScissors(),
)


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
                f"{path_of(other)} and {path_of(game)} are both edition {game.edition} of {game.name!r}."
                " Give one of them another name, or raise the edition of the newer."
            )
    return found


_own = by_edition(GAMES)


@cache
def _brought() -> tuple[tuple[Brought, ...], tuple[Refused, ...]]:
    return installed.brought({game.name for game in GAMES})


@cache
def _by_edition() -> dict[tuple[str, int], AnyRules]:
    return by_edition(every_game())


@cache
def _newest() -> dict[str, AnyRules]:
    # Sorted, so that of each name the highest edition is written last.
    return {key[0]: _by_edition()[key] for key in sorted(_by_edition())}


def every_game() -> tuple[AnyRules, ...]:
    """All games in all their editions: Madang's own, then those of installed packages."""
    return (*GAMES, *(one.rules for one in brought()))


def brought() -> tuple[Brought, ...]:
    """The games of installed packages, each with its package."""
    return _brought()[0]


def refused() -> tuple[Refused, ...]:
    """What installed packages offer and cannot be used; whoever starts a server tells it to the operator."""
    return _brought()[1]


def newest(name: str) -> AnyRules:
    """The current edition of a game, for new matches; raises UnknownGame."""
    try:
        return _newest()[name]
    except KeyError:
        raise UnknownGame(f"There is no game named {name!r}. Known games: {', '.join(sorted(_newest()))}.") from None


def edition_of(name: str, edition: int) -> AnyRules:
    """The very edition that a match was begun with; raises UnknownGame."""
    # Madang's own need no look at what is installed.
    rules = _own.get((name, edition)) or _by_edition().get((name, edition))
    if rules is None:
        raise UnknownGame(f"This process lacks edition {edition} of the game {name!r}.")
    return rules


def all_newest() -> tuple[AnyRules, ...]:
    """The games that can be started, in the order of `every_game`."""
    return tuple(game for game in every_game() if _newest()[game.name] is game)


def forget() -> None:
    """Look for installed games anew at the next question: for tests, which install some."""
    for answer in (_brought, _by_edition, _newest, installed.entries):
        answer.cache_clear()
