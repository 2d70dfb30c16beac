"""The hour, as the database has it: what processes compare with each other's times.

The wall clock of one machine may be off by an hour; then it must not take the others' proofs for old, or for forged.
The heartbeat (`gameserver/heart.py`) says how far it is off; everyone else only asks. On any thread.
"""

from __future__ import annotations

import logging
import time
from typing import Final

logger = logging.getLogger(__name__)

# A query takes milliseconds, on a busy machine a quarter of a second: less than that is not known to be a difference.
NOISE_MS: Final = 250
# What an operator should look at, though nothing breaks by it.
WORTH_SAYING_MS: Final = 5_000

_ahead_ms = 0


def now_ms() -> int:
    """Unix milliseconds by the database's clock."""
    return time.time_ns() // 1_000_000 + _ahead_ms


def measured(database_ms: int, before_ms: int, after_ms: int) -> None:
    """The database's clock was read between these two moments of our own."""
    global _ahead_ms  # noqa: PLW0603 - there is one clock
    ahead_ms = database_ms - (before_ms + after_ms) // 2
    if abs(ahead_ms - _ahead_ms) <= NOISE_MS:
        return
    _ahead_ms = ahead_ms if abs(ahead_ms) > NOISE_MS else 0
    if abs(ahead_ms) > WORTH_SAYING_MS:
        logger.warning("this machine's clock is %d s off the database's, which counts", -ahead_ms // 1000)
