"""A bad network between host and clients: how late, how often lost or cut. Drawn from a seed, so that it happens again.

The simulation asks it for every frame. Up, a socket carries frames in order until it is cut, as TCP does; down, they
may also vanish or overtake each other, as they may between processes of a server.
"""

from __future__ import annotations

import msgspec

from games.rules.rng import Rng

_PARTS = 1_000_000


class Network(msgspec.Struct, frozen=True):
    """Ranges are drawn from evenly, both ends included; shares are of all frames.

    `late`: frames that take `late_ms` longer, and hold up those behind them; `lost` and `swapped`: frames down that
    vanish or are overtaken; `cut`: frames at which the connection breaks, with all that is under way; `notice_ms`:
    until an end knows of it; `away_ms`: until the client connects again; `store_ms`: how long the journal takes.
    """

    latency_ms: tuple[int, int] = (10, 60)
    late: float = 0.05
    late_ms: int = 80
    lost: float = 0.01
    swapped: float = 0.01
    cut: float = 0.005
    notice_ms: tuple[int, int] = (0, 1_500)
    away_ms: tuple[int, int] = (50, 2_000)
    store_ms: tuple[int, int] = (0, 10)


PERFECT = Network((0, 0), 0, 0, 0, 0, 0, (0, 0), (0, 0), (0, 0))
"""Nothing is late or lost."""


class Chances:
    """The draws of one simulation."""

    def __init__(self, rng: Rng) -> None:
        self.rng = rng

    def hit(self, share: float) -> bool:
        """True in `share` of the draws."""
        return self.rng.below(_PARTS) < share * _PARTS

    def within(self, between: tuple[int, int]) -> int:
        """A number of milliseconds in this range."""
        low, high = between
        return low + self.rng.below(high - low + 1)

    def way_ms(self, network: Network) -> int:
        """How long one frame is on its way."""
        return self.within(network.latency_ms) + (network.late_ms if self.hit(network.late) else 0)
