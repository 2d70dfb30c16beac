"""Opponents that the host plays itself. Pure: chance comes from the match's seed, so that a test can repeat it.

The practice opponent draws among the legal moves that `turns` gives; it needs no knowledge of any game.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from games.host.entries import Sit
from games.host.fold import Fold
from games.rules.rng import Rng

PRACTICE = "practice"
PRACTICE_NAME = "Practice opponent"
# Several are told apart; short, for many stand beside each other.
NUMBERED_NAME = "Practice %(number)s"

# Long enough for a person to see their own move settle, short enough never to feel like waiting.
THINKING_MS = 500


# A bot at ticks thinks a third of a second, as a person does; each seat at ticks of its own.
STEERS_PER_SECOND = 3


def names(count: int) -> list[str]:
    """What so many of them are called. Pages translate it (`number_of`)."""
    return [PRACTICE_NAME] if count == 1 else [NUMBERED_NAME % {"number": number + 1} for number in range(count)]


def number_of(name: str) -> int | None:
    """The number in a name that is numbered; None: it is another."""
    first, _, number = name.rpartition(" ")
    return int(number) if number.isdigit() and f"{first} %(number)s" == NUMBERED_NAME else None


def any_in(fold: Fold) -> bool:
    """Whether a bot sits at this match at all."""
    return any(sit.bot for sit in fold.sitting.values())


def seats_of(sitting: Mapping[int, Sit]) -> list[int]:
    """Where bots sit."""
    return [seat for seat, sit in sitting.items() if sit.bot]


def to_steer(fold: Fold, seats: list[int]) -> list[int]:
    """Those of `seats`, where bots sit, that act at the next tick."""
    every = max(1, fold.hz // STEERS_PER_SECOND)
    return [seat for seat in seats if (fold.ticks + seat) % every == 0 and seat in fold.turns]


def to_move(fold: Fold) -> list[int]:
    """The seats of bots that are asked and have not answered, in games without ticks."""
    if fold.hz:
        return []
    return [seat for seat in sorted(fold.turns) if seat not in fold.pool and fold.sitting[seat].bot]


def to_answer(fold: Fold) -> list[tuple[int, str]]:
    """The offers that wait for a bot, as (seat, what)."""
    bots = [seat for seat, sit in fold.sitting.items() if sit.bot]
    return [(seat, what) for what, yes in fold.offers.items() for seat in bots if seat not in yes]


def agrees(what: str) -> bool:
    """A practice opponent plays on: it wants no draw, and always another match."""
    return what == "rematch"


def choose(fold: Fold, seat: int) -> Any:
    """A legal move of `seat`. The stream's negative number keeps it apart from every step's own."""
    rng = Rng(fold.seed, -(fold.step * fold.seats + seat) - 1)
    return fold.turns[seat].sample(rng)
