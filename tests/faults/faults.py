"""The faults, as a table of small functions: each does its harm, waits, and leaves the fleet whole again.

`FAULTS` is what a storm draws from; its names appear in histories and in the report. Blocking work runs on threads, so
that the pages go on meanwhile.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from tests.faults.fleet import Fleet
from tests.soak.field import Field

# The lease of a host that says nothing ends after 6 s; what lies beyond is a takeover.
LEASE_S = 6.0


class Scene:
    """What a fault is done to, and where its chance comes from."""

    def __init__(self, fleet: Fleet, field: Field, rng: random.Random) -> None:
        self.fleet, self.field, self.rng = fleet, field, rng

    def web(self) -> int:
        """Mostly the process with most matches: there a fault hurts."""
        return self.fleet.busiest() if self.rng.random() < 0.7 else self.rng.randrange(len(self.fleet.webs))

    async def pause(self, least_s: float, most_s: float) -> None:
        await asyncio.sleep(self.rng.uniform(least_s, most_s))


Fault = Callable[[Scene], Awaitable[None]]


async def kill_web(scene: Scene) -> None:
    """SIGKILL of a process; another one after a moment, or only after the lease has ended."""
    number = await asyncio.to_thread(scene.web)
    scene.fleet.kill(number)
    await scene.pause(0, LEASE_S + 2)
    await asyncio.to_thread(scene.fleet.start, number)


async def stop_web(scene: Scene) -> None:
    """SIGTERM of a process, and a new one."""
    number = await asyncio.to_thread(scene.web)
    code = await asyncio.to_thread(scene.fleet.webs[number].stop)
    assert code == 0, f"a planned stop ended with exit code {code}"
    await asyncio.to_thread(scene.fleet.start, number)


async def freeze_web(scene: Scene) -> None:
    """SIGSTOP of a process for longer than its lease: others take over; then it wakes and believes it is the owner."""
    number = await asyncio.to_thread(scene.web)
    scene.fleet.freeze(number)
    await scene.pause(LEASE_S + 1, LEASE_S + 4)
    scene.fleet.thaw(number)


async def hiccup_web(scene: Scene) -> None:
    """SIGSTOP for less than the lease: nobody may take anything."""
    number = await asyncio.to_thread(scene.web)
    scene.fleet.freeze(number)
    await scene.pause(0.2, LEASE_S - 3)
    scene.fleet.thaw(number)


async def kill_redis(scene: Scene) -> None:
    """SIGKILL; it comes back empty."""
    assert scene.fleet.redis is not None
    scene.fleet.redis.kill()
    await scene.pause(0, 4)
    await asyncio.to_thread(scene.fleet.redis.start)


async def freeze_redis(scene: Scene) -> None:
    """SIGSTOP: a black hole, which is worse than a refusal."""
    assert scene.fleet.redis is not None
    scene.fleet.redis.freeze()
    await scene.pause(0.5, 5)
    scene.fleet.redis.thaw()


async def kill_postgres(scene: Scene) -> None:
    """SIGKILL of the server, which then recovers by its WAL."""
    scene.fleet.postgres.kill()
    await scene.pause(0, 2)
    await asyncio.to_thread(scene.fleet.postgres.start)


async def stop_postgres(scene: Scene) -> None:
    """All sessions are cut, nothing listens for a while; longer than a lease at times."""
    await asyncio.to_thread(scene.fleet.postgres.stop)
    await scene.pause(0.5, LEASE_S + 3)
    await asyncio.to_thread(scene.fleet.postgres.start)


async def freeze_postgres(scene: Scene) -> None:
    """SIGSTOP of all its processes: statements are sent and nothing answers."""
    scene.fleet.postgres.freeze()
    await scene.pause(0.5, LEASE_S + 1)
    scene.fleet.postgres.thaw()


async def cut_sockets(scene: Scene) -> None:
    """The way to half of the clients is gone for a moment, nothing flushed."""
    for page in scene.field.pages():
        if scene.rng.random() < 0.5:
            page.cut()


async def forget(scene: Scene) -> None:
    """A tenth of the pages is loaded again, and knows nothing."""
    for page in scene.field.pages():
        if scene.rng.random() < 0.1:
            page.reload()


async def another_device(scene: Scene) -> None:
    """Of some seats another device takes over, at any process, while the first goes on playing."""
    for played in scene.field.played:
        if scene.rng.random() < 0.1:
            page = scene.rng.choice(played.pages[:2])
            if not (page.over or page.replaced):
                scene.field.another(played, page, None)


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        *(kill_web, stop_web, freeze_web, hiccup_web),
        *(kill_redis, freeze_redis),
        *(kill_postgres, stop_postgres, freeze_postgres),
        *(cut_sockets, forget, another_device),
    )
}
