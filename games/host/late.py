"""What spectators are shown of a match that its game tells them later: versions and players' words wait here. Pure.

`audience.py` owns one where `Rules.spectator_delay_s` says so, and takes what has come due. Nothing that still waits
shows in anything that spectators are sent; seats never wait. Times are the driver's monotonic milliseconds.
"""

from __future__ import annotations

from collections import deque

import msgspec

from games.host.chat import Speech
from games.host.fold import Fold


class Version(msgspec.Struct, frozen=True):
    """A version on its way to spectators; `frame` is None where it does not continue the one before: the whole then."""

    at_ms: int
    fold: Fold
    frame: bytes | None


class Said(msgspec.Struct, frozen=True):
    """A player's line of chat on its way to spectators."""

    at_ms: int
    speech: Speech


class Late:
    """`fold` is the newest that spectators may see.

    What waits is bounded by the delay, which laws bound: some ten versions a minute, or thirty seconds of ticks, and
    what the chat's own limit lets through.
    """

    def __init__(self, newest: Fold, *, now_ms: int, gap_ms: int) -> None:
        """A match that was loaded: its last entry is `gap_ms` old, and what is not yet due is told from the start."""
        self.delay_ms = newest.rules.spectator_delay_s * 1000
        self.fold = newest if newest.over else _start(newest)
        self._since_ms = now_ms
        self._versions: deque[Version] = deque()
        self._said: deque[Said] = deque()
        if not newest.over and newest.v:
            self._versions.append(Version(now_ms + max(0, self.delay_ms - gap_ms), newest, None))

    def add(self, fold: Fold, frame: bytes | None, now_ms: int) -> None:
        """A version that seats are shown now."""
        self._versions.append(Version(now_ms + self.delay_ms, fold, frame))

    def begin_anew(self, fold: Fold, now_ms: int) -> None:
        """The match goes on from `fold`: what came after it has never happened, and what came before it has."""
        self._versions = deque(one for one in self._versions if one.fold.v <= fold.v)
        self.add(fold, None, now_ms)

    def say(self, speech: Speech, now_ms: int) -> None:
        """A line that seats are shown now."""
        self._said.append(Said(now_ms + self.delay_ms, speech))

    def due_ms(self) -> int | None:
        """When there will be something to tell."""
        return min((waiting[0].at_ms for waiting in (self._versions, self._said) if waiting), default=None)

    def next_version(self, now_ms: int) -> Version | None:
        """The next version that is due, which is shown from now on; one without a frame is told as a whole."""
        if not self._versions or self._versions[0].at_ms > now_ms:
            return None
        one = self._versions.popleft()
        # The start was shown as `view` shows it; the first version after it is seen with other eyes.
        whole = self.fold.v == 0
        self.fold, self._since_ms = one.fold, one.at_ms
        return msgspec.structs.replace(one, frame=None) if whole else one

    def next_said(self, now_ms: int) -> Said | None:
        """The next line that is due."""
        return self._said.popleft() if self._said and self._said[0].at_ms <= now_ms else None

    def charged(self, now_ms: int) -> int:
        """The charged time that spectators' clocks show."""
        fold = self.fold
        runs = fold.status == "live" and fold.paused_by is None and not fold.hz
        return fold.ms + (now_ms - self._since_ms if runs else 0)


def _start(fold: Fold) -> Fold:
    """The match as it was set up, before anybody sat down. Its digest is nobody's to see."""
    return Fold.begin(
        fold.rules, options=fold.options, seats=fold.seats, seed=fold.seed, genesis="", control=fold.control
    )
