"""The other end of an ASGI application's WebSocket, for tests of consumers without a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from players.identity import Identity

OURS = "http://127.0.0.1:8000"
ADA = Identity(player=7, public_id="pQ8rT2vYxA4b", name="Ada", session="0123456789abcdef", since_ms=0)


class Peer:
    """The other end of an ASGI application: a browser and its server."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[Any] = asyncio.Queue()
        self.events: list[Any] = []
        self.free = asyncio.Event()
        self.free.set()
        self.news = asyncio.Event()
        self.inbox.put_nowait({"type": "websocket.connect"})

    async def receive(self) -> Any:
        return await self.inbox.get()

    async def send(self, event: Any) -> None:
        await self.free.wait()
        self.events.append(event)
        self.news.set()
        if event["type"] == "websocket.close":  # as uvicorn does
            self.inbox.put_nowait({"type": "websocket.disconnect", "code": event.get("code")})

    def say(self, message: Any) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self.inbox.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1005})

    @property
    def frames(self) -> list[Any]:
        return [json.loads(event["text"]) for event in self.events if event["type"] == "websocket.send"]

    @property
    def closed(self) -> int | None:
        return next((event["code"] for event in self.events if event["type"] == "websocket.close"), None)

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(5):
            while not true():
                self.news.clear()
                await self.news.wait()
