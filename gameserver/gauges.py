"""What this process tells of itself for the dashboard: a row for each minute, written every few seconds.

A process knows only its own sockets and matches; the dashboard (`moderation/dashboard.py`) adds up those of all that
live. Counted on the event loop, written on its database threads.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now, TruncMinute

from games import delivery
from games.models import HostMinute

if TYPE_CHECKING:
    from gameserver.process import Process

# What an admin sees is never older; each costs one update of one row.
WRITE_S = 5.0
# The longest chart shows a day.
KEPT = timedelta(hours=25)


class Totals(NamedTuple):
    """Since the process began."""

    moves: int
    refused: int
    slow: int


class Gauges:
    """One for each process."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._written = Totals(0, 0, 0)

    async def write(self) -> None:
        """Add what happened since the last time to this minute's row. What a database that is away misses, the next
        time makes up for."""
        totals = self._totals()
        more = Totals(*(now - before for now, before in zip(totals, self._written, strict=True)))
        lives = self._process.driver.live.values()
        matches = Counter(live.match.fold.rules.name for live in lives if live.match.shown.status == "live")
        await self._process.threads.run(minute_add, self._process.host, delivery.counts.open, more, dict(matches))
        self._written = totals

    def _totals(self) -> Totals:
        driver = self._process.driver
        tally = driver.tally.with_all(tuple(driver.live.values()))
        refused = sum(tally.refused.values()) + sum(delivery.counts.refused.values())
        return Totals(sum(tally.moves.values()), refused, delivery.counts.slow)


@transaction.atomic
def minute_add(host: str, connections: int, more: Totals, matches: dict[str, int]) -> None:
    """Only the process itself writes its rows, so nobody adds at the same time."""
    facts = {"connections": connections, "matches": matches, "at": Now()}
    added = {name: F(name) + value for name, value in more._asdict().items()}
    if not HostMinute.objects.filter(host=host, minute=TruncMinute(Now())).update(**facts, **added):
        HostMinute.objects.create(host=host, minute=TruncMinute(Now()), **facts, **more._asdict())
        HostMinute.objects.filter(minute__lt=Now() - KEPT).delete()
