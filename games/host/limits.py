"""How fast one connection may send: token buckets over a time that is passed in.

Consumers take from one before they look at a frame, so that a flood costs no parsing; the audience of a match from
another for its chat. A bucket that is empty refuses: what follows (a closed socket, an answer) is the caller's.
"""

from __future__ import annotations

# A client of a real-time game sends an input a tick, 30 a second, with a ping or a question between; nobody's hands
# are faster than that. At the dearest frame (16 KiB of brackets, about 1 ms) this is 5 % of one core for a hostile one.
FRAMES_PER_SECOND = 50
# Two seconds' worth: what a client holds back while its network pauses and then sends at once, after a reconnect too.
FRAMES_BURST = 100


class TokenBucket:
    """Holds `burst` tokens when full and gains `per_second`; every input takes one. Full at `now_ms`.

    A time that lies before one already seen counts as that one: nothing is gained by a clock that steps back.
    """

    __slots__ = ("_burst", "_per_ms", "_seen_ms", "_tokens")

    def __init__(self, burst: int, per_second: float, now_ms: float) -> None:
        self._burst = float(burst)
        self._per_ms = per_second / 1000
        self._tokens = float(burst)
        self._seen_ms = now_ms

    def take(self, now_ms: float) -> bool:
        """Whether there was a token, which is then gone. A refused input takes none."""
        tokens = self._tokens
        if now_ms > self._seen_ms:
            tokens += (now_ms - self._seen_ms) * self._per_ms
            if tokens > self._burst:  # noqa: PLR1730 - a call less for each frame
                tokens = self._burst
            self._seen_ms = now_ms
        if tokens < 1:
            self._tokens = tokens
            return False
        self._tokens = tokens - 1
        return True
