"""Rows about owners: killed, frozen beyond their lease, stopped one after another, added; and a game that hangs."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.faults import LEASE_S
from tests.faults.figures import Figure, some
from tests.faults.fleet import Fleet, fleet
from tests.faults.storm import FINISH_S, checked
from tests.soak.field import Field
from tests.soak.history import percentile

# Others may call a host dead only after three heartbeats of their own in a row, over at least one lease.
SURE_S = LEASE_S + 2
# Until the last page of a match plays again: longer than any limit below, so that a breach is measured, not cut off.
HEAL_S = 30.0
BACK = frozenset({"update", "over"})
EXIT_S = 20.0
PAUSE_S = 3.0
# Codes with which a planned stop lets its sockets go.
PLANNED = frozenset({1012, 4010, 4013, 1001})
ABNORMAL = 1006
SHARE, SHARE_S = 0.05, 60.0


@asynccontextmanager
async def playing(
    made: Fleet, breaches: list[str], *, matches: int, pace_s: float, scattered: bool = False, seed: int | None = None
) -> AsyncIterator[Field]:
    """Connect Four by random moves, some twenty seconds at a pace of 1 s; at the end all promises are looked at."""
    field = Field(
        *made.webs,
        matches=matches,
        accidents=("nothing",),
        seed=random.randrange(1 << 32) if seed is None else seed,
        pace_s=pace_s,
        games=("connect-four",),
        scattered=scattered,
    )
    print(f"seed {field.seed}", flush=True)
    await field.prepare()
    await field.gather()
    field.begin()
    await field.until(lambda: field.acked() >= matches)
    yield field
    await field.finish(FINISH_S)
    breaches += await asyncio.to_thread(checked, made, field)


async def again_s(field: Field, ids: set[str], since_s: float) -> list[float]:
    """For each of these matches: how many seconds until a move made after the fault was stored and shown."""
    played = [one for one in field.played if one.public_id in ids and not all(page.over for page in one.pages)]
    numbers = [[page.number for page in one.pages] for one in played]

    def times() -> list[float | None]:
        return [field.history.first_heard_s(pages, since_s, BACK) for pages in numbers]

    deadline = time.monotonic() + HEAL_S
    while None in (found := times()) and time.monotonic() < deadline:  # noqa: ASYNC110 - pages tell nobody else
        await asyncio.sleep(0.1)
    for one, took_s in zip(played, found, strict=True):
        if took_s is None:
            print(f"# still {HEAL_S:.0f} s later: {one.public_id}", *one.pages, sep="\n#   ", file=sys.stderr)
    return [HEAL_S if one is None else one for one in found]


def owned_by(made: Fleet, number: int) -> set[str]:
    return {match for match, name in made.witness.owners().items() if name == f"web-{number}"}


async def killed(rounds: int = 2, matches: int = 40) -> Figure:
    """SIGKILL of the process with most matches; it comes back only when the others have healed what it had."""
    times, breaches = list[float](), list[str]()
    with fleet(2) as made:
        await asyncio.sleep(SURE_S)
        for _ in range(rounds):
            async with playing(made, breaches, matches=matches, pace_s=0.8) as field:
                number = await asyncio.to_thread(made.busiest)
                ids = await asyncio.to_thread(owned_by, made, number)
                made.kill(number)
                times += await again_s(field, ids, time.monotonic())
                await asyncio.to_thread(made.start, number)
                await asyncio.sleep(SURE_S)
    p95, limit = percentile(times, 0.95), LEASE_S + 2
    return Figure(
        f"SIGKILL of the owner ({rounds} times, {len(times)} matches): a new move is stored and shown",
        f"p95 < {limit:.0f} s",
        f"p50 {percentile(times, 0.5):.1f} s, p95 {p95:.1f} s, most {max(times):.1f} s",
        p95 < limit,
        some(breaches),
    )


async def frozen(rounds: int = 2, matches: int = 30) -> Figure:
    """SIGSTOP of the owner for its lease and 3 s more, then SIGCONT: it wakes and believes that it is the owner."""
    times, breaches = list[float](), list[str]()
    with fleet(2) as made:
        await asyncio.sleep(SURE_S)
        for _ in range(rounds):
            async with playing(made, breaches, matches=matches, pace_s=0.8, scattered=True) as field:
                number = await asyncio.to_thread(made.busiest)
                before = await asyncio.to_thread(made.witness.epochs)
                made.freeze(number)
                began = time.monotonic()
                await asyncio.sleep(LEASE_S + 3)
                made.thaw(number)
                times += await again_s(field, {played.public_id for played in field.played}, began)
                after = await asyncio.to_thread(made.witness.epochs)
    # A match that has ended meanwhile is in the list no more.
    taken = sum(after.get(match, epoch) > epoch for match, epoch in before.items())
    return Figure(
        f"split brain by SIGSTOP for {LEASE_S + 3:.0f} s ({rounds} times)",
        "0 appends by an old epoch, 0 clients shown a lower one",
        f"{len(breaches)} breaches; {taken} matches taken over in the last round; moves again p95 "
        f"{percentile(times, 0.95):.1f} s",
        taken > 0,
        some(breaches),
    )


async def rolling(matches: int = 200, pace_s: float = 2.0) -> Figure:
    """SIGTERM and a new process, one after another, under matches that go on."""
    exits, breaches = list[float](), list[str]()
    with fleet(2) as made:
        async with playing(made, breaches, matches=matches, pace_s=pace_s) as field:
            live = sum(not page.over for played in field.played for page in played.pages[:1])
            began = time.monotonic()
            for number, web in enumerate(made.webs):
                stopping = time.monotonic()
                code = await asyncio.to_thread(web.stop)
                exits.append(time.monotonic() - stopping)
                breaches += [f"process {number} ended with exit code {code}"] if code else []
                await asyncio.to_thread(made.start, number)
                await asyncio.sleep(1)
            rolled = time.monotonic()
            pauses = field.history.pauses_s(began, PLANNED)
            closes = [
                event.told for event in field.history.events if event.what == "closed" and began <= event.at_s <= rolled
            ]
    p99, abnormal = percentile(pauses, 0.99), closes.count(ABNORMAL)
    return Figure(
        f"rolling restart of 2 processes under {live} live matches",
        f"0 lost, 0 closes by 1006, pause p99 < {PAUSE_S:.0f} s, exit < {EXIT_S:.0f} s",
        f"closes {dict(Counter(closes))}, pause p50 {percentile(pauses, 0.5):.2f} s, p99 {p99:.2f} s "
        f"({len(pauses)} sockets), "
        f"exits {', '.join(f'{one:.1f}' for one in exits)} s",
        abnormal == 0 and p99 < PAUSE_S and max(exits) < EXIT_S and len(pauses) > matches,
        some(breaches),
    )


async def scaled(matches: int = 30) -> Figure:
    """Two processes become four, and the first two are restarted; everybody comes by the hash over those that are."""
    breaches = list[str]()
    with fleet(4, started=2) as made:
        async with playing(made, breaches, matches=matches, pace_s=4.0) as field:
            for number in (2, 3):
                await asyncio.to_thread(made.start, number)
            for number in (0, 1):
                await asyncio.to_thread(made.webs[number].stop)
                await asyncio.to_thread(made.start, number)
            for page in field.pages():
                page.place = field.places.of(page.path)
                page.cut()
            began, most, took_s = time.monotonic(), 0.0, None
            while time.monotonic() < began + SHARE_S:
                await asyncio.sleep(1)
                share = await asyncio.to_thread(made.relayed_share)
                most = max(most, share)
                if share < SHARE and time.monotonic() > began + 3:
                    took_s = time.monotonic() - began
                    break
    return Figure(
        f"2 → 4 processes, rolling restart, {matches} matches",
        f"relayed share < {SHARE:.0%} within {SHARE_S:.0f} s",
        f"most {most:.0%}, below {SHARE:.0%} after {took_s and round(took_s)} s",
        took_s is not None and most > SHARE,
        some(breaches),
    )
