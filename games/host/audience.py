"""Who looks at a live match: the connection of each seat, the spectators, what they missed, and the chat.

`match.py` owns one for each match and tells it what was released; it returns the frames to put and changes no log. A
seat has one connection: the newest. No I/O.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from games.host import said
from games.host.alarms import earliest
from games.host.away import Away
from games.host.effects import Effect, FrameKind, Put, Shut
from games.host.fold import Fold
from games.host.greeting import Facts, Guest, greeting
from games.host.history import Frames, History, frame_for, ticks_ms
from games.host.late import Late
from games.host.ports import Connection
from games.host.talk import Talk
from games.protocol import codec
from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import Error, Hello, Presence, Rated, RatedInfo, Renewed, Resync

# Spectators come in crowds: their number is told at most once a second, or n arrivals would cost n² frames.
PRESENCE_EVERY_MS = 1000


class Audience:
    """The connections of one match. `now_ms` is the driver's monotonic clock; `unix_ms` the wall clock, shown only."""

    __slots__ = (
        "_away",
        "_charged",
        "_everyone",
        "_resumed_v",
        "_unix_ahead_ms",
        "facts",
        "history",
        "late",
        "presence_at_ms",
        "rated",
        "refused",
        "seated",
        "spectators",
        "talk",
    )

    def __init__(
        self, facts: Facts, shown: Fold, away: Away, charged: Callable[[int], int], *, late: Late | None = None
    ) -> None:
        """`charged`: the match's charged time at a monotonic one; `late`: where spectators are told later."""
        self.facts = facts
        self._charged = charged
        self._away = away
        self.seated: dict[int, Connection] = {}
        self.spectators: dict[int, Connection] = {}
        self.history = History(shown.v)
        self._resumed_v = shown.v
        """The version with which this epoch began: what was seen of an epoch before beyond it is undone."""
        self.talk = Talk(shown.rules)
        self.late = late
        self.rated: RatedInfo | None = None
        """What the match has done to ratings, once it is known."""
        self._unix_ahead_ms = 0
        self.refused: dict[Code, int] = {}
        """How many inputs and messages of this match were refused; for operators."""
        self.presence_at_ms: int | None = None
        self._everyone: tuple[Connection, ...] | None = ()

    # ── coming and going ────────────────────────────────────────────────────────────────────────────────

    def arrive(self, connection: Connection, hello: Hello, shown: Fold, now_ms: int, unix_ms: int) -> list[Effect]:
        """Give `connection` its place, and what it missed or the whole."""
        self._unix_ahead_ms = unix_ms - now_ms
        effects = self._place(connection, shown.seat_of(connection.player), now_ms)
        missed = self._missed(connection, hello)
        if missed is None:
            effects += self._undone(connection, hello, shown)
            effects.append(self.welcome(connection, shown, now_ms, unix_ms))
        else:
            effects.extend(Put((connection,), frame, "state") for frame in missed)
            effects.extend(said.missed(self, connection, hello.k or 0))
            token = connection.token(self.facts.public_id, connection.seat)
            if token is not None:
                effects.append(_put(connection, Renewed(token)))
            # It has no version, so it may be what was missed.
            effects += self._rated((connection,), shown)
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
        replaced.seat = None
        return [Shut(replaced, Close.REPLACED)]

    def depart(self, connection: Connection, shown: Fold, now_ms: int) -> list[Effect]:
        """Forget `connection`; a second call, and one for a replaced connection, changes nothing."""
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

    def at_once(self) -> tuple[Connection, ...]:
        """Who is told of the match as it happens."""
        return self.everyone() if self.late is None else tuple(self.seated.values())

    def viewers(self) -> list[int | None]:
        """Whose view somebody looks at now, or will when it is due."""
        return [*self.seated, None] if self.spectators or self.late is not None else [*self.seated]

    # ── what they are sent ──────────────────────────────────────────────────────────────────────────────

    def publish(self, shown: Fold, frames: Frames, now_ms: int, unix_ms: int) -> list[Effect]:
        """The frames of the version of `shown`; the whole for a viewer that came when its frame had been left out."""
        self.history.add(shown.v, frames)
        if self.late is not None:
            self.late.add(shown, frame_for(frames, None), now_ms)
            told = self.at_once()
        else:
            told = self._everyone or self.everyone()
        if type(frames) is bytes:
            return [Put(told, frames, "state")] if told else []
        assert isinstance(frames, dict)
        effects: list[Effect] = []
        for one in told:
            frame = frame_for(frames, one.seat)
            effects.append(self.welcome(one, shown, now_ms, unix_ms) if frame is None else Put((one,), frame, "state"))
        return effects

    def to_seat(self, seat: int, message: Any) -> list[Effect]:
        """One message for the connection of a seat, if it has one."""
        connection = self.seated.get(seat)
        return [] if connection is None else [_put(connection, message)]

    def welcome_all(self, shown: Fold, now_ms: int, unix_ms: int, *, lost_ms: int = 0) -> list[Effect]:
        """The whole for everyone: what they hold cannot be continued by updates. `lost_ms`: play they have seen."""
        self.history = History(shown.v)
        self._resumed_v = shown.v
        if self.late is not None:
            self.late.begin_anew(shown, now_ms)
        return self._anew(self.at_once(), shown, now_ms, unix_ms, lost_ms)

    def tell_rated(self, rated: RatedInfo, shown: Fold) -> list[Effect]:
        """The match has been rated; who is shown it later hears of it when it is over for them. Once."""
        if self.rated is not None:
            return []
        self.rated = rated
        effects = self._rated(self.at_once(), shown)
        return effects if self.late is None else effects + self._rated(tuple(self.spectators.values()), self.late.fold)

    def _rated(self, told: tuple[Connection, ...], shown: Fold) -> list[Effect]:
        if self.rated is None or not shown.over or not told:
            return []
        return [Put(told, codec.encode(Rated(self.rated.seats, self.rated.why)), "event")]

    def _anew(
        self, told: tuple[Connection, ...], shown: Fold, now_ms: int, unix_ms: int, lost_ms: int = 0
    ) -> list[Effect]:
        notice: list[Effect] = [Put(told, codec.encode(Resync(lost_ms)), "event")] if told else []
        return notice + [self.welcome(connection, shown, now_ms, unix_ms) for connection in told]

    # ── what is told by time alone ──────────────────────────────────────────────────────────────────────

    def due_ms(self) -> int | None:
        """When `due` wants to be called."""
        return self.presence_at_ms if self.late is None else earliest(self.presence_at_ms, self.late.due_ms())

    def due(self, shown: Fold, now_ms: int) -> list[Effect]:
        """Presence, and what spectators see later."""
        told = self.presence_at_ms is not None and self.presence_at_ms <= now_ms
        effects = self.tell_presence(shown, now_ms) if told else []
        return effects + self._tell_late(now_ms)

    def _tell_late(self, now_ms: int) -> list[Effect]:
        effects: list[Effect] = []
        if self.late is None:
            return effects
        watching = tuple(self.spectators.values())
        while (version := self.late.next_version(now_ms)) is not None:
            if version.frame is None:
                effects += self._anew(watching, version.fold, now_ms, now_ms + self._unix_ahead_ms)
            elif watching:
                effects.append(Put(watching, version.frame, "state"))
                effects += self._rated(watching, version.fold)
        while (due := self.late.next_said(now_ms)) is not None:
            effects += said.put_line(self, "spectators", due.speech)
        return effects

    def welcome(self, connection: Connection, shown: Fold, now_ms: int, unix_ms: int) -> Effect:
        """The whole as this connection may know it."""
        late = self.late if connection.seat is None else None
        charged_ms = self._charged(now_ms)
        if late is not None:
            shown, charged_ms = late.fold, late.charged(now_ms)
        said, token = self.talk.of(connection.seat), connection.token(self.facts.public_id, connection.seat)
        guest = Guest(connection.seat, list(said.lines), token)
        times, here = {"charged_ms": charged_ms, "unix_ms": unix_ms}, self.seated
        message = greeting(self.facts, shown, guest, here=here, rated=self.rated, **times)
        return _put(connection, message, "state")

    def _undone(self, connection: Connection, hello: Hello, shown: Fold) -> list[Effect]:
        """Who saw ticks that died with the process before is told how much they were."""
        if hello.v is None or hello.e is None or hello.e >= self.facts.epoch:
            return []
        lost_ms = ticks_ms(shown, hello.v - self._resumed_v)
        return [_put(connection, Resync(lost_ms))] if lost_ms else []

    def _missed(self, connection: Connection, hello: Hello) -> list[bytes] | None:
        if hello.v is None or hello.e != self.facts.epoch or (connection.seat is None and self.late is not None):
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
        here, away = self._away.presence(shown, self.seated, now_ms)
        message = Presence(here=here, away=away, spectators=len(self.spectators))
        return [Put(everyone, codec.encode(message), "event")] if everyone else []

    # ── refusals ────────────────────────────────────────────────────────────────────────────────────────

    def refuse(self, connection: Connection, code: Code) -> Effect:
        """An error that names no input."""
        self.count(code)
        return _put(connection, Error(code, WHY[code]))

    def count(self, code: Code) -> None:
        """One more was refused."""
        self.refused[code] = self.refused.get(code, 0) + 1


def _put(connection: Connection, message: Any, kind: FrameKind = "event") -> Put:
    return Put((connection,), codec.encode(message), kind)
