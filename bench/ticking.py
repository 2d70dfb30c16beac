"""The load of real time: matches of four riders, everyone connected and steering. A process of its own.

`python -m bench.ticking PLAN` reads a `TickPlan` as JSON, connects everyone, steers, and prints a `Ticked` as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from array import array
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench import riders
from bench.load import ARRIVING, quantile
from bench.meters import Meter
from bench.speeches import SPEECHES, Speech
from bench.wire import Socket, handshake

RIDERS = 4
# What a server's frame adds to a payload: two bytes, or four from 126 bytes on.
_SHORT_HEAD, _LONG_HEAD, _LONG = 2, 4, 126
# A schedule moves by whole periods only; so much of one may be missing, since no frame is quite without delay.
_NEARLY = 0.15


class Ride(msgspec.Struct, frozen=True):
    """One match: the path of each seat, and its first message."""

    paths: tuple[str, ...]
    hellos: tuple[str, ...]


class TickPlan(msgspec.Struct, frozen=True):
    """`speech`: one of `SPEECHES`; `beside`: the database's process id; `core`: where the load runs."""

    port: int
    speech: str
    warm_s: float
    measure_s: float
    server: int
    beside: int | None
    core: int
    rides: tuple[Ride, ...]


class Ticked(msgspec.Struct, frozen=True):
    """Of the window: CPU seconds, frames and bytes delivered, ticks due, inputs sent; of each frame how late it was;
    `let_go`: ticks by which the schedules moved; None where ticks have none."""

    matches: int
    measure_s: float
    server_s: float
    beside_s: float
    generator_share: float
    due: float
    frames: int
    sent: int
    bytes: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    let_go: int | None
    ills: tuple[str, ...]

    @property
    def ticks(self) -> float:
        """Every tick is delivered to all riders of its match."""
        return self.frames / RIDERS


class Tally:
    """What has arrived within the window."""

    def __init__(self) -> None:
        self.window = (float("inf"), float("inf"))
        self.frames = self.bytes = self.sent = 0
        self.ills: list[str] = []


