"""The load: matches played by open loop, moves sent when they are due whatever the server does. A process of its own.

`python -m bench.load PLAN` reads a `Plan` as JSON, connects everyone, plays, and prints a `Measured` as JSON. A player
moves only after the move before has arrived, as a person would; a move that is late for that reason keeps the time at
which it was due, so that a slow server cannot hide its latency behind the load that it held up.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.meters import Meter, rss_bytes
from bench.wire import Socket, frame, handshake

# Handshakes under way at once: enough to keep a server busy, and below any backlog.
ARRIVING = 64
# What was sent within the window may still arrive so much later; then it counts as lost.
GRACE_S = 2.0
# uvloop's timers have a grain of 1 ms: up to so much of each latency is the generator's own.
GRAIN_S = 0.001


class Script(msgspec.Struct, frozen=True):
    """One match: the paths and first messages of both seats, and all moves as (seat, message)."""

    paths: tuple[str, str]
    hellos: tuple[str, ...]
    moves: tuple[tuple[int, str], ...]


class Plan(msgspec.Struct, frozen=True):
    """`updates`, `ready`: how the messages begin that are counted, and that say a seat is connected ("": none).

    `slots`: matches under way at any time. `beside`: the database's or Redis's process id.
    """

    port: int
    rate: int
    warm_s: float
    measure_s: float
    slots: int
    updates: str
    ready: str
    server: int
    beside: int | None
    core: int
    scripts: tuple[Script, ...]


class Measured(msgspec.Struct, frozen=True):
    """Of the window: moves a second, CPU seconds, updates delivered, latencies; of all: memory, arrivals, ills."""

    moves_per_s: float
    updates: int
    server_s: float
    beside_s: float
    generator_share: float
    p50_ms: float
    p99_ms: float
    lost: int
    connection_bytes: float
    arrivals_per_s: float
    ills: tuple[str, ...]


class Tally:
    """What has arrived, and how late."""

    def __init__(self) -> None:
        self.window = (float("inf"), float("inf"))
        self.arrived = 0
        self.latencies_s: list[float] = []
        self.due = 0
        self.ills: list[str] = []

    def note(self, due_s: float, now_s: float) -> None:
        begin, end = self.window
        if begin <= now_s < end:
            self.arrived += 1
        if begin <= due_s < end:
            self.latencies_s.append(now_s - due_s)


class Play:
    """One match under way: what was due, what was sent, what each seat has seen."""

    __slots__ = ("_moves", "_sent", "_tally", "due_s", "seen", "sockets")

    def __init__(self, moves: Sequence[tuple[int, bytes]], tally: Tally) -> None:
        self._moves, self._tally = moves, tally
        self._sent = 0
        self.due_s: list[float] = []
        self.seen = [0, 0]
        self.sockets: list[Socket] = []

    @property
    def sent(self) -> int:
        """Moves so far, of both seats by turns."""
        return self._sent

    @property
    def all_due(self) -> bool:
        return len(self.due_s) == len(self._moves)

    def fall_due(self, due_s: float) -> None:
        """One more move is due."""
        self.due_s.append(due_s)
        self._send()

    def arrived(self, seat: int) -> None:
        """An update has come to `seat`: the next in order, since WebSockets keep it."""
        number = self.seen[seat]
        self.seen[seat] = number + 1
        self._tally.note(self.due_s[number], time.monotonic())
        self._send()

    def _send(self) -> None:
        """Whatever is due, as soon as its mover has seen all that came before."""
        while self._sent < len(self.due_s):
            seat, message = self._moves[self._sent]
            if self.seen[seat] < self._sent:
                return
            self._sent += 1
            self.sockets[seat].send(message)


class Load:
    """All of one trial."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tally = Tally()
        self.plays: list[Play] = []
        self._updates, self._ready = plan.updates.encode(), plan.ready.encode()
        self._arriving = asyncio.Semaphore(ARRIVING)

    async def run(self) -> Measured:
        plan, before = self.plan, rss_bytes(self.plan.server)
        began = time.monotonic()
        self.plays = list(await asyncio.gather(*map(self._connect, plan.scripts)))
        arriving_s = time.monotonic() - began
        connection_bytes = (rss_bytes(plan.server) - before) / (2 * len(plan.scripts))
        gc.collect()
        gc.freeze()
        server, beside = Meter(plan.server), Meter(plan.beside, children=True)
        own_s, server_s, beside_s = await self._measure(server, beside)
        for play in self.plays:
            for socket in play.sockets:
                socket.end()
        await asyncio.sleep(0)
        latencies = sorted(self.tally.latencies_s)
        return Measured(
            moves_per_s=self.tally.arrived / 2 / plan.measure_s,
            updates=self.tally.arrived,
            server_s=server_s,
            beside_s=beside_s,
            generator_share=own_s / plan.measure_s,
            p50_ms=quantile(latencies, 0.50) * 1000,
            p99_ms=quantile(latencies, 0.99) * 1000,
            lost=2 * self.tally.due - len(latencies),
            connection_bytes=connection_bytes,
            arrivals_per_s=2 * len(plan.scripts) / arriving_s,
            ills=tuple(self.tally.ills[:5]),
        )

    async def _measure(self, server: Meter, beside: Meter) -> tuple[float, float, float]:
        plan = self.plan
        begin = time.monotonic() + plan.warm_s
        end = begin + plan.measure_s
        self.tally.window = begin, end
        playing = asyncio.create_task(self._play(end))
        await asyncio.sleep(begin - time.monotonic())
        own_s = time.process_time()
        server.begin()
        beside.begin()
        await asyncio.sleep(end - time.monotonic())
        spent = time.process_time() - own_s, server.spent_s(), beside.spent_s()
        await playing
        deadline = time.monotonic() + GRACE_S
        while len(self.tally.latencies_s) < 2 * self.tally.due and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return spent

    async def _play(self, end_s: float) -> None:
        """Move number g is due at g / rate, in slot g modulo slots; a slot goes on with a fresh match."""
        plan, tally = self.plan, self.tally
        waiting = deque(self.plays)
        slots = [waiting.popleft() for _ in range(plan.slots)]
        began, number = time.monotonic(), 0
        while (now := time.monotonic()) < end_s:
            while (due_s := began + number / plan.rate) <= now:
                slot = number % plan.slots
                if slots[slot].all_due:
                    slots[slot] = waiting.popleft()
                tally.due += tally.window[0] <= due_s < end_s
                slots[slot].fall_due(due_s)
                number += 1
            await asyncio.sleep(GRAIN_S)

    async def _connect(self, script: Script) -> Play:
        play = Play([(seat, frame(message.encode())) for seat, message in script.moves], self.tally)
        async with self._arriving:
            for seat in (0, 1):
                play.sockets.append(await self._arrive(play, script, seat))
        return play

    async def _arrive(self, play: Play, script: Script, seat: int) -> Socket:
        welcome = asyncio.get_running_loop().create_future()

        def heard(payload: bytes) -> None:
            if payload.startswith(self._updates):
                play.arrived(seat)
            elif payload.startswith((b'{"type":"reject"', b'{"type":"error"', b'{"type": "error"')):
                self.tally.ills.append(payload.decode())
            elif not welcome.done() and payload.startswith(self._ready):
                welcome.set_result(None)

        request = handshake(script.paths[seat], self.plan.port)
        make = lambda: Socket(request, heard, self.tally.ills.append)  # noqa: E731
        _, socket = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", self.plan.port)
        await socket.opened
        if script.hellos:
            socket.send(frame(script.hellos[seat].encode()))
            await asyncio.wait_for(welcome, 30)
        return socket


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie; 0 of none."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def main() -> None:
    import uvloop

    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    os.sched_setaffinity(0, {plan.core})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(Load(plan).run())
    sys.stdout.buffer.write(msgspec.json.encode(measured))


if __name__ == "__main__":
    main()
