"""How much of a seat's thinking time was really the network's: a capped allowance. Pure.

After lichess's LagTracker: each seat has a quota that grows a little with every move and is spent by the lag of its
moves, so that who lies about lag gains what the quota gives and no more.
"""

from __future__ import annotations

# A fifth of a second a move covers a round trip across an ocean; three times that to begin with, and never more than a
# second at once or two in store, which decides no game.
GAIN_MS, FIRST_MS, AT_ONCE_MS, STORE_MS = 200, 600, 1_000, 2_000


class Lag:
    """The allowances of all seats of a match. Not in the log: what it gives shows in the charged time of the entry."""

    __slots__ = ("_quota_ms",)

    def __init__(self, seats: int) -> None:
        self._quota_ms = [FIRST_MS] * seats

    def allowance_ms(self, seat: int) -> int:
        """The most that a move of `seat` could be forgiven now."""
        return min(AT_ONCE_MS, self._quota_ms[seat])

    def forgivable_ms(self, seat: int, claimed_ms: int | None) -> int:
        """What a move with this claimed round trip is forgiven."""
        return min(claimed_ms or 0, self.allowance_ms(seat))

    def forgive(self, seat: int, forgiven_ms: int) -> None:
        """A move counts: the quota pays what it is forgiven, and gains. What was refused neither pays nor gains."""
        self._quota_ms[seat] = min(STORE_MS, self._quota_ms[seat] + GAIN_MS - forgiven_ms)
