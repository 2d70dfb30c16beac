"""A journal for tests: endings remembered, flushes counted, hands between it and its log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from games.host.entries import MatchId
from games.journal.core import Journal
from games.journal.endings import Ending, Log


class Told:
    """Remembers every ending, in order."""

    def __init__(self) -> None:
        self.all: list[Ending] = []

    def __call__(self, match: MatchId, ending: Ending) -> None:
        assert match == ending.match
        self.all.append(ending)

    def of(self, match: MatchId) -> list[Ending]:
        return [ending for ending in self.all if ending.match == match]


@asynccontextmanager
async def journal_on(log: Log, told: Callable[[MatchId, Ending], None], **options: Any) -> AsyncIterator[Journal]:
    journal = Journal(log, settled=told, **options)
    await journal.start()
    try:
        yield journal
    finally:
        await journal.close()


class Wrapped:
    """A log with hands in between: counts flushes, and lets a test act before or after one."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.flushes: list[int] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def connect(self) -> None:
        self.log.connect()

    def store(self, batches: Any) -> Any:
        self.flushes.append(sum(len(batch.entries) for batch in batches))
        self.before()
        stored = self.log.store(batches)
        self.after()
        return stored

    def standings(self, batches: Any) -> Any:
        return self.log.standings(batches)

    def drop(self) -> None:
        self.log.drop()

    def cut(self) -> None:
        self.log.cut()
