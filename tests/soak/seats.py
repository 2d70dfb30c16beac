"""The HTTP side of a client, over one server or several, and what all pages of one seat know together."""

from __future__ import annotations

import asyncio
import json
import random
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Away(OSError):
    """The server answered that it cannot just now (5xx): as good as no answer."""


class Api:
    """Players, matches, tickets; as a program uses it. With several servers it goes on to the next that answers."""

    def __init__(self, *urls: str) -> None:
        self.urls = urls
        self._first = 0
        # More at once than the server has threads for pages, so that it never waits for us.
        self._threads = ThreadPoolExecutor(16)

    async def post(self, path: str, body: Any = None, key: str | None = None) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, path, body or {}, key)

    async def get(self, path: str) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, path, None, None)

    def socket_url(self, path: str, server: int) -> str:
        return self.urls[server % len(self.urls)].replace("http", "ws", 1) + path

    def _ask(self, path: str, body: Any, key: str | None) -> Any:
        self._first += 1
        for turn in range(len(self.urls)):
            try:
                return _asked(self.urls[(self._first + turn) % len(self.urls)] + path, body, key)
            except OSError:
                if turn == len(self.urls) - 1:
                    raise
        raise AssertionError("no server")

    def close(self) -> None:
        self._threads.shutdown()


def _asked(url: str, body: Any, key: str | None) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            if error.code >= 500:
                raise Away(f"{url}: {error.code}") from None
            raise AssertionError(f"{url}: {error.code} {error.read().decode()}") from None


class Seat:
    """One player's seat at one match. `acked`: what the server acknowledged, by c, as (kind, body)."""

    def __init__(self, api: Api, key: str | None, number: int | None) -> None:
        self.number = number
        self.acked: dict[int, tuple[str, str]] = {}
        self._api = api
        self._key = key

    async def ticket(self) -> str | None:
        return (await self._api.post("/api/tickets", {}, self._key))["ticket"] if self._key else None


class Places:
    """Which server a page connects to first. As a proxy that hashes the match id: all pages of a match in one place."""

    def __init__(self, rng: random.Random, *, scattered: bool) -> None:
        self._rng, self._scattered = rng, scattered

    def of(self, path: str) -> int:
        """`scattered`: as where nothing hashes; the worst case, in which half of all sockets need a relay."""
        return self._rng.randrange(1 << 16) if self._scattered else sum(path.encode())
