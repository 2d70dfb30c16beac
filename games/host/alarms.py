"""What happens in a match by time alone: bots' moves and answers, flags, the end of a pause, seats that are gone. Pure.

`match.py` owns one and asks it when it wants to be called; what it does are entries like any other. Times are the
driver's monotonic milliseconds.
"""

from __future__ import annotations

from games.host import bots, inputs
from games.host import clock as clocks
from games.host.away import Away
from games.host.clock import Fall
from games.host.effects import Effect
from games.host.entries import Flagged, Gone, text
from games.host.lag import Lag
from games.host.tail import Tail, Unstored

# Five minutes are a telephone call; then the match goes on by itself, so that nobody is kept waiting for ever.
PAUSE_MS = 300_000


class Alarms:
    """Nothing comes due while something is being stored, but what nobody's turn depends on."""

    __slots__ = ("_away", "_bots_at_ms", "_resume_at_ms", "_tail", "_with_bots", "lag")

    def __init__(self, tail: Tail, away: Away, now_ms: int) -> None:
        self.lag = Lag(tail.fold.seats)
        self._tail = tail
        self._away = away
        self._bots_at_ms: int | None = None
        self.begin_anew(now_ms)
        self.think(now_ms)

    def begin_anew(self, now_ms: int) -> None:
        """The fold is another: after a load or a rewind. A pause begins anew with it."""
        fold = self._tail.fold
        self._bots_at_ms, self._with_bots = None, bots.any_in(fold)
        self._resume_at_ms = None if fold.paused_by is None else now_ms + PAUSE_MS

    def stood(self, ms: int) -> None:
        """For so long nobody could have ended the pause."""
        if self._resume_at_ms is not None:
            self._resume_at_ms += ms

    def heard(self, one: Unstored, now_ms: int) -> None:
        """An entry was released."""
        if one.kind == "sit":
            self._with_bots = bots.any_in(one.fold)
        elif one.kind in ("pause", "resume"):
            self._resume_at_ms = now_ms + PAUSE_MS if one.kind == "pause" else None

    def think(self, now_ms: int) -> None:
        """Wake the bots that have something to do, once."""
        shown = self._tail.shown
        if self._with_bots and self._bots_at_ms is None and (bots.to_move(shown) or bots.to_answer(shown)):
            self._bots_at_ms = now_ms + bots.THINKING_MS

    def due_ms(self) -> int | None:
        """When `due` wants to be called."""
        tail = self._tail
        fold = tail.fold
        due_ms = self._bots_at_ms
        if self._resume_at_ms is not None and not tail.unstored:
            due_ms = earliest(due_ms, self._resume_at_ms)
        if fold.hz:
            due_ms = earliest(due_ms, self._gone_at_ms())
        return due_ms if fold.clock is None else earliest(due_ms, self.flag_at_ms())

    def due(self, now_ms: int) -> list[Effect]:
        """What has come due."""
        effects: list[Effect] = []
        if self._bots_at_ms is not None and self._bots_at_ms <= now_ms:
            self._bots_at_ms = None
            effects += self._play_bots(now_ms)
        gone_at = self._gone_at_ms()
        if gone_at is not None and gone_at <= now_ms:
            body = text(Gone(tuple(self._away.gone(self._tail.fold, now_ms))))
            effects += self._tail.append("gone", None, None, body, now_ms=now_ms)
        if self._resume_at_ms is not None and self._resume_at_ms <= now_ms and not self._tail.unstored:
            effects += self._tail.append("resume", None, None, "{}", now_ms=now_ms)
        flag_at, fall = self.flag_at_ms(), self.fall()
        if flag_at is not None and fall is not None and flag_at <= now_ms:
            effects += self.flag(fall, now_ms)
        return effects

    def _gone_at_ms(self) -> int | None:
        """When seats are taken out for being away: at ticks nobody can wait for them, and nobody needs to claim."""
        fold = self._tail.fold
        return self._away.next_ms(fold) if fold.hz and not self._tail.stalled else None

    def _play_bots(self, now_ms: int) -> list[Effect]:
        tail = self._tail
        effects: list[Effect] = []
        if tail.unstored:
            return effects  # a bot answers what is stored; the release calls it again
        for seat, what in bots.to_answer(tail.fold):
            body = inputs.answer_body(tail.fold, what, bots.agrees(what), lambda: tail.new_match()[0])
            effects += tail.append("answer", seat, tail.fold.cs[seat] + 1, body, now_ms=now_ms)
        while seats := bots.to_move(tail.fold):
            seat, move = seats[0], bots.choose(tail.fold, seats[0])
            effects += tail.append("move", seat, tail.fold.cs[seat] + 1, text(move), now_ms=now_ms, move=move)
            if seat not in tail.fold.pool:
                break  # that was a step: what comes next is answered when this is stored
        return effects

    # ── flags ───────────────────────────────────────────────────────────────────────────────────────────

    def fall(self) -> Fall | None:
        """When the next flag falls, and whose; None while time stands still."""
        fold = self._tail.fold
        if fold.control is None or fold.clock is None or not self._tail.running:
            return None
        return clocks.flag(fold.control, fold.clock)

    def fell(self, seat: int, at_ms: int) -> bool:
        """Whether the flag of `seat` has fallen at this charged time, called or not."""
        fold = self._tail.fold
        if fold.control is None or fold.clock is None or not self._tail.running:
            return False
        fall_ms = clocks.falls(fold.control, fold.clock).get(seat)
        return fall_ms is not None and at_ms >= fall_ms

    def flag_before(self, seat: int, now_ms: int, *, late: bool) -> list[Effect]:
        """Call what must be called before a move of `seat` is looked at: a flag that nothing can save any more.

        That is one whose allowance is over, too, or that of `seat` whose move has come `late`. Not while another's flag
        fell before or with it: their move may be on its way and forgiven it; the alarm calls all in order.
        """
        flag_at, fall = self.flag_at_ms(), self.fall()
        if flag_at is None or fall is None:
            return []
        return self.flag(fall, now_ms) if flag_at <= now_ms or (late and fall.seats == (seat,)) else []

    def flag(self, fall: Fall, now_ms: int) -> list[Effect]:
        """Call it, at the charged time at which it fell."""
        over_ms = self._tail.charged(now_ms) - fall.at_ms
        return self._tail.append("flag", None, None, text(Flagged(fall.seats)), now_ms=now_ms, forgiven_ms=over_ms)

    def flag_at_ms(self) -> int | None:
        """When a flag will be called: as late as a move of those seats could still be forgiven its way."""
        fall = self.fall()
        return None if fall is None else self._tail.when(fall.at_ms) + max(map(self.lag.allowance_ms, fall.seats))


def earliest(one_ms: int | None, other_ms: int | None) -> int | None:
    """The earlier of two times, either of which may be never."""
    if one_ms is None or other_ms is None:
        return one_ms if other_ms is None else other_ms
    return min(one_ms, other_ms)
