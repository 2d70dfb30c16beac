"""The row about a game whose step does not return: who falls, and how soon all other matches go on."""

from __future__ import annotations

import asyncio
import time

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.faults.figures import Figure, some
from tests.faults.fleet import Fleet, fleet
from tests.faults.owners import SURE_S, again_s, owned_by, playing
from tests.games.fleet import Match, install
from tests.games.fleet import hanging as hanging_game
from tests.servers import temporary_folder
from tests.soak.history import percentile

RESUME_S = 8.0
# After so long the match must be quarantined: two processes have fallen, each after its watchdog's 3 s.
QUARANTINE_S = 60.0
FAULT = 4011


async def hanging() -> Figure:
    """Three processes; someone insists on the move whose step never ends, and goes wherever the match may go."""
    breaches = list[str]()
    with temporary_folder("game") as folder:
        environ = {"PYTHONPATH": install(folder, "endless-step", hanging_game("endless-step"))}
        with fleet(3, environs=dict.fromkeys(range(3), environ)) as made:
            await asyncio.sleep(SURE_S)
            async with playing(made, breaches, matches=40, pace_s=1.0) as field:
                bad = await asyncio.to_thread(Match, made.webs[0], "endless-step")
                page = await asyncio.to_thread(bad.come, 0, made.webs[0])
                hang = {"type": "move", "c": 1, "on": page.v, "m": 2}
                ids = await asyncio.to_thread(owned_by, made, 0)
                began = time.monotonic()
                page.say(hang)
                resumed = asyncio.create_task(again_s(field, ids - {bad.id}, began))
                fallen, code = await asyncio.to_thread(_insist, made, bad, hang)
                times = await resumed
                for number in fallen:
                    await asyncio.to_thread(made.start, number)
    p95 = percentile(times, 0.95)
    return Figure(
        f"a game whose step hangs ({len(times)} other matches of its process)",
        f"the others resume < {RESUME_S:.0f} s, at most two processes fall, the match is quarantined",
        f"resumed p95 {p95:.1f} s, most {max(times):.1f} s; {len(fallen)} processes fell; then closed with {code}",
        max(times) < RESUME_S and len(fallen) <= 2 and code == FAULT,
        some(breaches),
    )


def _insist(made: Fleet, bad: Match, hang: dict[str, object]) -> tuple[set[int], int | None]:
    """Which processes fell, and the code with which the match was closed for good."""
    deadline, turn = time.monotonic() + QUARANTINE_S, 0
    while time.monotonic() < deadline:
        fallen = _fallen(made)
        standing = [web for number, web in enumerate(made.webs) if number not in fallen]
        turn += 1
        try:
            bad.come_back(0, standing[turn % len(standing)], within_s=1).say(hang)
            time.sleep(0.5)
        except ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code == FAULT:
                return _fallen(made), FAULT
        except (OSError, InvalidHandshake):
            time.sleep(0.2)
    return _fallen(made), None


def _fallen(made: Fleet) -> set[int]:
    return {number for number, web in enumerate(made.webs) if web.child and web.child.poll() is not None}
