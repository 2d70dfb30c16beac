"""A client as a stranger would write it from docs/protocol.md: no rules, no SDK, only the raw WebSocket.

`Page` is one tab or device. It plays random moves out of those that the server offers, comes back by itself, sends
again what was not acknowledged, and notes every breach of the protocol. `Seat` is what all pages of one seat know
together: which inputs were acknowledged to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidMessage, WebSocketException

# docs/protocol.md, "Closing codes": connecting again would not help.
FINAL_CLOSES = frozenset({1007, 1009, 4000, 4001, 4004, 4011, 4012})
# What an honest client may be told when another page of its seat was quicker, or the server could not store just now.
HONEST_REJECTS = frozenset({"c_taken", "c_gap", "stale", "not_your_turn", "over", "try_again"})
# Short pauses: these tests count what is lost, not how politely clients wait.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.5


class Api:
    """The HTTP side: players, matches, tickets; as a program uses it."""

    def __init__(self, url: str) -> None:
        self.url = url
        # More at once than the server has threads for pages, so that it never waits for us.
        self._threads = ThreadPoolExecutor(16)

    async def post(self, path: str, body: Any = None, key: str | None = None) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, path, body or {}, key)

    async def get(self, path: str) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, path, None, None)

    def _ask(self, path: str, body: Any, key: str | None) -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers), timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from None

    def close(self) -> None:
        self._threads.shutdown()


class Seat:
    """One player's seat at one match. `acked`: what the server acknowledged, by c, as (kind, body)."""

    def __init__(self, api: Api, key: str | None, number: int | None) -> None:
        self.number = number
        self.acked: dict[int, tuple[str, str]] = {}
        self._api = api
        self._key = key

    async def ticket(self) -> str | None:
        return (await self._api.post("/api/tickets", {}, self._key))["ticket"] if self._key else None


class Page:
    """One tab or device at one match; `run` returns when the match is over, or when the page must not come back."""

    def __init__(
        self, api: Api, socket_path: str, seat: Seat, rng: random.Random, *, resigns: bool = False, pace_s: float = 0
    ) -> None:
        self.seat, self.rng, self.resigns, self.pace_s = seat, rng, resigns, pace_s
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
        self._address = api.url.replace("http", "ws", 1) + socket_path
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
            # What a server that is going down or coming up does to a handshake.
            with contextlib.suppress(OSError, InvalidHandshake, InvalidMessage, TimeoutError):
                await self._connected()
            if self.over or self.replaced:
                break
            pause_s = FIRST_PAUSE_S if (self.v, self.welcomed, self.resumed) != seen else pause_s * 2
            await asyncio.sleep(min(pause_s, LONGEST_PAUSE_S) * self.rng.uniform(0.5, 1))

    async def _connected(self) -> None:
        token = self.token or await self.seat.ticket()
        async with connect(
            self._address, subprotocols=["madang.v1"], compression=None, ping_interval=None, open_timeout=15
        ) as socket:
            self._socket = socket
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
        self.closes.append(code or 1006)
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
        if self._pending is not None and self._pending[0] <= self.c:
            self._acked(self._pending[0])
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
            await self._socket.send(text)
            if self.cut_when_sent:
                self.cut_when_sent = False
                self.cut()


def _body(move: Any) -> str:
    """As a record keeps it."""
    return json.dumps(move, separators=(",", ":"), sort_keys=True)
