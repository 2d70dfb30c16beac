"""What the matches of this process have done so far: those in memory, and those that have left it.

A live match counts for itself, in plain integers; the driver hands it in here when it goes, so that sums never fall.
Read by `gameserver/metrics.py`. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from games.counts import merged, raised
from games.protocol.codes import Code

if TYPE_CHECKING:
    from games.driver.live import Live


class Tally:
    """`faults`: matches called off because their rules failed. The rest: of matches that are gone."""

    def __init__(self) -> None:
        self.faults = 0
        self.moves: dict[str, int] = {}
        self.busy_ns: dict[str, int] = {}
        self.refused: dict[Code, int] = {}

    def keep(self, live: Live) -> None:
        """`live` leaves memory; what it counted stays."""
        game = live.match.fold.rules.name
        raised(self.moves, game, live.match.moves)
        raised(self.busy_ns, game, live.busy_ns)
        merged(self.refused, live.match.audience.refused)

    def with_all(self, lives: Iterable[Live]) -> Tally:
        """A copy that counts these too."""
        whole = Tally()
        whole.faults = self.faults
        merged(whole.moves, self.moves)
        merged(whole.busy_ns, self.busy_ns)
        merged(whole.refused, self.refused)
        for live in lives:
            whole.keep(live)
        return whole
