"""The talk at a match as one audience hears it: its last lines, numbered without a gap. Pure."""

from __future__ import annotations

from collections import deque

from games.protocol.messages import ChatLine

# What a newcomer is shown; older lines are gone. 50 lines of at most 500 signs are 25 KiB a match at the very most.
CHAT_LINES = 50


class Chat:
    """Numbers begin with 1."""

    __slots__ = ("_newest", "lines")

    def __init__(self) -> None:
        self.lines: deque[ChatLine] = deque(maxlen=CHAT_LINES)
        self._newest = 0

    def add(self, seat: int | None, name: str, text: str) -> ChatLine:
        """One more line."""
        self._newest += 1
        line = ChatLine(self._newest, seat, name, text)
        self.lines.append(line)
        return line

    def since(self, k: int) -> list[ChatLine]:
        """What was said after line `k`, as far as it is kept."""
        return [line for line in self.lines if line.k > k]
