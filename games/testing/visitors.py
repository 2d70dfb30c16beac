"""Clients in the simulation: each draws its picture from frames, plays, and comes back when its connection breaks.

They follow the protocol as the SDK does: a gap asks for the whole, an input without an answer is sent again with the
same number, and a number that was refused is used again. The simulation carries what they send.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from games.host.ports import Connection
from games.protocol import messages
from games.protocol.codes import Close, Code
from games.protocol.messages import Hello
from games.testing.client import Client, Gap

if TYPE_CHECKING:
    from games.testing.simulation import Simulation

# A client that has heard nothing of an input for so long connects again: the SDK's own patience is of this order.
PATIENCE_MS = 3_000
# What the SDK keeps unanswered at most.
MOST_WAITING = 8
_THINKS_MS = (20, 400)
_RETRY_MS = 200

Chooses = Callable[[int, Any, Any], Any]
"""(seat, view, moves) to a move, or None to wait. `moves` as the rules' `turns` gives them to this seat."""


class Socket:
    """One connection, as the host sees it. `broken`: nothing comes through any more; `frames`: how many did."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.player = visitor.player
        self.name = visitor.player or ""
        self.seat: int | None = None
        self.broken = False
        self.attached = False
        self.frames = 0
        # Frames that keep their order arrive no earlier than the one before them.
        self.up_ms = self.down_ms = 0

    def put(self, frame: bytes, kind: Literal["state", "event"]) -> None:
        self.visitor.simulation.send_down(self, frame)

    def close(self, code: Close) -> None:
        self.visitor.simulation.close_down(self)

    def silenced(self) -> bool:
        return False

    def token(self, match: str, seat: int | None) -> str | None:
        return None if self.player is None else f"token of {self.player}"


class Visitor:
    """Someone who plays or watches. `sent`: how many inputs, each counted once however often it went out."""

    def __init__(self, simulation: Simulation, player: str | None, chooses: Chooses | None) -> None:
        self.simulation = simulation
        self.player = player
        self.chooses = chooses
        self.client = Client()
        self.socket: Socket | None = None
        self.sent = 0
        self._thinking = False

    # ── coming and going ────────────────────────────────────────────────────────────────────────────────

    def connect(self, *, whole: bool = False) -> None:
        """Open a new connection; `whole`: ask for everything instead of what was missed."""
        self.socket = socket = Socket(self)
        known = self.client.v >= 0 and not whole
        hello = Hello(e=self.client.e, v=self.client.v) if known else Hello()
        self.simulation.send_up(socket, lambda: self.simulation.attach(socket, hello))
        self._watch(socket)

    def come_back(self, socket: Socket, *, whole: bool = False) -> None:
        """The connection is of no use any more: another one, after a while."""
        if self.socket is not socket:
            return
        self.socket = None
        self.simulation.hang_up(socket)
        self.simulation.after_away(lambda: self.connect(whole=whole) if self.socket is None else None)

    def _watch(self, socket: Socket) -> None:
        """Silence for long means that something may have been missed: look again."""
        heard = socket.frames

        def look() -> None:
            if self.socket is not socket or (self.simulation.healed and socket.frames):
                return
            if socket.frames == heard:
                self.come_back(socket)
            else:
                self._watch(socket)

        self.simulation.later(PATIENCE_MS, look)

    # ── hearing ─────────────────────────────────────────────────────────────────────────────────────────

    def hear(self, socket: Socket, frame: bytes) -> None:
        """A frame arrives on `socket`."""
        if self.socket is not socket:
            return
        try:
            told = self.client.hear(frame)
        except Gap:
            self.simulation.story.gaps += 1
            self.come_back(socket, whole=True)
            return
        self.simulation.check(self)
        socket.frames += 1
        if socket.frames == 1:
            for c, message in sorted(self.client.waiting.items()):
                self._transmit(c, message)
        if isinstance(told, dict) and told["type"] == "reject":
            self._refused(told)
        self.consider()

    def _refused(self, told: dict[str, Any]) -> None:
        if told["code"] in (Code.TRY_AGAIN, Code.C_GAP, Code.C_TAKEN) and self.client.refusals:
            self.client.refusals.pop()
            self.sent -= 1
        if not self.simulation.house.match.fold.hz:
            self.client.c = max([told["last"], *self.client.waiting])

    # ── playing ─────────────────────────────────────────────────────────────────────────────────────────

    def consider(self) -> None:
        """Think about a move, if there is one to make."""
        if self.chooses is None or self._thinking or self.simulation.healed or not self._may_act():
            return
        self._thinking = True
        self.simulation.later(self.simulation.chances.within(_THINKS_MS), self._act)

    def _may_act(self) -> bool:
        client = self.client
        if self.simulation.house.match.fold.hz:
            return client.status == "live" and len(client.waiting) < MOST_WAITING
        return client.asked()

    def _act(self) -> None:
        self._thinking = False
        client, socket = self.client, self.socket
        if socket is None or not socket.frames or self.chooses is None or client.seat is None or not self._may_act():
            return
        moves = self.simulation.moves_at(client.v, client.seat)
        move = None if moves is None else self.chooses(client.seat, client.view, moves)
        if move is None:
            self.simulation.later(_RETRY_MS, self.consider)
            return
        client.c += 1
        on = None if self.simulation.house.match.fold.hz else client.v
        client.waiting[client.c] = message = messages.Move(client.c, move, on)
        self.sent += 1
        self._transmit(client.c, message)
        self.consider()

    def _transmit(self, c: int, message: Any) -> None:
        socket = self.socket
        if socket is None:
            return
        self.simulation.send_up(socket, lambda: self.simulation.submit(socket, message))
        self.simulation.later(PATIENCE_MS, lambda: self._unanswered(socket, c))

    def _unanswered(self, socket: Socket, c: int) -> None:
        if c in self.client.waiting and not self.simulation.healed:
            self.come_back(socket)


def as_connection(socket: Socket) -> Connection:
    """A socket as the host sees it."""
    return socket
