"""Who sits in a match that is played at random: seats that come and go where the game lets them.

Called by `play` only. With ticks, seats leave in mid-match; a game that overrides `enter` begins empty and is entered.
Without ticks nobody leaves: the law `absences_end` looks at what would be.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from games.rules.base import Rules
from games.rules.rng import Rng

# One step in so many brings somebody; in one match in eight nobody leaves, and it goes on to its own end.
_ENTERS_ONE_IN = 30
_LEAVES_ONE_IN = (8, 16, 32, 64, 128, 256, 512, None)
# Into a field for many no more than these come: a dozen shows what is wrong, and matches by the hundred stay cheap.
_MOST_INSIDE = 12
# Of many viewers a law looks through the eyes of these, at each position other ones.
_MOST_VIEWERS = 4


class Seating:
    """The seats of one match: `inside` are those that sit now."""

    def __init__(self, rules: Rules[Any, Any], seats: int, rng: Rng) -> None:
        self._seats, self._least, self._rng = seats, min(rules.seats), rng
        self.inside = list(range(seats))
        self._outside: list[int] = []
        if rules.entered:
            self.inside, self._outside = [], list(rng.shuffled(range(seats))[:_MOST_INSIDE])
            self._least = min(self._least, len(self._outside))
        leaves = rules.hz and type(rules).absent is not Rules.absent
        self._leaves_one_in = rng.choice(_LEAVES_ONE_IN) if leaves else None

    def comes(self) -> int | None:
        """Who sits down now; at the beginning one after the other, until there are as many as a match begins with."""
        if not self._outside or (self._least <= 0 and self._rng.below(_ENTERS_ONE_IN)):
            return None
        seat = self._outside.pop()
        self.inside.append(seat)
        self._least -= 1
        return seat

    def refused(self, seat: int) -> None:
        """The rules did not let `seat` in."""
        self.inside.remove(seat)

    def goes(self, asked: Iterable[int]) -> int | None:
        """Who leaves now, of those who are asked."""
        if self._leaves_one_in is None or self._rng.below(self._leaves_one_in):
            return None
        return self._rng.choice(sorted(asked))

    def viewers(self, rng: Rng) -> tuple[int | None, ...]:
        """Every seat, or of many some that are in and one that may not be; and the spectator."""
        if self._seats <= _MOST_VIEWERS:
            return (*range(self._seats), None)
        some = rng.shuffled(self.inside)[: _MOST_VIEWERS - 1]
        return (*sorted({*some, rng.below(self._seats)}), None)
