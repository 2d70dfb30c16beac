"""Who looks at a live match: the connection of each seat, the spectators, what they missed, and the chat.

`match.py` owns one for each match and tells it what was released; it returns the frames to put and changes no log. A
seat has one connection: the newest. No I/O.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from games.host import frames as shown_as
from games.host.away import Away
from games.host.effects import Effect, FrameKind, Put, Shut
from games.host.fold import Fold
from games.host.history import Frames, History, frame_for
from games.host.limits import TokenBucket
from games.host.ports import Connection
from games.protocol import codec
from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import ChatLine, ChatSaid, Error, Hello, Presence, Renewed, Resync, Welcome

# What a newcomer is shown; older lines are gone. 50 lines of at most 500 signs are 25 KiB a match at the very most.
CHAT_LINES = 50
# Five lines at once are a greeting and a correction; one in two seconds is as fast as people write.
CHAT_BURST, CHAT_PER_SECOND = 5, 0.5
# Spectators come in crowds: their number is told at most once a second, or n arrivals would cost n² frames.
PRESENCE_EVERY_MS = 1000


class Facts(msgspec.Struct, frozen=True):
    """What a match is besides its log: everything in `welcome` that never changes while it is owned."""

    public_id: str
    epoch: int
    options: Any
    seed_hash: str


class Audience:
    """The connections of one match. `now_ms` is the driver's monotonic clock; `unix_ms` the wall clock, shown only."""

    def __init__(self, facts: Facts, shown: Fold, away: Away, charged: Callable[[int], int]) -> None:
        """`charged`: the match's charged time at a monotonic one."""
        self.facts = facts
        self._charged = charged
        self._away = away
        self.seated: dict[int, Connection] = {}
        self.spectators: dict[int, Connection] = {}
        self.history = History(shown.v)
        self.chat: deque[ChatLine] = deque(maxlen=CHAT_LINES)
        self.refused: dict[Code, int] = {}
        """How many inputs and messages of this match were refused; for operators."""
        self.presence_at_ms: int | None = None
        self._chat_budget: dict[int, TokenBucket] = {}
        self._everyone: tuple[Connection, ...] | None = ()

    # ── coming and going ────────────────────────────────────────────────────────────────────────────────

    def arrive(self, connection: Connection, hello: Hello, shown: Fold, now_ms: int, unix_ms: int) -> list[Effect]:
        """Give `connection` its place, and what it missed or the whole."""
        effects = self._place(connection, shown.seat_of(connection.player), now_ms)
        missed = self._missed(connection, hello)
        if missed is None:
            effects.append(self.welcome(connection, shown, now_ms, unix_ms))
        else:
            effects.extend(Put((connection,), frame, "state") for frame in missed)
            effects.extend(self._missed_chat(connection, hello.k or 0))
            token = connection.token(self.facts.public_id, connection.seat)
            if token is not None:
                effects.append(_put(connection, Renewed(token)))
        return effects + self._presence(connection.seat is not None, shown, now_ms)

    def _place(self, connection: Connection, seat: int | None, now_ms: int) -> list[Effect]:
        self._everyone = None
        connection.seat = seat
        self._away.back(seat)
        if seat is None:
            self.spectators[id(connection)] = connection
            return []
        replaced = self.seated.get(seat)
        self.seated[seat] = connection
        if replaced is None or replaced is connection:
            return []
        self._chat_budget.pop(id(replaced), None)
        replaced.seat = None
        return [Shut(replaced, Close.REPLACED)]

    def depart(self, connection: Connection, shown: Fold, now_ms: int) -> list[Effect]:
        """Forget `connection`; a second call, and one for a replaced connection, changes nothing."""
        self._chat_budget.pop(id(connection), None)
        was_seated = connection.seat is not None and self.seated.get(connection.seat) is connection
        if was_seated:
            assert connection.seat is not None
            del self.seated[connection.seat]
            self._away.left(connection.seat, now_ms)
        elif self.spectators.pop(id(connection), None) is None:
            return []
        self._everyone = None
        return self._presence(was_seated, shown, now_ms)

    def seat_spectator(self, player: str | None, seat: int, shown: Fold, now_ms: int, unix_ms: int) -> list[Effect]:
        """A player who watched has sat down: the newest of their connections takes the seat."""
        watching = [one for one in self.spectators.values() if player is not None and one.player == player]
        if not watching:
            return []
        newest = watching[-1]
        del self.spectators[id(newest)]
        effects = self._place(newest, seat, now_ms)
        return [*effects, self.welcome(newest, shown, now_ms, unix_ms), *self.tell_presence(shown, now_ms)]

    def everyone(self) -> tuple[Connection, ...]:
        """All connections; the tuple is made anew only when someone came or went."""
        if self._everyone is None:
            self._everyone = (*self.seated.values(), *self.spectators.values())
        return self._everyone

    def viewers(self) -> list[int | None]:
        """Whose view somebody looks at now."""
        return [*self.seated, None] if self.spectators else [*self.seated]

    # ── what they are sent ──────────────────────────────────────────────────────────────────────────────

    def publish(self, shown: Fold, frames: Frames, now_ms: int, unix_ms: int) -> list[Effect]:
        """The frames of the version of `shown`; the whole for a viewer that came when its frame had been left out."""
        self.history.add(shown.v, frames)
        everyone = self.everyone()
        if isinstance(frames, bytes):
            return [Put(everyone, frames, "state")] if everyone else []
        effects: list[Effect] = []
        for one in everyone:
            frame = frame_for(frames, one.seat)
            effects.append(self.welcome(one, shown, now_ms, unix_ms) if frame is None else Put((one,), frame, "state"))
        return effects

    def to_seat(self, seat: int, message: Any) -> list[Effect]:
        """One message for the connection of a seat, if it has one."""
        connection = self.seated.get(seat)
        return [] if connection is None else [_put(connection, message)]

    def welcome_all(self, shown: Fold, now_ms: int, unix_ms: int) -> list[Effect]:
        """The whole for everyone: what they hold cannot be continued by updates."""
        self.history = History(shown.v)
        everyone = self.everyone()
        notice: list[Effect] = [Put(everyone, codec.encode(Resync()), "event")] if everyone else []
        return notice + [self.welcome(connection, shown, now_ms, unix_ms) for connection in everyone]

    def welcome(self, connection: Connection, shown: Fold, now_ms: int, unix_ms: int) -> Effect:
        """The whole as this connection may know it."""
        seat, rules = connection.seat, shown.rules
        shared = rules.shared(None, shown.state)
        message = Welcome(
            match=self.facts.public_id,
            game=rules.name,
            edition=rules.edition,
            options=self.facts.options,
            hz=shown.hz,
            seed_hash=self.facts.seed_hash,
            status="over" if shown.over else "live" if shown.status == "live" else "waiting",
            seats=shown_as.seats_shown(shown, dict.fromkeys(self.seated, True)),
            sides=shown.sides,
            seat=seat,
            e=self.facts.epoch,
            v=shown.v,
            step=shown.step,
            c=0 if seat is None else shown.cs[seat],
            view=rules.view(shown.state, seat, shared),
            moves=shown_as.moves_shown(shown, seat),
            clock=shown_as.clock_shown(shown, seat, self._charged(now_ms), whole=True),
            offers={what: list(seats) for what, seats in shown.offers.items()},
            may_offer=tuple(sorted(shown.may_offer)),
            may_pause=rules.pauses,
            paused=shown.paused_by is not None,
            out=shown.out,
            grace=rules.grace_s * 1000,
            result=shown_as.result_info(shown),
            seed=shown.seed.hex() if shown.over else None,
            rematch=shown.rematch,
            chat=list(self.chat),
            token=connection.token(self.facts.public_id, seat),
            now=unix_ms,
        )
        return _put(connection, message, "state")

    def _missed(self, connection: Connection, hello: Hello) -> list[bytes] | None:
        if hello.v is None or hello.e != self.facts.epoch:
            return None
        return self.history.since(hello.v, connection.seat)

    # ── presence ────────────────────────────────────────────────────────────────────────────────────────

    def _presence(self, at_once: bool, shown: Fold, now_ms: int) -> list[Effect]:
        if at_once:
            return self.tell_presence(shown, now_ms)
        if self.presence_at_ms is None:
            self.presence_at_ms = now_ms + PRESENCE_EVERY_MS
        return []

    def tell_presence(self, shown: Fold, now_ms: int) -> list[Effect]:
        """Who is here, to everyone; a bot always is."""
        self.presence_at_ms = None
        everyone = self.everyone()
        bots = [seat for seat, sit in shown.sitting.items() if sit.bot]
        here = tuple(seat in self.seated or seat in bots for seat in range(shown.seats))
        away = tuple(None if present else self._away.for_ms(seat, now_ms) for seat, present in enumerate(here))
        message = Presence(here=here, away=away, spectators=len(self.spectators))
        return [Put(everyone, codec.encode(message), "event")] if everyone else []

    # ── chat ────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, connection: Connection, text: str, now_ms: int) -> list[Effect]:
        """A line to everyone; only people with a name may write, and not too fast."""
        if connection.player is None:
            return [self.refuse(connection, Code.NOT_SEATED)]
        budget = self._chat_budget.get(id(connection))
        if budget is None:
            budget = self._chat_budget[id(connection)] = TokenBucket(CHAT_BURST, CHAT_PER_SECOND, now_ms)
        if not budget.take(now_ms):
            return [self.refuse(connection, Code.CHAT_LIMIT)]
        line = ChatLine((self.chat[-1].k if self.chat else 0) + 1, connection.seat, connection.name, text)
        self.chat.append(line)
        return [Put(self.everyone(), _said(line), "event")]

    def _missed_chat(self, connection: Connection, seen: int) -> Iterable[Effect]:
        return [Put((connection,), _said(line), "event") for line in self.chat if line.k > seen]

    # ── refusals ────────────────────────────────────────────────────────────────────────────────────────

    def refuse(self, connection: Connection, code: Code) -> Effect:
        """An error that names no input."""
        self.count(code)
        return _put(connection, Error(code, WHY[code]))

    def count(self, code: Code) -> None:
        """One more was refused."""
        self.refused[code] = self.refused.get(code, 0) + 1


def _said(line: ChatLine) -> bytes:
    return codec.encode(ChatSaid(line.k, line.seat, line.name, line.text))


def _put(connection: Connection, message: Any, kind: FrameKind = "event") -> Put:
    return Put((connection,), codec.encode(message), kind)
