"""What can be looked for: the pools of quick match, the time control of each, and how long people wait for practice.

Services validate wishes by it, the panel shows it. Few choices on purpose: everyone who adds a queue makes all others
wait longer. Whoever wants another time control opens a match or challenges somebody.
"""

from __future__ import annotations

from typing import Any, Final

from games import timing
from games.rules.catalog import AnyRules

CLOCKS: Final[dict[str, dict[str, Any] | None]] = {
    "bullet": {"kind": "fischer", "base_ms": timing.MINUTE_MS, "extra_ms": timing.SECOND_MS},
    "blitz": timing.PRESETS["3+2"],
    "rapid": timing.PRESETS["10+5"],
    "live": None,
}
"""The control by which each pool of quick match plays. Correspondence is not among them: who answers tomorrow need not
be found within seconds."""

PRACTICE_AFTER_S: Final = (15, 30, 60)
"""After so long practice opponents may take the free seats, if the player agreed: a short look around, the usual wait
of a small site, and the time after which any person would do as well."""

MOST_SEATS: Final = 8
"""Of one table: whoever waits for more strangers than that waits for ever."""


def pools_of(rules: AnyRules) -> tuple[str, ...]:
    """The pools in which this game can be looked for; none where people come and go while it runs, since there they
    join at once, and none for a game that one plays alone."""
    if rules.entered or rules.seats.stop - 1 < 2:
        return ()
    return ("live",) if rules.hz else ("bullet", "blitz", "rapid")


def seats_of(rules: AnyRules) -> range:
    """How many may sit at a table of strangers."""
    return range(max(2, rules.seats.start), min(rules.seats.stop, MOST_SEATS + 1))


def pool_name(pool: str) -> str:
    """What people call a pool, with its control: "Blitz 3+2"."""
    return f"{timing.POOLS[pool]} {timing.control_name(CLOCKS[pool])}".strip()
