"""What it costs that the players of a match sit in different processes: `python -m bench relay`.

The same paced matches twice on two real processes, PostgreSQL and Redis: both seats in the owner's process, and the
second seat in the other one. The difference is the relay. Closed loop: the next move of a match is sent when it is due
and both have seen the one before. The load generator shares the machine, so figures are upper bounds.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from typing import Final

import msgspec

from bench.load import Script
from bench.meters import cpu_s
from bench.wire import Socket, frame, handshake
from tests.faults.crowd import prepared
from tests.faults.fleet import Fleet, fleet

MATCHES: Final = 60
RATES: Final = (60, 240, 480)
SECONDS: Final = 4.0


class Cost(msgspec.Struct, frozen=True):
    """Moves a second, milliseconds from sending a move to the other's update, CPU microseconds of the two processes and
    of Redis for each move."""

    moves_per_s: float
    p50_ms: float
    p99_ms: float
    webs_us: float
    redis_us: float


class Pair:
    """One match, each seat at its own port."""

    def __init__(self, script: Script, ports: tuple[int, int]) -> None:
        self.script, self.ports = script, ports
        self.taken_ms: list[float] = []
        self._sockets: list[Socket] = []
        self._turn = asyncio.Event()
        self._welcomed = asyncio.Event()
        self._seen = 0
        self._sent_s = 0.0
        self._mover = 0

    async def connect(self) -> None:
        """The first seat first: its process owns the match."""
        loop = asyncio.get_running_loop()
        for seat, port in enumerate(self.ports):
            request = handshake(self.script.paths[seat], port)
            self._welcomed.clear()
            _, made = await loop.create_connection(
                lambda seat=seat, request=request: Socket(request, lambda told: self._heard(seat, told), self._lost),
                "127.0.0.1",
                port,
            )
            self._sockets.append(made)
            await made.opened
            made.send(frame(self.script.hellos[seat].encode()))
            await self._welcomed.wait()

    def _lost(self, why: str) -> None:
        raise RuntimeError(why)

    def _heard(self, seat: int, told: bytes) -> None:
        if told.startswith(b'{"type":"welcome"'):
            assert json.loads(told)["seat"] == seat
            self._welcomed.set()
        elif told.startswith(b'{"type":"update"'):
            if seat != self._mover:
                self.taken_ms.append((time.perf_counter() - self._sent_s) * 1000)
            self._seen += 1
            if self._seen == 2:
                self._turn.set()
        elif told.startswith((b'{"type":"reject"', b'{"type":"error"')):
            raise RuntimeError(told.decode())

    async def play(self, every_s: float, until_s: float) -> None:
        """A move each `every_s`."""
        due_s = time.perf_counter()
        for mover, message in self.script.moves:
            await asyncio.sleep(max(0, due_s - time.perf_counter()))
            if time.perf_counter() > until_s:
                return
            due_s = max(due_s + every_s, time.perf_counter())
            self._turn.clear()
            self._seen, self._mover, self._sent_s = 0, mover, time.perf_counter()
            self._sockets[mover].send(frame(message.encode()))
            await self._turn.wait()

    def leave(self) -> None:
        for one in self._sockets:
            one.end()


def run() -> None:
    """Measure, and print the table."""
    print("| seats | moves/s | other sees it p50 | p99 | CPU of both processes a move | of Redis |")
    print("|---|---|---|---|---|---|")
    with fleet(2, durable=True) as made:
        # Each match is played once; warm both first.
        scripts = iter(prepared(made.webs[0], (2 * len(RATES) + 2) * MATCHES))
        for rate in (RATES[0], *RATES):
            for name, ports in _ways(made).items():
                cost = asyncio.run(_measure(made, [next(scripts) for _ in range(MATCHES)], ports, rate))
                print(
                    f"| {name} | {cost.moves_per_s:.0f} | {cost.p50_ms:.1f} ms | {cost.p99_ms:.1f} ms "
                    f"| {cost.webs_us:.0f} µs | {cost.redis_us:.0f} µs |",
                    flush=True,
                )


def _ways(made: Fleet) -> dict[str, tuple[int, int]]:
    here, there = (web.port for web in made.webs)
    return {"in one process": (here, here), "in two": (here, there)}


async def _measure(made: Fleet, scripts: list[Script], ports: tuple[int, int], rate: int) -> Cost:
    pairs = [Pair(script, ports) for script in scripts]
    for pair in pairs:
        await pair.connect()
    assert made.redis is not None
    webs, redis = [web.pid for web in made.webs], made.redis._running().pid
    before = sum(map(cpu_s, webs)), cpu_s(redis), time.perf_counter()
    every_s = len(pairs) / rate
    await asyncio.gather(*(pair.play(every_s, before[2] + SECONDS) for pair in pairs))
    spent = sum(map(cpu_s, webs)) - before[0], cpu_s(redis) - before[1], time.perf_counter() - before[2]
    for pair in pairs:
        pair.leave()
    taken = sorted(one for pair in pairs for one in pair.taken_ms)
    return Cost(
        moves_per_s=len(taken) / spent[2],
        p50_ms=statistics.median(taken),
        p99_ms=taken[int(len(taken) * 0.99)],
        webs_us=spent[0] / len(taken) * 1e6,
        redis_us=spent[1] / len(taken) * 1e6,
    )
