"""Rows about too much at once: those who do not read, floods, storms of connections, two tabs on one seat.

One process each, so that its memory and its loop are what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.meters import rss_bytes
from bench.wire import Socket, frame, handshake
from tests.faults import crowd
from tests.faults.figures import Figure, ms, some
from tests.faults.fleet import Fleet, fleet
from tests.faults.storm import checked
from tests.soak.field import Field
from tests.soak.history import percentile
from tests.soak.seats import Api

DEAF = 200
# docs: 1 MiB of frames for each connection, and what the kernel keeps: at most 4 MiB by Linux's own limit (tcp_wmem).
PENDING_MIB = 1
GONE_S = 20.0
# A machine that does other things too has pauses of its own: the same probe before and meanwhile, and so much more.
SLACK_S = 0.020
RETURNING = 5_000
RETURN_S = 10.0
FLOODS, FLOOD_FRAMES = 20, 10_000
FLOOD_MIB = 20
QUIET_S = 4.0
MIB = 1 << 20


@asynccontextmanager
async def arena(server: Fleet) -> AsyncIterator[str]:
    """The path of a real-time match of two who steer; thirty frames a second of some kilobytes."""
    api = Api(server.webs[0].url)
    ann, ben = [(await api.post("/api/players", {"name": name}))["key"] for name in ("Ann", "Ben")]
    match = await api.post("/api/matches", {"game": "arena", "seat": 0, "listed": False}, ann)
    await api.post(f"/api/matches/{match['id']}/join", {}, ben)
    tickets = [(await api.post("/api/tickets", {}, key))["ticket"] for key in (ann, ben)]
    steering = [asyncio.create_task(_steer(server, match["socket"], ticket)) for ticket in tickets]
    try:
        yield match["socket"]
    finally:
        for task in steering:
            task.cancel()
        await asyncio.gather(*steering, return_exceptions=True)
        api.close()


async def _steer(server: Fleet, path: str, ticket: str) -> None:
    port, loop = server.webs[0].port, asyncio.get_running_loop()
    _, made = await loop.create_connection(
        lambda: Socket(handshake(path, port), lambda told: None, print), "127.0.0.1", port
    )
    await made.opened
    made.send(frame(json.dumps({"type": "hello", "token": ticket}).encode()))
    for c in range(1, 1000):
        made.send(frame(b'{"type":"move","c":%d,"m":{"to":%d}}' % (c, c * 7 % 64)))
        await asyncio.sleep(1)


async def slow(deaf: int = DEAF) -> Figure:
    """Connections that stop reading: bounded memory, nobody else feels them, and they are gone."""
    with fleet(1, with_redis=False) as made, contextlib.ExitStack() as open_:
        web = made.webs[0]
        async with arena(made) as path, crowd.Probe(web, path) as probe:
            await asyncio.sleep(QUIET_S)
            before_p99, sockets, memory = percentile(probe.rtts_s, 0.99), made.metric("connections"), rss_bytes(web.pid)
            for _ in range(deaf):
                open_.enter_context(crowd.deaf(web, path))
            began, most, gone_s, left = time.monotonic(), 0, None, 0.0
            probe.clear()
            while gone_s is None and time.monotonic() < began + 2 * GONE_S:
                await asyncio.sleep(0.2)
                most = max(most, rss_bytes(web.pid) - memory)
                left = await asyncio.to_thread(made.metric, "connections") - sockets
                if left <= 0 and time.monotonic() > began + 1:
                    gone_s = time.monotonic() - began
            p99 = percentile(probe.rtts_s, 0.99)
    kept = gone_s is not None and gone_s < GONE_S and most < deaf * PENDING_MIB * MIB and p99 < before_p99 + SLACK_S
    return Figure(
        f"{deaf} sockets that do not read",
        f"memory < {deaf} × {PENDING_MIB} MiB, others' p99 unchanged, gone < {GONE_S:.0f} s",
        f"{most / MIB:.0f} MiB, p99 {ms(before_p99)} → {ms(p99)}, "
        f"gone in {gone_s and round(gone_s, 1)} s ({left:.0f} left)",
        kept,
    )


async def floods(count: int = FLOODS) -> Figure:
    """Frames as fast as the line takes them: closed with 4008, and nobody else feels it."""
    with fleet(1, with_redis=False) as made:
        web = made.webs[0]
        async with arena(made) as path, crowd.Probe(web, path) as probe:
            await asyncio.sleep(QUIET_S)
            before_p99, memory = percentile(probe.rtts_s, 0.99), rss_bytes(web.pid)
            probe.clear()
            ends = []
            for _ in range(count):
                ends.append(await crowd.flood(web, path, FLOOD_FRAMES))
                await asyncio.sleep(0.1)
            p99, grown = percentile(probe.rtts_s, 0.99), rss_bytes(web.pid) - memory
    # The server closes while the flood still comes in: the client's kernel may tell of that as a reset.
    refused = sum("4008" in end or "reset" in end.lower() for end in ends)
    return Figure(
        f"{count} floods of {FLOOD_FRAMES} frames",
        f"each closed (4008), memory + < {FLOOD_MIB} MiB, others' p99 unchanged",
        f"{refused} closed, + {grown / MIB:.0f} MiB, p99 {ms(before_p99)} → {ms(p99)}",
        refused == count and grown < FLOOD_MIB * MIB and p99 < before_p99 + SLACK_S,
    )


async def returning(count: int = RETURNING) -> Figure:
    """Everyone comes back to one process at once: first with the matches in its memory, then to a new process."""
    crowd.raise_descriptors()
    with fleet(1, with_redis=False) as made:
        web = made.webs[0]
        duels = [crowd.Duel(script) for script in await asyncio.to_thread(crowd.prepared, web, count // 2)]
        await crowd.arrive(duels, web.port, 120, at_once=crowd.ARRIVING)
        times, pages = [], list[float]()
        for fresh in (False, True):
            for duel in duels:
                duel.next()
            await asyncio.sleep(1)
            if fresh:
                await asyncio.to_thread(web.stop)
                await asyncio.to_thread(made.start, 0)
            asking = asyncio.create_task(_ask_pages(web, pages))
            times.append(await crowd.arrive(duels, web.port, 60, at_once=len(duels)))
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        for duel in duels:
            duel.leave()
        breaches = some(made.witness.breaches())
    return Figure(
        f"{count} reconnects to one process, all play again",
        f"< {RETURN_S:.0f} s, its pages still answer",
        f"{times[0]:.1f} s; {times[1]:.1f} s where it has just started; {len(pages)} pages, slowest {ms(max(pages))}",
        max(times) < RETURN_S and bool(pages),
        breaches,
    )


async def _ask_pages(web: crowd.MadangServer, pages: list[float]) -> None:
    while True:
        pages.append(await crowd.page_s(web))
        await asyncio.sleep(0.2)


async def tabs(matches: int = 40) -> Figure:
    """A second tab and a second device for every match, at any of two processes, while the first ones go on playing."""
    with fleet(2) as made:
        accidents = ("second_device", "second_tab")
        field = Field(*made.webs, matches=matches, accidents=accidents, seed=7, pace_s=0.2, scattered=True)
        await field.prepare()
        await field.gather()
        field.begin()
        await field.finish(90)
        breaches = some(await asyncio.to_thread(checked, made, field))
    extra = sum(played.accident in accidents and len(played.pages) > played.seated for played in field.played)
    replaced = sum(page.replaced for page in field.pages())
    return Figure(
        f"two tabs, two processes, one seat ({matches} matches)",
        "each older page told once, none comes back",
        f"{extra} second pages, {replaced} told",
        0 < replaced <= extra,
        breaches,
    )
