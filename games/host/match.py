"""A live match: takes calls with the time passed in, gives back effects, and does no I/O.

The driver alone calls it, on one thread. An input is checked and folded at once, in memory; what it changed is shown
and acknowledged only when `stored` says that its entry is safe. What has not been stored can be dropped by `rewind`,
and nobody has seen it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from games.host import checks, frames, house, inputs, said
from games.host.alarms import Alarms, earliest
from games.host.audience import Audience
from games.host.away import Away
from games.host.effects import Effect, Put
from games.host.entries import Kind, Sit, text
from games.host.fold import Fold
from games.host.history import ticks_ms
from games.host.late import Late
from games.host.ports import Connection
from games.host.steering import Steering
from games.host.tail import Header, Tail, Unstored
from games.protocol import codec, messages
from games.protocol.codes import WHY, Code
from games.protocol.messages import Ack, Hello, MovesAre, RatedInfo, Reject


class LiveMatch:
    """One match in memory, with those who look at it."""

    __slots__ = ("alarms", "audience", "away", "header", "moves", "steering", "tail")

    def __init__(self, header: Header, fold: Fold, *, now_ms: int, new_match: Callable[[], tuple[str, bytes]]) -> None:
        self.header = header
        self.tail = Tail(header, fold, now_ms=now_ms, new_match=new_match)
        self.away = Away(fold, now_ms)
        late = Late(fold, now_ms=now_ms, gap_ms=header.gap_ms) if fold.rules.spectator_delay_s else None
        self.audience = Audience(header.facts, fold, self.away, self.tail.charged, late=late)
        self.audience.rated = header.ratings
        self.tail.looking = self.audience.viewers
        self.steering = Steering(every=fold.rules.every_input)
        self.alarms = Alarms(self.tail, self.away, now_ms)
        self.moves = 0
        """Moves shown since the match was loaded; for operators."""

    @property
    def fold(self) -> Fold:
        """The newest fold, stored or not: what inputs are checked against."""
        return self.tail.fold

    @property
    def shown(self) -> Fold:
        """The newest fold that is stored: what people see."""
        return self.tail.shown

    def recover(self, now_ms: int) -> list[Effect]:
        """After a log was loaded: a match that was decided but not sealed is sealed now."""
        return [] if self.fold.outcome is None or self.fold.over else self.tail.seal(now_ms)

    # ── connections ─────────────────────────────────────────────────────────────────────────────────────

    def attach(self, connection: Connection, hello: Hello, now_ms: int, unix_ms: int) -> list[Effect]:
        """A connection arrives; it gets what it missed, or a `welcome`."""
        return self.audience.arrive(connection, hello, self.shown, now_ms, unix_ms)

    def detach(self, connection: Connection, now_ms: int) -> list[Effect]:
        """A connection is gone. Its seat is held."""
        return self.audience.depart(connection, self.shown, now_ms)

    def refresh(self, connection: Connection, now_ms: int, unix_ms: int) -> list[Effect]:
        """The whole once more, for a connection that lost frames."""
        return [self.audience.welcome(connection, self.shown, now_ms, unix_ms)]

    # ── inputs ──────────────────────────────────────────────────────────────────────────────────────────

    def submit(self, connection: Connection, message: Any, now_ms: int) -> list[Effect]:
        """A decoded message of a client. Every input gets its ack or reject, now or when it is stored."""
        if isinstance(message, messages.Move):
            return self._move(connection, message, now_ms)
        if isinstance(message, messages.INPUTS):
            return self._input(connection, message, now_ms)
        if isinstance(message, messages.Chat):
            return said.say(self.audience, connection, message, self.shown, now_ms)
        if isinstance(message, messages.AskMoves):
            return self._tell_moves(connection)
        code = Code.HELLO_TWICE if isinstance(message, messages.Hello) else Code.BAD_MESSAGE
        return [self.audience.refuse(connection, code)]

    def reject(self, connection: Connection, c: int, code: Code) -> list[Effect]:
        """Refuse input `c`; the answer carries the seat's last number."""
        self.audience.count(code)
        last = 0 if connection.seat is None else self.fold.cs[connection.seat]
        return [Put((connection,), codec.encode(Reject(c=c, code=code, why=WHY[code], last=last)), "event")]

    def _move(self, connection: Connection, message: messages.Move[Any], now_ms: int) -> list[Effect]:
        """The hot path: every call here is paid for each move."""
        seat, tail, c = connection.seat, self.tail, message.c
        fold = tail.fold
        if seat is None:
            return self.reject(connection, c, Code.NOT_SEATED)
        if fold.hz:
            return self._steer(connection, seat, message)
        last = fold.cs[seat]
        if c != last + 1:
            if c > last:
                return self.reject(connection, c, Code.C_GAP)
            return self._again(connection, seat, c, "move", text(message.m))
        code = Code.TRY_AGAIN if tail.full else checks.move(fold, seat, message.on, message.m)
        if code is not None:
            return self.reject(connection, c, code)
        if fold.clock is not None:
            return self._timed_move(connection, seat, message, now_ms)
        return tail.append("move", seat, c, text(message.m), now_ms=now_ms, move=message.m)

    def _input(self, connection: Connection, message: Any, now_ms: int) -> list[Effect]:
        """Any other numbered input."""
        seat, fold = connection.seat, self.tail.fold
        if seat is None:
            return self.reject(connection, message.c, Code.NOT_SEATED)
        gone = self.away.gone(fold, now_ms)
        kind, body = inputs.entry_of(fold, seat, message, gone, lambda: self.tail.new_match()[0])
        last = fold.cs[seat]
        if message.c <= last:
            return self._again(connection, seat, message.c, kind, body)
        if message.c > last + 1 and not fold.hz:
            return self.reject(connection, message.c, Code.C_GAP)
        code = Code.TRY_AGAIN if self.tail.full else inputs.refused(fold, seat, kind, message, gone)
        if code is not None:
            return self.reject(connection, message.c, code)
        return self.tail.append(kind, seat, message.c, body, now_ms=now_ms)

    def _timed_move(self, connection: Connection, seat: int, message: messages.Move[Any], now_ms: int) -> list[Effect]:
        """A legal move, unless the seat's flag fell before it arrived, less what the network is forgiven.

        Another's flag may have fallen, too: that is not called while a move of theirs could still be forgiven its way.
        """
        lag, body = self.alarms.lag, text(message.m)
        forgiven_ms = lag.forgivable_ms(seat, message.lag)
        late = self.alarms.fell(seat, self.tail.charged(now_ms) - forgiven_ms)
        effects = self.alarms.flag_before(seat, now_ms, late=late)
        if late or effects:
            # Where others play on without the seat that fell, there is a new turn, and this was the one before.
            code = checks.move(self.fold, seat, message.on, message.m) or (Code.FLAGGED if late else Code.STALE)
            return [*effects, *self.reject(connection, message.c, code)]
        lag.forgive(seat, forgiven_ms)
        return self.tail.append("move", seat, message.c, body, now_ms=now_ms, move=message.m, forgiven_ms=forgiven_ms)

    def _steer(self, connection: Connection, seat: int, message: messages.Move[Any]) -> list[Effect]:
        """An input for the next tick; whether it is legal is judged there, by the state of that tick."""
        if message.c <= self.fold.cs[seat]:
            return [Put((connection,), codec.encode(Ack(message.c, self.fold.v)), "event")]
        if (code := checks.playing(self.fold)) is not None:
            return self.reject(connection, message.c, code)
        if not self.steering.add(seat, message.c, message.m):
            return self.reject(connection, message.c, Code.TRY_AGAIN)
        return []

    def tick(self, now_ms: int, unix_ms: int) -> list[Effect]:
        """One step on the clock. While something must be stored first, time stands still."""
        tail, audience = self.tail, self.audience
        fold = tail.fold
        if tail.stalled or fold.paused_by is not None or checks.playing(fold) is not None:
            return []
        moves, refused = self.steering.take(fold)
        effects = self._refuse_at_tick(refused) if refused else []
        self.moves += len(moves)
        before, change = tail.tick(moves)
        after = tail.fold
        seen = frames.tick_frames(before, after, change, audience.viewers)
        effects += audience.publish(after, seen, now_ms, unix_ms)
        if after.outcome is not None:
            return effects + tail.seal(now_ms)
        return effects + tail.gather() if tail.window_closes(now_ms) else effects

    def _refuse_at_tick(self, refused: list[tuple[int, int]]) -> list[Effect]:
        here = self.audience.seated
        return [one for seat, c in refused if seat in here for one in self.reject(here[seat], c, Code.ILLEGAL)]

    def _again(self, connection: Connection, seat: int, c: int, kind: Kind, body: str) -> list[Effect]:
        """An input with a number that was used: the same ack for the same input, and a refusal for another."""
        stored = self.fold.remembered(seat, c)
        if stored is None or not inputs.same(stored.kind, stored.body, kind, body):
            return self.reject(connection, c, Code.C_TAKEN)
        if any(one.seat == seat and one.c == c for one in self.tail.unstored):
            return []  # on its way: its own release answers, to this connection too
        return [Put((connection,), codec.encode(Ack(c, stored.v)), "event")]

    def _tell_moves(self, connection: Connection) -> list[Effect]:
        seat = connection.seat
        if seat is None:
            return [self.audience.refuse(connection, Code.NOT_SEATED)]
        listed = frames.whole_listing(self.shown, seat)
        return [Put((connection,), codec.encode(MovesAre(self.shown.v, listed)), "event")]

    # ── wishes from HTTP and admin ──────────────────────────────────────────────────────────────────────

    def sit(self, command: int, sit: Sit, pk: int | None, seat: int | None, now_ms: int) -> list[Effect]:
        """Seat a player, at `seat` if given, else at the first free one. Idempotent: who sits already is told where."""
        return house.sit(self.tail, self.away, command, sit, pk, seat, now_ms)

    def call_off(self, why: str, now_ms: int, command: int | None = None, words: str = "") -> list[Effect]:
        """Abort, by a fault, an admin or the person who opened the match. Without effect on a match that is decided."""
        return house.call_off(self.tail, why, words, now_ms, command)

    def decide(self, command: int, kind: str, body: dict[str, Any], now_ms: int) -> list[Effect]:
        """A wish of the house: "rule" the result, "say" something, "abort"."""
        return house.decide(self.tail, self.audience, command, kind, body, now_ms)

    def rated(self, rated: RatedInfo) -> list[Effect]:
        """The ratings have followed the result. A rematch begins with the new ones."""
        self.tail.rated = rated
        return self.audience.tell_rated(rated, self.shown)

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────

    def due_ms(self) -> int | None:
        """When `due` wants to be called; None: not before something else happens."""
        audience = self.audience
        told_ms = audience.presence_at_ms if audience.late is None else audience.due_ms()
        return earliest(self.alarms.due_ms(), told_ms)

    def due(self, now_ms: int) -> list[Effect]:
        """What has come due: what people are told by time alone, and what the alarms say."""
        return self.audience.due(self.shown, now_ms) + self.alarms.due(now_ms)

    # ── endings of a flush ──────────────────────────────────────────────────────────────────────────────

    def stored(self, n: int, now_ms: int, unix_ms: int) -> list[Effect]:
        """Entries up to `n` are safe: acknowledge and show them, in order."""
        effects: list[Effect] = []
        while (one := self.tail.take(n, now_ms)) is not None:
            effects += self._release(one, now_ms, unix_ms)
        self.alarms.think(now_ms)
        return effects

    def _release(self, one: Unstored, now_ms: int, unix_ms: int) -> list[Effect]:
        if one.kind == "move":
            self.moves += 1
            if one.frames is not None:  # an update is the ack
                return self.audience.publish(one.fold, one.frames, now_ms, unix_ms)
        self.alarms.heard(one, now_ms)
        effects = [] if one.frames is None else self.audience.publish(one.fold, one.frames, now_ms, unix_ms)
        if one.seat is not None and one.c is not None:
            effects += self.audience.to_seat(one.seat, Ack(one.c, one.fold.v))
        if one.kind == "sit" and one.seat is not None:
            player = one.fold.sitting[one.seat].player
            effects += self.audience.seat_spectator(player, one.seat, self.shown, now_ms, unix_ms)
        if one.grant is not None:
            effects.append(one.grant)
        return effects

    def doubted(self) -> list[Effect]:
        """Nobody can say yet whether what is under way was stored: who waits for it is told to try again, once. Sent
        again it is the same input, and counts once."""
        return [effect for one in self.tail.unstored for effect in self._refuse_once(one)]

    def rewind(self, stored: Fold, now_ms: int, unix_ms: int) -> list[Effect]:
        """What was under way failed for good: go on from `stored`, folded anew from the database.

        Each dropped input is told to try again. If the database holds more than was shown, or less (ticks), everyone
        gets the whole.
        """
        seen = self.shown.n, self.shown.v
        dropped = self.tail.rewind(stored, now_ms)
        self.alarms.begin_anew(now_ms)
        self.steering.drop()
        effects: list[Effect] = []
        if (stored.n, stored.v) != seen:
            lost_ms = ticks_ms(stored, seen[1] - stored.v)
            effects += self.audience.welcome_all(stored, now_ms, unix_ms, lost_ms=lost_ms)
        for one in dropped:
            effects += self._refuse_once(one)
            if one.grant is not None:
                effects.append(house.no(one.grant.command, Code.TRY_AGAIN))
        self.alarms.think(now_ms)
        return effects + self.recover(now_ms)

    def stood(self, ms: int, now_ms: int, unix_ms: int) -> list[Effect]:
        """This process could do nothing for so long: it is charged to nobody, and clocks on screens are set right."""
        self.tail.stood(ms, now_ms)
        self.away.stood(ms, now_ms)
        self.alarms.stood(ms)
        if self.fold.clock is None or not self.tail.running:
            return []
        return [self.audience.welcome(one, self.shown, now_ms, unix_ms) for one in self.audience.everyone()]

    def renew(self, epoch: int) -> None:
        """The lease was taken anew: from now on entries and welcomes carry this epoch."""
        facts = msgspec.structs.replace(self.header.facts, epoch=epoch)
        self.header = self.tail.header = msgspec.structs.replace(self.header, facts=facts)
        self.audience.facts = facts

    def _refuse_once(self, one: Unstored) -> list[Effect]:
        connection, c = None if one.seat is None else self.audience.seated.get(one.seat), one.c
        one.c = None
        return [] if connection is None or c is None else self.reject(connection, c, Code.TRY_AGAIN)
