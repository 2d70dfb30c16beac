"""Load on a server that runs: `make loadtest`, or `python -m bench.loadtest --url http://127.0.0.1:8000`.

Bots sit down through the API as programs do, and play Connect Four over WebSockets by open loop: moves are sent when
they are due, whatever the server does. Afterwards every match is given up, so that nothing stays open. Only servers of
this machine, unless told otherwise: whoever tests another one's server attacks it.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import random
import socket
import sys
import time
import urllib.error
import urllib.request
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from bench.load import GRACE_S, GRAIN_S, Play, Tally, quantile
from bench.prepare import MOVES_AT_LEAST, lines_of_play, moves
from bench.wire import Socket, frame, handshake_as

# Each guest may make so many changes a minute, and a match costs its two players four: sitting down and tickets.
PLAYERS = 50
# What 50 guests may prepare within the minute.
MOST_MATCHES = 600
MOST_SECONDS, MOST_RATE = 300, 5000
# Requests at once; a server has a thread or two for pages.
AT_ONCE = 8
WARM_S = 1.0


class Refusal(Exception):
    """The test cannot be made so; the text says what to do."""


class Api:
    """The HTTP side: guests with a key each, matches, tickets."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._threads = ThreadPoolExecutor(AT_ONCE)

    async def post(self, path: str, body: Any = None, key: str = "") -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._post, path, body, key)

    def _post(self, path: str, body: Any, key: str) -> Any:
        heads = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        request = urllib.request.Request(f"{self._url}/api{path}", json.dumps(body or {}).encode(), heads)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - judged by `target`
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                hint = " Start it with MADANG_GUESTS_PER_MINUTE=1000 for a test." if error.code == 429 else ""
                said = error.read().decode(errors="replace")[:200]
                raise Refusal(f"The server answers {error.code} to {path}: {said}{hint}") from None
        except OSError as error:
            raise Refusal(f"No answer from {self._url} ({error}): is the server running?") from None


class LoadTest:
    """One run. `ills`: what went wrong, and how often."""

    def __init__(self, url: str, *, slots: int, rate: float, seconds: float) -> None:
        parts = urlsplit(url)
        self._host, self._tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._heads = (f"Host: {parts.netloc}",)
        self.slots, self.rate, self.seconds = slots, rate, seconds
        self.api, self.tally, self.ills = Api(url.rstrip("/")), Tally(), Counter[str]()
        self.plays: list[Play] = []
        self._measuring = True

    @property
    def matches(self) -> int:
        """How many are needed: those under way, and those that take the place of full boards."""
        return self.slots + int(self.rate * (self.seconds + WARM_S) / MOVES_AT_LEAST) + 1

    async def run(self) -> None:
        """Prepare, play, give up."""
        guests = [self.api.post("/players") for _ in range(min(PLAYERS, 2 * self.slots))]
        keys = cycle([guest["key"] for guest in await asyncio.gather(*guests)])
        lines = cycle(map(moves, lines_of_play(random.Random())))
        arriving = asyncio.Semaphore(AT_ONCE)
        wished = [self._sit_down(arriving, next(keys), next(keys), next(lines)) for _ in range(self.matches)]
        self.plays = list(await asyncio.gather(*wished))
        await self._play()
        self._measuring = False
        for play in self.plays:
            self._give_up(play)
        await asyncio.sleep(GRACE_S)
        for one in (one for play in self.plays for one in play.sockets):
            one.end()

    async def _sit_down(self, arriving: asyncio.Semaphore, host: str, guest: str, line: Any) -> Play:
        play = Play([(seat, frame(message.encode())) for seat, message in line], self.tally)
        async with arriving:
            wish = {"game": "connect-four", "seat": 0, "listed": False}
            match = await self.api.post("/matches", wish, host)
            await self.api.post(f"/matches/{match['id']}/join", {"seat": 1}, guest)
            for seat, key in enumerate((host, guest)):
                ticket = (await self.api.post("/tickets", {}, key))["ticket"]
                play.sockets.append(await self._connect(play, seat, match["socket"], ticket))
        return play

    async def _connect(self, play: Play, seat: int, path: str, ticket: str) -> Socket:
        loop = asyncio.get_running_loop()
        welcome = loop.create_future()

        def heard(payload: bytes) -> None:
            if payload.startswith(b'{"type":"update"') and play.seen[seat] < len(play.due_s):
                play.arrived(seat)
            elif payload.startswith((b'{"type":"reject"', b'{"type":"error"')):
                self.ills[json.loads(payload)["code"]] += self._measuring
            elif payload.startswith(b'{"type":"welcome"') and not welcome.done():
                welcome.set_result(None)

        def lost(why: str) -> None:
            self.ills[why] += self._measuring

        request = handshake_as(path, *self._heads)
        make = lambda: Socket(request, heard, lost)  # noqa: E731
        _, made = await loop.create_connection(make, self._host, self._port, ssl=self._tls or None)
        await asyncio.wait_for(made.opened, 30)
        made.send(frame(json.dumps({"type": "hello", "token": ticket}).encode()))
        await asyncio.wait_for(welcome, 30)
        return made

    async def _play(self) -> None:
        """Move number g is due at g / rate, in slot g modulo slots; a full board gives its slot to a fresh match."""
        began, number, tally = time.monotonic(), 0, self.tally
        tally.window = begin, end = began + WARM_S, began + WARM_S + self.seconds
        waiting = deque(self.plays)
        slots = [waiting.popleft() for _ in range(self.slots)]
        while (now := time.monotonic()) < end:
            while (due_s := began + number / self.rate) <= min(now, end):
                slot = number % self.slots
                if slots[slot].all_due:
                    slots[slot] = waiting.popleft()
                tally.due += begin <= due_s < end
                slots[slot].fall_due(due_s)
                number += 1
            await asyncio.sleep(GRAIN_S)
        deadline = time.monotonic() + GRACE_S
        while len(tally.latencies_s) < 2 * tally.due and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    def _give_up(self, play: Play) -> None:
        """The first seat resigns, or calls off what has hardly begun; where the match is over, that is refused."""
        kind = "resign" if play.sent > 1 else "abort"
        message = f'{{"type":"{kind}","c":{(play.sent + 1) // 2 + 1}}}'
        play.sockets[0].send(frame(message.encode()))

    def table(self) -> str:
        """What came of it."""
        late = sorted(self.tally.latencies_s)
        lost = 2 * self.tally.due - len(late)
        cells = (
            f"{self.slots}",
            f"{self.rate:g}",
            f"{self.tally.arrived / 2 / self.seconds:.0f}",
            f"{quantile(late, 0.5) * 1000:.1f}",
            f"{quantile(late, 0.99) * 1000:.1f}",
            f"{lost}",
            f"{self.ills.total()}",
        )
        head = "| matches at once | moves/s due | moves/s | p50 ms | p99 ms | updates lost | errors |\n|" + "---|" * 7
        told = "".join(f"\n{count} × {what}" for what, count in self.ills.most_common(10) if count)
        return f"{head}\n| {' | '.join(cells)} |{told}"

    @property
    def well(self) -> bool:
        """Whether everything arrived and nothing was refused."""
        return not self.ills.total() and len(self.tally.latencies_s) == 2 * self.tally.due > 0


