"""A player of a real server over HTTP and a raw WebSocket, for tests that look at the wire itself."""

from __future__ import annotations

import json
import urllib.request
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.servers import MadangServer

# An answer that takes longer is none.
PATIENCE_S = 5.0


def socket_to(server: MadangServer, path: str, **options: Any) -> AbstractContextManager[ClientConnection]:
    """A WebSocket after its handshake, before hello; as programs open it, without an Origin."""
    options.setdefault("subprotocols", ["madang.v1"])
    return connect(f"ws://127.0.0.1:{server.port}{path}", compression=None, ping_interval=None, **options)


def close_code_after_hello(server: MadangServer, match: str, token: str | None = None) -> int | None:
    """What a socket is closed with that says hello and is not let in."""
    with socket_to(server, f"/ws/match/{match}") as socket:
        socket.send(json.dumps({"type": "hello", "token": token}))
        try:
            socket.recv(PATIENCE_S)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
    return None


class Guest:
    """A guest by the HTTP API, with the key that acts for it."""

    def __init__(self, server: MadangServer) -> None:
        self.server = server
        self.key = ""
        made = self.post("players", {})
        self.key, self.player = made["key"], made["id"]

    def post(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        wish = urllib.request.Request(f"{self.server.url}/api/{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(wish, timeout=PATIENCE_S) as answer:
            return json.load(answer)


class Place:
    """One connection to one match: what it was welcomed with, the version it has seen, and how to talk on it."""

    def __init__(self, server: MadangServer, match: str, token: str | None, **options: Any) -> None:
        self.server = server
        self.match = match
        self.enter({"type": "hello", "token": token} if token else {"type": "hello"}, **options)

    def enter(self, hello: dict[str, Any], **options: Any) -> None:
        """Connect, say hello, and be welcomed; what came before the welcome is in `heard_before`."""
        self.v = 0
        self._open = ExitStack()
        self.socket = self._open.enter_context(socket_to(self.server, f"/ws/match/{self.match}", **options))
        try:
            self.say(hello)
            self.heard_before: list[Any] = []
            while (frame := self.hear_next())["type"] != "welcome":
                self.heard_before.append(frame)
        except BaseException:
            self._open.close()
            raise
        self.welcome = frame
        self.c = self.welcome["c"]

    def say(self, message: Any) -> None:
        self.socket.send(message if isinstance(message, str) else json.dumps(message))

    def hear_next(self) -> Any:
        frame = json.loads(self.socket.recv(PATIENCE_S))
        if isinstance(frame, list):  # the short form of a tick
            frame = {"type": "tick", "v": frame[0], "d": frame[1], "by": frame[2] if len(frame) > 2 else []}
        self.v = max(self.v, frame.get("v", 0))
        return frame

    def hear(self, *types: str) -> Any:
        """The next frame of one of these types; others are passed over."""
        while (frame := self.hear_next())["type"] not in types:
            pass
        return frame

    def put(self, frame: str) -> None:
        """Send an input, and wait until it is acknowledged by whatever carries its ack."""
        self.say(frame)
        c, seat = json.loads(frame)["c"], self.welcome["seat"]
        while True:
            heard = self.hear_next()
            assert heard["type"] not in ("reject", "error"), heard
            if heard["type"] == "ack" and heard["c"] == c:
                break
            if [seat, c] in [by[:2] for by in heard.get("by", ())]:
                break
        self.c = c

    def move(self, m: Any) -> None:
        """The next move of this seat, which must be accepted."""
        self.put(json.dumps({"type": "move", "c": self.c + 1, "on": self.v, "m": m}))

    def close_code(self) -> int:
        """What the server closes this connection with, after whatever else it says."""
        try:
            while True:
                self.hear_next()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    def close(self) -> None:
        self._open.close()


class Table:
    """A match that `players` sit at in order, each with a connection; and the connection of a spectator."""

    def __init__(self, players: list[Guest], game: str, *, sitting: int = 2) -> None:
        first, *others = players
        self.server = first.server
        wish = {"game": game, "seat": 0, "listed": False}
        self.match: str = first.post("matches", wish)["id"]
        for seat, other in enumerate(others[: sitting - 1], start=1):
            other.post(f"matches/{self.match}/join", {"seat": seat})
        self.seats = [
            Place(self.server, self.match, player.post("tickets", {})["ticket"]) for player in players[:sitting]
        ]
        self.spectator = Place(self.server, self.match, None)

    def place(self, seat: int | None) -> Place:
        return self.spectator if seat is None else self.seats[seat]

    def reconnect(self, seat: int) -> None:
        """By the resume token of the connection before."""
        self.seats[seat].close()
        self.seats[seat] = Place(self.server, self.match, self.seats[seat].welcome["token"])

    def close(self) -> None:
        for place in (*self.seats, self.spectator):
            place.close()
