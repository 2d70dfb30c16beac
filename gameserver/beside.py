"""What every process does beside its connections, again and again: a line for each, with its interval and the reason.

`process.py` runs them on the event loop, each in a task of its own; whatever needs the database uses the process's
threads. Here nothing is done, only listed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from games import delivery, guests, spoken
from games.driver import unattended
from games.finding import finder
from games.lobby import hub
from games.lobby.presence import WRITE_S, Presence
from gameserver import draining, gauges, metrics
from players import bans, revocations, silenced
from tournaments import runner

if TYPE_CHECKING:
    from gameserver.process import Process

Work = Callable[[], Awaitable[None]]

# Commands whose wake-up did not arrive wait no longer than this.
COMMANDS_S = 2.0
# Slow connections are found within a second of their limit, and idle matches leave memory soon enough.
SWEEP_S = 1.0
# Correspondence is by the day: a flag that falls three seconds late is on time.
DUE_S = 3.0
# A ban is told with its hour and minute: whoever comes back in time is let in within seconds.
BANS_S = 5.0
# Ratings follow a result at once where this process has seen it; a second later at the latest, whatever was missed.
RATED_S = 1.0
# Leaderboards go by days.
UNLISTED_S = 600.0


def works(process: Process) -> list[tuple[float, Work]]:
    """Every how many seconds, and what. Made once, when the process has its driver."""
    driver = process.driver

    async def sweep() -> None:
        delivery.sweep(asyncio.get_running_loop().time())
        driver.sweep()

    async def lapse() -> None:
        await process.threads.run(bans.bans_lapse)

    return [
        (COMMANDS_S, driver.granting.poll),
        (SWEEP_S, sweep),
        (DUE_S, unattended.Sweep(driver).bring_back),
        (RATED_S, driver.rated.look),
        (UNLISTED_S, driver.rated.unlist),
        (metrics.LOOK_S, process.lateness.look),
        (finder.LOOK_S, finder.Finder(process.threads).look),
        (draining.LOOK_S, draining.Draining(driver).look),
        (hub.LOOK_S, process.lobby.look),
        (WRITE_S, Presence(process.host, process.threads, driver).write),
        (BANS_S, lapse),
        (gauges.WRITE_S, gauges.Gauges(process).write),
        (runner.LOOK_S, runner.Runner(process.threads).look),
        (revocations.LOOK_S, revocations.Revocations(process.threads).look),
        (guests.LOOK_S, guests.Guests(process.threads).look),
        (silenced.LOOK_S, silenced.Silences(process.threads).look),
        (spoken.WRITE_S, driver.spoken.write),
    ]
