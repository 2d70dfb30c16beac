"""The talk at a match: who may say what, and for whom it is. Pure; `audience.py` asks, and sends what was said.

Two audiences: the seats, and the spectators. While a match is played the seats hear nothing of what spectators say, for
that could be help; spectators hear the seats too, but never in a game that keeps secrets, for a seat knows more than
they may. What seats may say to each other meanwhile is for the game to say (`Rules.chat`). Before and after, everybody
hears everybody; what was said while it was played stays with who heard it then.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from games.host.chat import Chat, HeardBy, Speech
from games.host.fold import Fold
from games.host.limits import TokenBucket
from games.host.ports import Connection
from games.host.wording import cleaned
from games.protocol import messages
from games.protocol.codes import Code
from games.protocol.phrases import PHRASES
from games.rules.base import Rules

# Five lines at once are a greeting and a correction; one in two seconds is as fast as people write.
CHAT_BURST, CHAT_PER_SECOND = 5, 0.5
# The same words again within half a minute are a slip of the finger, or spam; later they may be meant.
SAME_MS = 30_000
# Who spoke, some 300 bytes each. Beyond it the one who has been silent for longest is forgotten, which only forgives.
SPEAKERS = 1000


class Speaker:
    """How much one person may say still, and what they said last."""

    __slots__ = ("budget", "last", "last_ms")

    def __init__(self, now_ms: int) -> None:
        self.budget = TokenBucket(CHAT_BURST, CHAT_PER_SECOND, now_ms)
        self.last, self.last_ms = "", 0


class Talk:
    """What was said at one match. Limits are by person, not by connection: who comes back has not rested."""

    __slots__ = ("_rules", "_speakers", "seats", "spectators")

    def __init__(self, rules: Rules[Any, Any]) -> None:
        self._rules = rules
        self.seats = Chat()
        self.spectators = Chat()
        self._speakers: OrderedDict[str, Speaker] | None = None
        """Made for the first: at most matches nobody says anything."""

    def of(self, seat: int | None) -> Chat:
        """What this viewer has been told."""
        return self.spectators if seat is None else self.seats

    def judge(self, who: Connection, message: messages.Chat, shown: Fold, now_ms: int) -> tuple[Speech, HeardBy] | Code:
        """What is said, and for whom it is; or why it may not be said."""
        if who.player is None:
            return Code.NOT_SEATED
        if who.silenced():
            return Code.CHAT_MUTED
        playing = shown.status == "live"
        if playing and who.seat is not None and (code := self._kept_quiet(message)) is not None:
            return code
        text = PHRASES[message.phrase] if message.phrase else cleaned(message.text or "")
        if not text:
            return Code.CHAT_EMPTY
        code = self._too_much(who.player, text, now_ms)
        if code is not None:
            return code
        return Speech(who.seat, who.player, who.name, text, message.phrase), self._heard_by(who.seat, playing=playing)

    def _kept_quiet(self, message: messages.Chat) -> Code | None:
        """What the game lets seats say to each other while it lasts."""
        if self._rules.chat == "none":
            return Code.CHAT_CLOSED
        return Code.CHAT_QUICK if self._rules.chat == "quick" and not message.phrase else None

    def _heard_by(self, seat: int | None, *, playing: bool) -> HeardBy:
        if not playing:
            return "everyone"
        if seat is None:
            return "spectators"
        return "seats" if self._rules.secret else "everyone"

    def _too_much(self, player: str, text: str, now_ms: int) -> Code | None:
        if self._speakers is None:
            self._speakers = OrderedDict()
        speaker = self._speakers.pop(player, None) or Speaker(now_ms)
        self._speakers[player] = speaker
        if len(self._speakers) > SPEAKERS:
            self._speakers.popitem(last=False)
        if speaker.last == text.casefold() and now_ms - speaker.last_ms < SAME_MS:
            return Code.CHAT_SAME
        if not speaker.budget.take(now_ms):
            return Code.CHAT_LIMIT
        speaker.last, speaker.last_ms = text.casefold(), now_ms
        return None
