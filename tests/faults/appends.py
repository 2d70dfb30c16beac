"""The row about the price of storing: how many moves one journal appends on one PostgreSQL connection, with fsync."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from games.host.entries import Entry, MatchId
from games.journal.endings import Ending, Stored
from tests.faults import backing
from tests.faults.figures import Figure, ms
from tests.games.journals import journal_on
from tests.games.worlds import PostgresWorld, lines, migrate
from tests.servers import temporary_folder
from tests.soak.history import percentile

LEAST_A_SECOND, ACK_S = 6_000, 0.015
BODY_BYTES = 200
MATCHES, MEASURED_S, WARM_S = 400, 5.0, 1.0
# Two steps: at the rate that is promised, and then as fast as it goes, each match having one move under way.
GRAIN_S = 0.002


class Bench:
    """Moves of many matches, due evenly whatever the journal does; a match whose move is under way is passed over."""

    def __init__(self, matches: list[MatchId]) -> None:
        self.last: dict[MatchId, Entry | None] = dict.fromkeys(matches)
        self.sent_s: dict[MatchId, float] = {}
        self.acks_s: list[float] = []
        self.wrong: list[Ending] = []

    def __call__(self, match: MatchId, ending: Ending) -> None:
        if isinstance(ending, Stored):
            self.acks_s.append(time.monotonic() - self.sent_s.pop(match))
        else:
            self.wrong.append(ending)


async def _offered(journal: object, bench: Bench, a_second: int | None, for_s: float) -> float:
    """Moves stored a second."""
    body = '"' + "x" * (BODY_BYTES - 2) + '"'
    began, sent, stored = time.monotonic(), 0, len(bench.acks_s)
    while (now := time.monotonic()) < began + for_s:
        due = len(bench.last) if a_second is None else int((now - began) * a_second) - sent
        for match in [one for one in bench.last if one not in bench.sent_s][: max(0, due)]:
            bench.last[match] = lines(1, bench.last[match], body=body)[0]
            bench.sent_s[match] = time.monotonic()
            journal.append(match, 1, bench.last[match], ())  # type: ignore[attr-defined]
            sent += 1
        await asyncio.sleep(GRAIN_S)
    return (len(bench.acks_s) - stored) / (time.monotonic() - began)


async def appends() -> Figure:
    """At the promised rate by open loop, for its latency; then all that one connection takes."""
    with backing.postgres(durable=True) as server, temporary_folder("appends") as folder:
        await asyncio.to_thread(migrate, Path(folder) / "data", DATABASE_URL=server.url)
        world = PostgresWorld(server.url)
        bench = Bench(world.matches(MATCHES))
        async with journal_on(world.log(), bench) as journal:
            await _offered(journal, bench, LEAST_A_SECOND, WARM_S)
            bench.acks_s.clear()
            rate = await _offered(journal, bench, LEAST_A_SECOND + 200, MEASURED_S)
            p50, p99 = percentile(bench.acks_s, 0.5), percentile(bench.acks_s, 0.99)
            await journal.flushed()
            most = await _offered(journal, bench, None, MEASURED_S)
            await journal.flushed()
        ((rows,),) = world.sql("SELECT count(*) FROM games_entry WHERE length(body) = %s", BODY_BYTES)
        fsync = world.sql("SHOW fsync")[0][0]
    return Figure(
        f"appended moves/s on one PostgreSQL connection, {BODY_BYTES} bytes each",
        f"≥ {LEAST_A_SECOND}, ack p99 < {ACK_S * 1000:.0f} ms",
        f"{rate:.0f}/s offered by open loop: ack p50 {ms(p50)}, p99 {ms(p99)}; at most {most:.0f}/s; {rows} rows, "
        f"fsync {fsync}, {os.cpu_count()} cores for all",
        rate >= LEAST_A_SECOND and p99 < ACK_S and not bench.wrong,
    )
