"""What one audience of a match has been told: its last lines, numbered without a gap. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from games.protocol.messages import ChatLine

# What a newcomer is shown; older lines are gone. 50 lines of at most 500 signs are 25 KiB a match at the very most.
CHAT_LINES = 50

HOUSE = "Madang"
"""Under this name the house speaks; nobody can take it (`players/names.py`)."""

HeardBy = Literal["seats", "spectators", "everyone"]
"""For whom a line is."""


class Speech(msgspec.Struct, frozen=True):
    """What somebody said. `player`: public id; `seat`: None for a spectator; `phrase`: whose words `text` is."""

    seat: int | None
    player: str | None
    name: str
    text: str
    phrase: str | None = None


class Chat:
    """Numbers begin with 1."""

    __slots__ = ("_newest", "lines")

    def __init__(self) -> None:
        self.lines: list[ChatLine] = []  # not a deque, which takes 600 bytes before anybody has said a word
        self._newest = 0

    def add(self, said: Speech) -> ChatLine:
        """One more line."""
        self._newest += 1
        line = ChatLine(self._newest, said.seat, said.name, said.text, said.player, said.phrase)
        self.lines.append(line)
        if len(self.lines) > CHAT_LINES:
            del self.lines[0]
        return line

    def since(self, k: int) -> list[ChatLine]:
        """What was said after line `k`, as far as it is kept."""
        return [line for line in self.lines if line.k > k]
