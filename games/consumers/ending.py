"""What is to be undone when a socket ends. Consumers fill one as they attach it to things.

Not an `AsyncExitStack`: nothing here awaits, and that is three kilobytes for each socket.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Ending:
    """Calls to be made once, the last one first."""

    __slots__ = ("_calls",)

    def __init__(self) -> None:
        self._calls: list[tuple[Callable[..., object], tuple[Any, ...]]] = []

    def callback(self, call: Callable[..., object], *given: Any) -> None:
        """`call(*given)` at the end."""
        self._calls.append((call, given))

    def run(self) -> None:
        """Make all of them, whatever one raises; the last that was raised goes on."""
        while self._calls:
            call, given = self._calls.pop()
            try:
                call(*given)
            finally:
                self.run()
