"""What undoes a connection's coming, when it goes.

`socket.py` has one for each socket; whoever gives the connection something to hold adds how that is given back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Ending:
    """Not contextlib's stack, which takes 3 kB for four calls, and as long as the socket is open."""

    __slots__ = ("_calls",)

    def __init__(self) -> None:
        self._calls: list[Callable[[], object]] = []

    def add(self, call: Callable[[], object]) -> None:
        """`call` before all that were added earlier."""
        self._calls.append(call)

    def run(self) -> None:
        """Each is called once, whatever becomes of the others."""
        while self._calls:
            try:
                self._calls.pop()()
            except Exception:
                logger.exception("something of a connection was not given back")
