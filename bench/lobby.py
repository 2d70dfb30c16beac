"""What the lobby costs for each person who is there: `python -m bench lobby`.

Five thousand sockets of strangers at one process, while matches begin and end elsewhere on the site (`happenings.py`):
none, 50 and 500 events a second. What anybody costs must not depend on how much happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from bench.meters import Meter, rss_bytes
from bench.targets import ROOT, Cores, on_core
from bench.wire import Socket, frame, handshake
from tests import servers


class Plan(NamedTuple):
    """`people` connect; at each of the `rates` (events a second) is measured for so long."""

    people: int
    rates: tuple[int, ...]
    settle_s: float
    measure_s: float


FULL: Final = Plan(people=5000, rates=(0, 50, 500), settle_s=4, measure_s=20)
QUICK: Final = Plan(people=200, rates=(0, 100), settle_s=1, measure_s=3)
# Handshakes under way at once: a crowd, but none that has to wait for its turn for seconds.
AT_ONCE: Final = 100
# Beside the sockets: files, databases, Redis.
OTHER_FILES: Final = 500


class Crowd:
    """All sockets, and what has arrived at them."""

    def __init__(self, port: int) -> None:
        self._request = handshake("/ws/lobby", port)
        self._port = port
        self._sockets: list[Socket] = []
        self.frames = self.bytes = self.largest = 0
        self.lost: list[str] = []

    async def come(self, people: int) -> None:
        for begin in range(0, people, AT_ONCE):
            await asyncio.gather(*(self._come() for _ in range(min(AT_ONCE, people - begin))))

    async def _come(self) -> None:
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(
            lambda: Socket(self._request, self._heard, self._lost), "127.0.0.1", self._port
        )
        await socket.opened
        socket.send(frame(b'{"type":"hello"}'))
        self._sockets.append(socket)

    def _heard(self, said: bytes) -> None:
        self.frames += 1
        self.bytes += len(said)
        self.largest = max(self.largest, len(said))

    def _lost(self, why: str) -> None:
        self.lost.append(why)

    def leave(self) -> None:
        for socket in self._sockets:
            socket.end()


def run(plan: Plan, cores: Cores) -> None:
    """Measure, and print the table."""
    _allow_files(plan.people + OTHER_FILES)
    print(f"{plan.people} people in the lobby of one process; PostgreSQL and Redis beside it\n")
    print(
        "| events/s | CPU share | CPU µs per person and s | frames per person and s | bytes per frame | largest "
        "| bytes per person and s | kB per connection |"
    )
    print("|---|---|---|---|---|---|---|---|")
    with contextlib.ExitStack() as stack:
        with on_core(cores.others):
            url, redis = stack.enter_context(servers.postgres()), stack.enter_context(servers.redis())
        folder = stack.enter_context(servers.temporary_folder("bench"))
        server = servers.MadangServer(folder, {"DATABASE_URL": url, "REDIS_URL": redis})
        server.command("migrate", "--verbosity=0")
        with on_core(cores.server):
            server.start()
        stack.callback(server.close)
        with on_core(cores.others):
            asyncio.run(_measure_all(server, plan))


async def _measure_all(server: servers.MadangServer, plan: Plan) -> None:
    before = rss_bytes(server.pid)
    crowd = Crowd(server.port)
    await crowd.come(plan.people)
    each_kb = (rss_bytes(server.pid) - before) / plan.people / 1024
    for rate in plan.rates:
        async with _happening(server, rate) if rate else contextlib.nullcontext():
            await asyncio.sleep(plan.settle_s)
            await _measure(server, crowd, plan, rate, each_kb)
    crowd.leave()


async def _measure(server: servers.MadangServer, crowd: Crowd, plan: Plan, rate: int, each_kb: float) -> None:
    meter, began = Meter(server.pid), time.perf_counter()
    meter.begin()
    frames, told, crowd.largest = crowd.frames, crowd.bytes, 0
    await asyncio.sleep(plan.measure_s)
    spent_s, passed_s = meter.spent_s(), time.perf_counter() - began
    if crowd.lost:  # a machine too busy for this crowd; figures without them would mean nothing
        raise SystemExit(f"{len(crowd.lost)} of {plan.people} sockets were lost: {crowd.lost[0]}")
    frames, told = crowd.frames - frames, crowd.bytes - told
    each = plan.people * passed_s
    print(
        f"| {rate} | {spent_s / passed_s:.1%} | {spent_s / each * 1e6:.1f} | {frames / each:.2f} "
        f"| {told / max(1, frames):.0f} | {crowd.largest} | {told / each:.0f} | {each_kb:.0f} |",
        flush=True,
    )


@contextlib.asynccontextmanager
async def _happening(server: servers.MadangServer, rate: int) -> AsyncIterator[None]:
    command = [sys.executable, "-m", "bench.happenings", str(rate)]
    # Awaited beside the sockets, which must answer the server's pings meanwhile.
    site = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=server.environ, stdout=subprocess.PIPE)
    try:
        assert site.stdout is not None
        assert await site.stdout.readline() == b"ready\n"
        yield
        assert site.returncode is None, "the site that makes the events has ended"
    finally:
        if site.returncode is None:
            site.kill()
        await site.wait()


def _allow_files(number: int) -> None:
    """A socket is a file; what is started from here may open as many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < number:
        raise SystemExit(f"{number} sockets at once are not allowed here, only {most}: raise `ulimit -Hn`.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, most))


if __name__ == "__main__":
    run(QUICK if "--quick" in sys.argv[1:] else FULL, Cores())
