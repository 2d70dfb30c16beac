"""Since when the players of a match are away, and who of them is gone by the game's grace. Pure.

Being away is not in the log: only what follows from it is, as an entry. After a takeover everyone counts as having left
just then.
"""

from __future__ import annotations

from collections.abc import Container

from games.host.fold import Fold


class Away:
    """Times are the driver's monotonic milliseconds."""

    __slots__ = ("_since_ms",)

    def __init__(self, fold: Fold, now_ms: int) -> None:
        self._since_ms = {seat: now_ms for seat, sit in fold.sitting.items() if not sit.bot}

    def left(self, seat: int, now_ms: int) -> None:
        """The player of `seat` is not connected from now on."""
        self._since_ms.setdefault(seat, now_ms)

    def back(self, seat: int | None) -> None:
        """The player of `seat` is here."""
        if seat is not None and self._since_ms.pop(seat, None) is not None and not self._since_ms:
            self._since_ms = {}  # a mapping that was emptied keeps the room for what was in it

    def stood(self, ms: int, now_ms: int) -> None:
        """For so long nobody could have come back."""
        self._since_ms = {seat: min(since_ms + ms, now_ms) for seat, since_ms in self._since_ms.items()}

    def for_ms(self, seat: int, now_ms: int) -> int | None:
        """How long the player of `seat` has been away; None: here, or nobody sits there."""
        since_ms = self._since_ms.get(seat)
        return None if since_ms is None else now_ms - since_ms

    def presence(
        self, fold: Fold, seated: Container[int], now_ms: int
    ) -> tuple[tuple[bool, ...], tuple[int | None, ...]]:
        """By seat: who is here, a bot always; and for how long who is not."""
        bots = [seat for seat, sit in fold.sitting.items() if sit.bot]
        here = tuple([seat in seated or seat in bots for seat in range(fold.seats)])
        return here, tuple([None if present else self.for_ms(seat, now_ms) for seat, present in enumerate(here)])

    def gone(self, fold: Fold, now_ms: int) -> list[int]:
        """The seats that have been away beyond the grace and are still in the match."""
        if not self._since_ms or fold.status != "live":
            return []
        until_ms = now_ms - fold.rules.grace_s * 1000
        return [seat for seat, since_ms in self._since_ms.items() if since_ms <= until_ms and seat not in fold.out]

    def next_ms(self, fold: Fold) -> int | None:
        """When the next seat will be gone; None: nobody is away."""
        if fold.status != "live" or fold.outcome is not None:
            return None
        times = (since_ms for seat, since_ms in self._since_ms.items() if seat not in fold.out)
        return min((since_ms + fold.rules.grace_s * 1000 for since_ms in times), default=None)