def target(url: str, *, remote: bool) -> str:
    """The URL, if it is one that may be tested."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise Refusal(f"{url!r} is no server's address: write for example http://127.0.0.1:8000.")
    try:
        found = socket.getaddrinfo(parts.hostname, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Refusal(f"{parts.hostname} is not known ({error.strerror}): check the address.") from None
    ours = all(ipaddress.ip_address(address[4][0]).is_loopback for address in found)
    if not (ours or remote):
        raise Refusal(f"{parts.hostname} is another machine: say --remote (make: REMOTE=1) if that server is yours.")
    return url


def wished(arguments: list[str] | None = None) -> LoadTest:
    """What the command line asks for, within the bounds."""
    parser = argparse.ArgumentParser(prog="python -m bench.loadtest", description="Load a running server with bots.")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--matches", type=int, default=20, help="under way at any time")
    parser.add_argument("--rate", type=float, default=100, help="moves a second, of all matches together")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--remote", action="store_true", help="also a server of another machine; only if it is yours")
    wish = parser.parse_args(arguments)
    if not (wish.matches >= 1 and 0 < wish.rate <= MOST_RATE and 0 < wish.seconds <= MOST_SECONDS):
        raise Refusal(f"At least one match, at most {MOST_RATE} moves a second, at most {MOST_SECONDS} seconds.")
    test = LoadTest(target(wish.url, remote=wish.remote), slots=wish.matches, rate=wish.rate, seconds=wish.seconds)
    if test.matches > MOST_MATCHES:
        raise Refusal(
            f"That takes {test.matches} matches, since a board is full after {MOVES_AT_LEAST} moves; "
            f"{MOST_MATCHES} is the most: fewer moves a second, or fewer seconds."
        )
    return test


def main() -> int:
    try:
        test = wished()
        print(f"{test.matches} matches are prepared, {test.slots} played at a time …", flush=True)
        asyncio.run(test.run())
    except Refusal as why:
        print(why, file=sys.stderr)
        return 2
    print(test.table())
    return 0 if test.well else 1


if __name__ == "__main__":
    sys.exit(main())
