"""What this process knows of another one: where its streams stand, when it was heard last, which inputs it has not
received yet. No I/O; `core.py` keeps one for each host it hears of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from games.relay.relays import RelayedLink

# Three beats of a second: one may be late, and one lost. From then on inputs are told to try again.
SILENT_S: Final = 3.0
# A lease lives for 6 s after its owner's last sign of life, so who is sent away now finds a new owner.
GONE_S: Final = 6.0
# An input is received within milliseconds, and its receipt comes with the next beat at the latest, a second later.
RECEIPT_S: Final = 2.0


class Stream:
    """The numbers of packets that come in one stream."""

    __slots__ = ("last",)

    def __init__(self, last: int | None = None) -> None:
        """`last`: what counts as received; None: whatever comes first begins it."""
        self.last = last

    def missing(self, s: int) -> tuple[int, int] | None:
        """Take packet `s`: the first and last number of what is missing before it, or None. Not for an old `s`."""
        before, self.last = self.last, s
        return None if before is None or s == before + 1 else (before + 1, s - 1)

    def is_old(self, s: int) -> bool:
        """Whether packet `s` came before, or too late."""
        return self.last is not None and s <= self.last


class Unanswered:
    """An input on its way to the owner in packet `s`."""

    __slots__ = ("at_s", "c", "link", "s")

    def __init__(self, s: int, link: RelayedLink, c: int, at_s: float) -> None:
        self.s, self.link, self.c, self.at_s = s, link, c, at_s


class Peer:
    """Another process. `foreign`: it speaks another wire; `plays`: as in its last beat; `mute_until_s`: it did not
    answer to an arrival, so until then nobody else waits for it."""

    __slots__ = ("foreign", "heard_s", "host", "mute_until_s", "plays", "stream", "unanswered")

    def __init__(self, host: str, now_s: float) -> None:
        self.host = host
        self.heard_s = now_s
        self.foreign = False
        self.mute_until_s = 0.0
        self.plays: int | None = None
        # The first packet of all is number 1: what was lost before we heard anything is found, too.
        self.stream = Stream(0)
        self.unanswered: deque[Unanswered] = deque()

    def silent(self, now_s: float) -> bool:
        """Whether nothing should be handed to it now."""
        return self.foreign or now_s - self.heard_s > SILENT_S

    def received(self, s: int) -> None:
        """It has our packets up to `s`."""
        while self.unanswered and self.unanswered[0].s <= s:
            self.unanswered.popleft()

    def lost(self, first: int, last: int) -> list[Unanswered]:
        """It has not received our packets from `first` to `last`: the inputs in them."""
        return self._take(lambda one: first <= one.s <= last)

    def overdue(self, now_s: float) -> list[Unanswered]:
        """Inputs without a receipt for too long."""
        return self._take(lambda one: one.at_s < now_s - RECEIPT_S)

    def _take(self, which: Callable[[Unanswered], bool]) -> list[Unanswered]:
        taken = [one for one in self.unanswered if which(one)]
        if taken:
            self.unanswered = deque(one for one in self.unanswered if not which(one))
        return taken