class Match:
    """One match under way. `offsets`: of each frame, when it came, less its place in a schedule that begins at 0."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.offsets = array("d")


class Rider:
    """One seat: steers by the numbers of the frames that it gets, from the beginning of each round."""

    def __init__(self, seat: int, match: Match, speech: Speech) -> None:
        self._match, self.speech, self._course = match, speech, tuple(riders.rows(seat))
        self._round_at, self._next, self._c = speech.round_at, 0, 0
        self.socket: Socket | None = None

    def heard(self, payload: bytes) -> None:
        now_s, tally, speech = time.monotonic(), self._match.tally, self.speech
        tick = speech.tick(payload)
        begin, end = tally.window
        counts = begin <= now_s < end
        if counts:
            tally.bytes += len(payload) + (_SHORT_HEAD if len(payload) < _LONG else _LONG_HEAD)
        if tick < 0:
            self._beside(payload)
            return
        if counts:
            tally.frames += 1
            self._match.offsets.append(now_s - tick / riders.HZ)
        if speech.round_at != self._round_at:
            self._round_at, self._next = speech.round_at, 0
        if self._next < len(self._course) and tick - self._round_at >= self._course[self._next][0]:
            self._steer(counts)

    def _beside(self, payload: bytes) -> None:
        if self.speech.ill(payload):
            self._match.tally.ills.append(payload.decode(errors="replace"))
        elif answer := self.speech.answer(payload):
            self._said(answer)

    def _steer(self, counts: bool) -> None:
        for way in self._course[self._next][1]:
            self._c += 1
            self._said(self.speech.turn(self._c, way))
            self._match.tally.sent += counts
        self._next += 1

    def _said(self, whole_frame: bytes) -> None:
        assert self.socket is not None
        self.socket.send(whole_frame)


def unevenness(offsets: Sequence[float]) -> list[float]:
    """By how much each frame came later after the one before, at the same rider, than the mean: for a server whose
    ticks have no moments of their own. Half of all frames come sooner, and are not late."""
    gaps = [now - before for before, now in zip(offsets, offsets[RIDERS:], strict=False)]
    mean = sum(gaps) / max(len(gaps), 1)
    return [max(gap - mean, 0.0) for gap in gaps]


def lateness(offsets: Sequence[float], period_s: float) -> tuple[list[float], int]:
    """How late each frame of a match came, by the earliest schedule that its frames allow; and by how many whole
    periods that schedule moved on the way.

    The schedule begins with the frame that was delayed least. A server that lets ticks go begins it anew, whole periods
    later: that shows when all frames from some moment on are so much later, and is counted instead of their lateness.
    """
    floors = list(offsets)
    for index in range(len(floors) - 2, -1, -1):
        floors[index] = min(floors[index], floors[index + 1])
    late, moved = [], 0
    for offset, floor in zip(offsets, floors, strict=True):
        moved = int((floor - floors[0]) / period_s + _NEARLY)
        late.append(max(offset - floors[0] - moved * period_s, 0.0))
    return late, moved


class Ticking:
    """All of one trial."""

    def __init__(self, plan: TickPlan) -> None:
        self.plan = plan
        self.tally = Tally()
        self.matches: list[Match] = []
        self._sockets: list[Socket] = []
        self._arriving = asyncio.Semaphore(ARRIVING // RIDERS)

    async def run(self) -> Ticked:
        self.matches = list(await asyncio.gather(*map(self._connect, self.plan.rides)))
        # A full collection stops the generator for tens of milliseconds, and nothing here is a cycle.
        gc.disable()
        server_s, beside_s, own_s = await self._measure()
        for socket in self._sockets:
            socket.end()
        await asyncio.sleep(0)
        return self._judged(server_s, beside_s, own_s)

    async def _measure(self) -> tuple[float, float, float]:
        plan = self.plan
        server, beside = Meter(plan.server), Meter(plan.beside, children=True)
        begin = time.monotonic() + plan.warm_s
        end = begin + plan.measure_s
        self.tally.window = begin, end
        await asyncio.sleep(begin - time.monotonic())
        own_s = time.process_time()
        server.begin()
        beside.begin()
        await asyncio.sleep(end - time.monotonic())
        return server.spent_s(), beside.spent_s(), time.process_time() - own_s

    def _judged(self, server_s: float, beside_s: float, own_s: float) -> Ticked:
        plan, tally = self.plan, self.tally
        steady = SPEECHES[plan.speech].steady
        judged = [
            lateness(one.offsets, 1 / riders.HZ) if steady else (unevenness(one.offsets), 0) for one in self.matches
        ]
        late = sorted(one for found, _ in judged for one in found)
        return Ticked(
            matches=len(plan.rides),
            measure_s=plan.measure_s,
            server_s=server_s,
            beside_s=beside_s,
            generator_share=own_s / plan.measure_s,
            due=len(plan.rides) * plan.measure_s * riders.HZ,
            frames=tally.frames,
            sent=tally.sent,
            bytes=tally.bytes,
            p50_ms=quantile(late, 0.50) * 1000,
            p99_ms=quantile(late, 0.99) * 1000,
            worst_ms=late[-1] * 1000 if late else 0.0,
            let_go=sum(moved for _, moved in judged) if steady else None,
            ills=tuple(tally.ills[:5]),
        )

    async def _connect(self, ride: Ride) -> Match:
        match = Match(self.tally)
        async with self._arriving:
            for seat, hello in enumerate(ride.hellos):
                rider = Rider(seat, match, SPEECHES[self.plan.speech]())
                await self._arrive(rider, ride.paths[seat], hello)
        return match

    async def _arrive(self, rider: Rider, path: str, hello: str) -> None:
        request = handshake(path, self.plan.port)
        # Some servers speak first, perhaps before this coroutine goes on.
        socket = rider.socket = Socket(request, rider.heard, self.tally.ills.append)
        await asyncio.get_running_loop().create_connection(lambda: socket, "127.0.0.1", self.plan.port)
        await socket.opened
        self._sockets.append(socket)
        socket.send(rider.speech.opening(hello))


def main() -> None:
    import uvloop

    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=TickPlan)
    os.sched_setaffinity(0, {plan.core})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        ticked = runner.run(Ticking(plan).run())
    sys.stdout.buffer.write(msgspec.json.encode(ticked))


if __name__ == "__main__":
    main()
