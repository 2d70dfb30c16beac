"""A client as a stranger would write it from docs/protocol.md: no rules, no SDK, only the raw WebSocket.

`Page` is one tab or device. It plays random moves out of those that the server offers, comes back by itself, sends
again what was not acknowledged, and notes every breach of the protocol. All that it sends and hears goes into the
field's `History`.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, ClassVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidMessage, WebSocketException

from tests.soak.history import History
from tests.soak.seats import Api, Seat

# docs/protocol.md, "Closing codes": connecting again would not help.
FINAL_CLOSES = frozenset({1007, 1009, 4000, 4001, 4002, 4004, 4011, 4012})
# What an honest client may be told when another page of its seat was quicker, or the server could not store just now.
HONEST_REJECTS = frozenset({"c_taken", "c_gap", "stale", "not_your_turn", "over", "try_again"})
# Another server may have what this one has not: it stops, is busy, or could not reach the match's owner.
ELSEWHERE_CLOSES = frozenset({1006, 1012, 4013})
# Short pauses: these tests count what is lost, not how politely clients wait.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.5

# A handshake that takes longer goes nowhere: its server stands still.
OPEN_S = 15.0

_numbers = count()


class Page:
    """One tab or device at one match; `run` returns when the match is over, or when the page must not come back."""

    def __init__(
        self,
        api: Api,
        socket_path: str,
        seat: Seat,
        rng: random.Random,
        history: History,
        *,
        place: int = 0,
        resigns: bool = False,
        pace_s: float = 0,
    ) -> None:
        self.number = next(_numbers)
        self.seat, self.rng, self.resigns, self.pace_s = seat, rng, resigns, pace_s
        # The server that it connects to, modulo their number.
        self.place = place
        self._api, self._history = api, history
        self.faults: list[str] = []
        self.closes: list[int] = []
        self.rejects: list[str] = []
        self.resent = self.resumed = self.welcomed = 0
        self.view: Any = None
        self.result: Any = None
        self.v = 0
        self.e: int | None = None
        self.over = self.over_at_first_close = self.replaced = self.cut_when_sent = False
        self.ready = asyncio.Event()
        self.go = asyncio.Event()
        self.on_version: Callable[[Page], None] = lambda page: None
        self.path = socket_path
        self._socket: ClientConnection | None = None
        self.token: str | None = None
        self._forget()

    def __str__(self) -> str:
        told = {name: vars(self)[name] for name in ("path", "e", "v", "c", "_moves", "_pending", "closes", "rejects")}
        return f"seat {self.seat.number}, connected {self._socket is not None}: {told} {self.faults}"

    # ── connections ─────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not (self.over or self.replaced):
            seen = self.v, self.welcomed, self.resumed
            try:
                await self._connected()
            # What a server that is going down or coming up does to a handshake.
            except (OSError, InvalidHandshake, InvalidMessage, TimeoutError):
                self.place += 1
            if self.over or self.replaced:
                break
            pause_s = FIRST_PAUSE_S if (self.v, self.welcomed, self.resumed) != seen else pause_s * 2
            await asyncio.sleep(min(pause_s, LONGEST_PAUSE_S) * self.rng.uniform(0.5, 1))

    async def _connected(self) -> None:
        token = self.token or await self.seat.ticket()
        async with connect(
            self._api.socket_url(self.path, self.place),
            subprotocols=["madang.v1"],
            compression=None,
            ping_interval=None,
            open_timeout=OPEN_S,
        ) as socket:
            self._socket = socket
            self._history.add(self.number, "open", self.place % len(self._api.urls))
            hello: dict[str, Any] = {"type": "hello", "token": token}
            if self.e is not None:
                hello |= {"e": self.e, "v": self.v}
            try:
                await socket.send(json.dumps(hello))
                await self._listen(socket)
            except WebSocketException:
                pass
            finally:
                self._socket = None
        self._closed(socket.close_code)

    async def _listen(self, socket: ClientConnection) -> None:
        async for frame in socket:
            await self._hear(json.loads(frame))
            if self.over:
                return

    def _closed(self, code: int | None) -> None:
        if not self.closes:
            self.over_at_first_close = self.over
        code = code or 1006
        self.closes.append(code)
        self._history.add(self.number, "closed", code)
        if code in ELSEWHERE_CLOSES:
            self.place += 1
        if code == 4014:
            self._forget()
            self.token = None
        elif code in FINAL_CLOSES and not self.over:
            self.replaced = True
            if code != 4000:
                self.faults.append(f"closed for good with {code}")

    def cut(self) -> None:
        """The network is gone: no close frame, nothing flushed. The page comes back with what it had seen."""
        if self._socket is not None:
            self._socket.transport.abort()

    def reload(self) -> None:
        """As `cut`, and the page has forgotten everything, its token too."""
        self._forget()
        self.token = None
        self.cut()

    def _forget(self) -> None:
        self.e = None
        self.c = 0
        self._moves: dict[str, Any] = {}
        self._pending: tuple[int, str, tuple[str, str]] | None = None

    # ── what the server says ────────────────────────────────────────────────────────────────────────────

    async def _hear(self, message: dict[str, Any]) -> None:
        socket, kind = self._socket, message["type"]
        self._history.add(self.number, "heard", message)
        await self._heard.get(kind, Page._nothing_to_do)(self, message)
        if kind in ("update", "welcome"):
            self.on_version(self)
        if socket is self._socket and not self.over:
            await self._speak(again=kind in ("welcome", "token"))

    async def _welcome(self, message: dict[str, Any]) -> None:
        self.welcomed += 1
        self.ready.set()
        if message["seat"] != self.seat.number:
            self.faults.append(f"welcomed at seat {message['seat']} instead of {self.seat.number}")
        if self.e is not None and (message["e"], message["v"]) < (self.e, self.v) and message["e"] == self.e:
            self.faults.append(f"went back from version {self.v} to {message['v']} within an epoch")
        self.e, self.v, self.c = message["e"], message["v"], message["c"]
        self.view, self.token = message["view"], message["token"]
        self._moves = message["moves"] or {}
        # What is pending is sent again even where `c` has reached it: a page that was loaded anew may meet a move that
        # it sent before, and only the answer tells which of the two was stored.
        if message["status"] == "over":
            self._end(message["result"])

    async def _update(self, message: dict[str, Any]) -> None:
        self._next_version(message["v"])
        self.view = message.get("view", self.view)
        if "d" in message:
            self.faults.append("a patch, though these games send whole views")
        self._moves = message.get("moves", self._moves)
        for seat, c, move in message.get("by", ()):
            if seat == self.seat.number:
                if self._pending is not None and self._pending[2][1] != _body(move):
                    self._pending = None  # another page of this seat was quicker
                self._acked(c)

    def _next_version(self, v: int) -> None:
        if v != self.v + 1:
            self.faults.append(f"version {v} after {self.v}")
        self.v = v

    def _acked(self, c: int) -> None:
        self.c = max(self.c, c)
        if self._pending is not None and self._pending[0] == c:
            self.seat.acked[c] = self._pending[2]
            self._pending = None

    async def _reject(self, message: dict[str, Any]) -> None:
        code = message["code"]
        self.rejects.append(code)
        if code not in HONEST_REJECTS:
            self.faults.append(f"reject {message}")
        if code == "try_again":
            await asyncio.sleep(0.05)
            await self._speak(again=True)
        elif self._pending is not None and self._pending[0] == message["c"]:
            self._pending = None
            self.c = message["last"]
            if code in ("stale", "not_your_turn", "over"):
                self._moves = {}  # until the next version tells what may be played

    async def _ack(self, message: dict[str, Any]) -> None:
        self._acked(message["c"])

    async def _renewed(self, message: dict[str, Any]) -> None:
        """The last frame of a resumption; what was missed has been heard."""
        self.token = message["token"]
        self.resumed += 1

    async def _over(self, message: dict[str, Any]) -> None:
        self._next_version(message["v"])
        self._end(message["result"])

    async def _error(self, message: dict[str, Any]) -> None:
        self.faults.append(f"error {message}")

    async def _nothing_to_do(self, message: dict[str, Any]) -> None:
        """Presence, the announcement of a welcome, and whatever later versions of the protocol may add."""

    def _end(self, result: Any) -> None:
        self.over, self.result = True, result

    _heard: ClassVar[dict[str, Callable[[Page, dict[str, Any]], Awaitable[None]]]] = {
        "welcome": _welcome,
        "update": _update,
        "ack": _ack,
        "reject": _reject,
        "over": _over,
        "token": _renewed,
        "error": _error,
    }

    # ── what it says ────────────────────────────────────────────────────────────────────────────────────

    async def _speak(self, *, again: bool) -> None:
        if self._pending is not None:
            if again:
                self.resent += 1
                await self._send(self._pending[1])
            return
        mine = self._moves.get(str(self.seat.number))
        if not mine or self.seat.number is None:
            return
        await self.go.wait()
        if self.pace_s:
            await asyncio.sleep(self.rng.uniform(0, 2 * self.pace_s))
        c = self.c + 1
        if self.resigns and self.rng.random() < 0.1:
            self._pending = c, json.dumps({"type": "resign", "c": c}), ("resign", "{}")
        else:
            move = self.rng.choice(mine)
            self._pending = c, json.dumps({"type": "move", "c": c, "on": self.v, "m": move}), ("move", _body(move))
        await self._send(self._pending[1])

    async def _send(self, text: str) -> None:
        if self._socket is not None:
            self._history.add(self.number, "sent", text)
            await self._socket.send(text)
            if self.cut_when_sent:
                self.cut_when_sent = False
                self.cut()


def _body(move: Any) -> str:
    """As a record keeps it."""
    return json.dumps(move, separators=(",", ":"), sort_keys=True)
