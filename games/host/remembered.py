"""What a fold remembers of before: inputs that may come again, and positions that may be returned to. Pure.

`fold.py` makes them and `snapshot.py` keeps them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from games.host.clock import Clock

# How many inputs of a seat can be compared with one sent again: a client resends what was not acknowledged, and the SDK
# keeps at most 8 of those, so 16 is never too few.
REMEMBERED_INPUTS = 16


class Input(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stored input as it is remembered: number, kind, body, and the version after it."""

    c: int
    kind: str
    body: str
    v: int


class Past(msgspec.Struct, frozen=True, gc=False):
    """A position that can be returned to: who moved in it, and the clocks when it was opened."""

    movers: tuple[int, ...]
    state: Any
    clock: Clock | None


# gc=False: no state leads back to its fold, so the collector need not look for cycles through one.
