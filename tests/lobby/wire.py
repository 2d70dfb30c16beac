"""Somebody in the lobby of a real server, over a raw WebSocket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from websockets.exceptions import ConnectionClosed

from games.protocol import patch
from tests.games.wire import PATIENCE_S, Guest, socket_to
from tests.servers import MadangServer


class Visitor:
    """Follows the lobby by the protocol. `guest`: who it is; None: a stranger."""

    def __init__(self, server: MadangServer, guest: Guest | None = None) -> None:
        self._open = ExitStack()
        self.socket = self._open.enter_context(socket_to(server, "/ws/lobby"))
        self.picture: Any = None
        self.you: Any = None
        self.v = -1
        self.frames = 0
        token = {"token": guest.post("tickets", {})["ticket"]} if guest else {}
        self.say({"type": "hello", **token})
        self.until(lambda: self.picture is not None)

    def say(self, message: Any) -> None:
        self.socket.send(json.dumps(message))

    def hear(self, within_s: float = PATIENCE_S) -> dict[str, Any]:
        """The next frame; what it says is followed. Raises TimeoutError."""
        said: dict[str, Any] = json.loads(self.socket.recv(within_s))
        if said["type"] == "lobby":
            self.v, self.picture = said["v"], said["picture"]
        elif said["type"] == "changed" and said["v"] > self.v:
            assert said["v"] == self.v + 1
            self.v, self.picture = said["v"], patch.apply(self.picture, said["d"])
        self.you = said.get("you", self.you)
        self.frames += said["type"] in ("lobby", "changed", "you")
        return said

    def until(self, true: Callable[[], Any], within_s: float = PATIENCE_S) -> float:
        """Listen until something holds; how many seconds it took."""
        began = time.monotonic()
        while not true():
            self.hear(max(0.01, within_s - (time.monotonic() - began)))
        return time.monotonic() - began

    def close_code(self) -> int | None:
        """Listen to the end."""
        try:
            while True:
                self.hear()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def leave(self) -> None:
        self._open.close()
