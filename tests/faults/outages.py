"""Rows about what stands behind: Redis and PostgreSQL, gone or frozen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tests.faults import crowd
from tests.faults.backing import Redis
from tests.faults.figures import Figure, ms, some
from tests.faults.fleet import Fleet, fleet
from tests.faults.owners import SURE_S, again_s, playing
from tests.soak.history import percentile

RESYNC_S = 3.0
OUTAGE_S = 30.0
OTHERS_S = 0.050


async def _redis(harm: Callable[[Redis], None], heal: Callable[[Redis], None], what: str, matches: int) -> Figure:
    """Ten seconds without Redis, while half of all sockets need it."""
    breaches = list[str]()
    with fleet(2) as made:
        async with playing(made, breaches, matches=matches, pace_s=1.5, scattered=True) as field:
            assert made.redis is not None
            harm(made.redis)
            await asyncio.sleep(5)
            lives = [web.status("/healthz") for web in made.webs]
            readies = [web.status("/readyz") for web in made.webs]
            await asyncio.sleep(5)
            local = await asyncio.to_thread(made.witness.since, 5.0)
            await asyncio.to_thread(heal, made.redis)
            healed = time.monotonic()
            times = await again_s(field, {played.public_id for played in field.played}, healed)
            closes = field.history.closes(healed - 10)
    worst = max(times, default=0.0)
    return Figure(
        f"Redis {what} for 10 s ({len(times)} live matches, their seats at any of two processes)",
        f"0 lost, all move again < {RESYNC_S:.0f} s after it returns, no deaf socket",
        f"p50 {percentile(times, 0.5):.1f} s, most {worst:.1f} s (a move is made every 1.5 s on average, 3 s at most); "
        f"{local} entries of its last 5 s by matches that need no relay; healthz {lives}, readyz {readies}; "
        f"{len(closes)} closes",
        # A player may think for twice the pace before the first move that can be seen.
        worst < RESYNC_S + 2 * 1.5 and local > 0 and lives == [200, 200] and 200 not in readies,
        some(breaches),
    )


async def redis(matches: int = 40) -> Figure:
    """Killed; it comes back empty."""
    return await _redis(Redis.kill, Redis.start, "killed", matches)


async def redis_frozen(matches: int = 40) -> Figure:
    """A black hole: connections stay open and nothing answers."""
    return await _redis(Redis.freeze, Redis.thaw, "frozen", matches)


async def _postgres(harm: Callable[[Fleet], None], heal: Callable[[Fleet], None], what: str, out_s: float) -> Figure:
    breaches = list[str]()
    with fleet(2) as made:
        await asyncio.sleep(SURE_S)
        async with playing(made, breaches, matches=30, pace_s=1.5) as field:
            watched = crowd.spectated(next(one for one in field.played if not one.pages[0].over))
            # At the process that has the match: what is measured is a socket that needs neither database nor relay.
            web = made.webs[made.owner(watched.rpartition("/")[2]) or 0]
            async with crowd.Probe(web, watched) as probe:
                await asyncio.sleep(2)
                owners, before = made.witness.owners(), percentile(probe.rtts_s, 0.99)
                probe.clear()
                await asyncio.to_thread(harm, made)
                await asyncio.sleep(out_s)
                p99, answers, unanswered = percentile(probe.rtts_s, 0.99), len(probe.rtts_s), probe.unanswered
                breaches += [f"the socket that was watched ended: {why}" for why in probe.lost]
                await asyncio.to_thread(heal, made)
                healed = time.monotonic()
                again = await again_s(field, {played.public_id for played in field.played}, healed)
                after = made.witness.owners()
            pages = [await crowd.page_s(web) for web in made.webs for _ in range(5)]
    moved = sum(after.get(match, name) != name for match, name in owners.items())
    return Figure(
        f"PostgreSQL {what} for {out_s:.0f} s ({len(again)} live matches)",
        f"0 lost, others' p99 < {OTHERS_S * 1000:.0f} ms, no lease changes hands",
        f"p99 {ms(before)} → {ms(p99)} ({answers} pings, {unanswered} unanswered), {moved} leases moved, "
        f"moves again p95 {percentile(again, 0.95):.1f} s after it returns, then {len(pages)} pages without an error",
        p99 < OTHERS_S and unanswered == 0 and moved == 0 and answers > out_s,
        some(breaches),
    )


async def postgres() -> Figure:
    """Stopped at once, as by a failover."""
    return await _postgres(lambda made: made.postgres.stop(), lambda made: made.postgres.start(), "gone", OUTAGE_S)


async def postgres_frozen() -> Figure:
    """Longer than a lease: statements are sent, and nothing answers."""
    return await _postgres(lambda m: m.postgres.freeze(), lambda m: m.postgres.thaw(), "frozen", 12.0)
