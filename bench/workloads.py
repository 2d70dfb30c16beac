"""What the servers are put through: how many rooms, of how many, at which rates, and for how long. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Workload(NamedTuple):
    """`slots` rooms at a time of two players and `watchers`; `ladder`: inputs a second in all; `equal`: the rates at
    which all are measured that sustain them."""

    title: str
    slots: int
    watchers: int
    ladder: tuple[int, ...]
    equal: tuple[int, ...]
    most: bool = True
    """Whether each is measured at its own most, and at half of it, too."""
    arriving: int = 64
    """Handshakes under way at once."""
    idle: int = 0
    """Rooms whose sockets are there and wait."""


class Pace(NamedTuple):
    """Seconds of a trial, and how often it is repeated."""

    warm_s: float
    step_s: float
    measure_s: float
    repetitions: int


FULL = Pace(0.7, 1.5, 3.0, 3)
SHORT = Pace(0.4, 0.9, 1.5, 3)
QUICK = Pace(0.2, 0.4, 0.5, 1)

WORKLOADS = {
    "A": Workload(
        "rooms of two, a move each in turn",
        500,
        0,
        (300, 1000, 2000, 4000, 8000, 12000, 16000, 20000, 24000, 32000),
        (300, 1000, 4000, 16000),
    ),
    "B": Workload(
        "rooms of ten, two of them play", 100, 8, (50, 100, 250, 500, 1000, 2000, 4000), (100, 500, 1000, 2000)
    ),
    "D": Workload("2,500 matches whose players wait, then a move in each", 2500, 0, (1000,), (1000,), most=False),
    "E": Workload("a storm of 2,000 sockets at once", 1000, 0, (100,), (100,), most=False, arriving=2000),
    "F": Workload("one match with 1,000 spectators", 1, 1000, (1, 2, 5, 10), (10,), most=False),
}
QUICK_WORKLOAD = Workload("a smoke run", 10, 0, (100,), (100,))
