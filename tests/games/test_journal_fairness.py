"""On SQLite the journal and Django's threads share one writer: neither starves the other."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction

from games.host.entries import MatchId
from games.journal.endings import Stored
from games.models import Match
from tests.games.journals import journal_on
from tests.games.worlds import SqliteWorld, lines

RUN_S = 1.5
# With the fair lock both wait for one other writer at most: milliseconds. SQLite's own lottery, which this guards
# against, makes writers wait for seconds; in between lies room for a busy machine.
P99_S = 1.0


def p99(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.99)]


class Writers:
    """Three threads of short Django transactions, as pages make them."""

    def __init__(self, match: MatchId, pause_s: float) -> None:
        self.waits: list[float] = []
        self.errors: list[Exception] = []
        self.stop = threading.Event()
        self._match, self._pause_s = match, pause_s
        self._threads = [threading.Thread(target=self._run) for _ in range(3)]

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(30)

    def _run(self) -> None:
        try:
            while not self.stop.wait(self._pause_s):
                start = time.monotonic()
                with transaction.atomic():
                    Match.objects.filter(pk=self._match).update(game="x")
                    Match.objects.create(game="y", edition=1, fold=1, seats=1, seed="", seed_hash="")
                self.waits.append(time.monotonic() - start)
        except Exception as error:
            self.errors.append(error)
        finally:
            connection.close()


async def test_three_threads_of_django_writes_do_not_starve_the_journal(sqlite_orm: SqliteWorld) -> None:
    matches, told, waits = [sqlite_orm.match() for _ in range(4)], asyncio.Event(), []
    endings: list[Any] = []

    def settled(match: MatchId, ending: Any) -> None:
        endings.append(ending)
        told.set()

    async with journal_on(sqlite_orm.log(), settled) as journal:
        with Writers(matches[0], pause_s=0) as writers:
            until = time.monotonic() + RUN_S
            moves = iter(lines(100_000))
            while time.monotonic() < until:
                told.clear()
                start, move = time.monotonic(), next(moves)
                for match in matches:
                    journal.append(match, 1, move, ())
                await told.wait()
                waits.append(time.monotonic() - start)
                await asyncio.sleep(0.002)
            await journal.flushed()
    assert not writers.errors
    assert {type(ending) for ending in endings} == {Stored}
    assert len(waits) > 10
    assert p99(waits) < P99_S


async def test_a_journal_that_never_rests_does_not_starve_django(sqlite_orm: SqliteWorld) -> None:
    match, moves = sqlite_orm.match(), iter(lines(100_000))
    stopped = False

    def settled(of: MatchId, ending: Any) -> None:
        assert isinstance(ending, Stored)
        if not stopped:
            journal.append(match, 1, next(moves), ())

    async with journal_on(sqlite_orm.log(), settled) as journal:
        journal.append(match, 1, next(moves), ())
        with Writers(match, pause_s=0.001) as writers:
            await asyncio.sleep(RUN_S)
            stopped = True
    assert not writers.errors
    assert len(writers.waits) > 10
    assert p99(writers.waits) < P99_S


@pytest.mark.parametrize("count", [1, 20])
async def test_what_the_journal_stores_django_reads(sqlite_orm: SqliteWorld, count: int) -> None:
    match = sqlite_orm.match()
    async with journal_on(sqlite_orm.log(), lambda match, ending: None) as journal:
        for move in lines(count):
            journal.append(match, 1, move, ())
    rows = await asyncio.to_thread(_entries, match)
    assert [(n, digest) for n, digest, _ in rows] == [(move.n, move.digest) for move in lines(count)]
    assert all(at.tzinfo is not None for _, _, at in rows)


def _entries(match: MatchId) -> list[Any]:
    try:
        return list(Match.objects.get(pk=match).entries.order_by("n").values_list("n", "digest", "at"))
    finally:
        connection.close()
