"""One live match as the driver holds it: the link that consumers are given, and its timer.

Owns nothing of the match's meaning. A fault of the rules ends here: it aborts this match and no other.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from games.host.effects import Effect
from games.host.match import LiveMatch
from games.host.ports import Connection
from games.protocol.codec import Decoder, decoder_for
from games.protocol.codes import Close, Code
from games.protocol.messages import INPUTS
from players import hour

if TYPE_CHECKING:
    from games.driver.core import Driver

logger = logging.getLogger(__name__)


def now_ms() -> int:
    """The monotonic clock, by which matches live."""
    return time.monotonic_ns() // 1_000_000


def unix_ms() -> int:
    """The wall clock, which is only shown."""
    return hour.now_ms()


class Live:
    """Implements ports.Link. While `refolding`, what is under way is uncertain, and inputs are told to try again.

    `busy_ns`: what this match has cost the loop since it was loaded, rules and delivery together; for operators.
    """

    __slots__ = (
        "_driver",
        "_timer",
        "_timer_ms",
        "busy_ns",
        "decoder",
        "faulted",
        "fold_ms",
        "giving",
        "match",
        "quiet_since_ms",
        "refolding",
        "snapshot_step",
        "standing",
    )

    def __init__(self, driver: Driver, match: LiveMatch) -> None:
        self.match = match
        self.decoder: Decoder = decoder_for(match.fold.rules.move)
        self.refolding = self.giving = self.faulted = False
        self.busy_ns = 0
        self.snapshot_step = match.fold.step
        self.fold_ms = 0.0
        self.quiet_since_ms = now_ms()
        shown = match.shown
        self.standing = (shown.status, len(shown.sitting))
        """What was last said of where the match stands; the driver compares."""
        self._driver = driver
        self._timer: asyncio.Handle | None = None
        self._timer_ms = 0

    # ── ports.Link ──────────────────────────────────────────────────────────────────────────────────────

    def submit(self, connection: Connection, message: Any) -> None:
        began_ns = time.monotonic_ns()
        held = self.refolding or self.giving or self._driver.pulse.lapsed_at(began_ns / 1e9)
        if held and isinstance(message, INPUTS):
            self.reject(connection, message.c, Code.TRY_AGAIN)
            return
        match = self.match
        self._call(match.submit, (connection, message, began_ns // 1_000_000))
        if match.audience.late is not None:
            # What was said is told to spectators later; nothing else comes due by a message before it is stored.
            self.wake_in_time()
        self.busy_ns += time.monotonic_ns() - began_ns

    def reject(self, connection: Connection, c: int, code: Code) -> None:
        self.run(self.match.reject, connection, c, code)

    def refresh(self, connection: Connection) -> None:
        if self._driver.pulse.lapsed:
            connection.close(Close.BUSY)  # what is not stored may be shown to nobody more; it comes back and gets it
            return
        self.run(self.match.refresh, connection, now_ms(), unix_ms())

    def detach(self, connection: Connection) -> None:
        self.quiet_since_ms = now_ms()
        self.run(self.match.detach, connection, now_ms())

    # ── the driver's ────────────────────────────────────────────────────────────────────────────────────

    def run(self, call: Callable[..., list[Effect]], *args: Any) -> None:
        """Call the match and perform what it wants; an exception of the rules aborts this match."""
        began_ns = time.monotonic_ns()
        self._call(call, args)
        self.wake_in_time()
        self.busy_ns += time.monotonic_ns() - began_ns

    def stored(self, n: int) -> None:
        """Entries up to `n` are safe. As `run`, for what is called as often as there are moves."""
        began_ns, match = time.monotonic_ns(), self.match
        self._call(match.stored, (n, began_ns // 1_000_000, unix_ms()))
        if self._timer is not None or match.due_ms() is not None:
            self.wake_in_time()
        self.busy_ns += time.monotonic_ns() - began_ns

    def tick(self, began_ns: int, wall_ms: int) -> int:
        """One step on the clock, of which it is `began_ns` by the monotonic one; when it was done. The ticker's.

        Nothing comes due by a tick but what spectators are told later: only for those is the timer looked at.
        """
        match = self.match
        self._call(self._stepped, (began_ns, wall_ms))
        if match.audience.late is not None:
            self.wake_in_time()
        ended_ns = time.monotonic_ns()
        self.busy_ns += ended_ns - began_ns
        return ended_ns

    def _stepped(self, began_ns: int, wall_ms: int) -> list[Effect]:
        effects = self.match.tick(began_ns // 1_000_000, wall_ms)
        # Without what delivery takes: whoever loads the match and folds these ticks sends them to nobody.
        self.fold_ms += (time.monotonic_ns() - began_ns) / 1e6
        return effects

    def _call(self, call: Callable[..., list[Effect]], args: tuple[Any, ...]) -> None:
        driver = self._driver
        driver.steps += 1
        driver.stepping = self
        try:
            effects = call(*args)
        except Exception as error:  # noqa: BLE001 - the rules are anybody's
            driver.stepping = None
            self._failed(error, args)
            return
        driver.stepping = None
        if effects:
            driver.perform(self, effects)

    def _failed(self, error: Exception, args: tuple[Any, ...]) -> None:
        fold, caller = self.match.fold, args[0] if args else None
        logger.error(
            "fault in %s edition %s: match %s, entry %s, seat %s",
            fold.rules.name,
            fold.rules.edition,
            self.match.header.facts.public_id,
            fold.n + 1,
            getattr(caller, "seat", None),  # where a connection called
            exc_info=error,
        )
        self.fault()

    @property
    def held(self) -> bool:
        """Whether the match stands still, whoever wants something of it."""
        return self.refolding or self.giving or self._driver.pulse.lapsed

    @property
    def ticking(self) -> bool:
        """Whether this match wants its ticks now."""
        return self.ticking_at(time.monotonic())

    def ticking_at(self, now_s: float) -> bool:
        """The same by the monotonic time, for who has just asked for it: the ticker, before every tick."""
        fold = self.match.tail.fold
        if not fold.hz or fold.status != "live" or fold.outcome is not None:
            return False
        return not (self.refolding or self.giving or self._driver.pulse.lapsed_at(now_s))

    def fault(self) -> None:
        """Call the match off; its connections are closed when that is stored and told."""
        if not self.faulted:
            self.faulted = True
            self._driver.tally.faults += 1
            self._driver.perform(self, self.match.call_off("fault", now_ms()))

    def wake_in_time(self) -> None:
        """See to it that `due` is called when the match wants it."""
        due = self.match.due_ms()
        if due is None and self._timer is None:
            return
        if self._timer is not None:
            if due is not None and self._timer_ms <= due:
                return  # an earlier timer looks again when it fires
            self._timer.cancel()
            self._timer = None
        if due is not None:
            loop = asyncio.get_running_loop()
            # What is due already uvloop calls soon, with a handle that cannot say when: so that is kept here.
            self._timer_ms = due
            self._timer = loop.call_at(max(due / 1000, loop.time()), self._due)

    def _due(self) -> None:
        self._timer = None
        if self.held:
            return  # whoever lets it go on wakes it again
        self.run(self.match.due, now_ms())

    def stop(self) -> None:
        """No timer fires any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
