"""The journal when the database, or the way to it, fails: nothing lost, nothing doubled, nobody wrongly refused."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from games.host.effects import Began, SeatTaken
from games.host.entries import MatchId
from games.journal import sqlite
from games.journal.core import Journal
from games.journal.endings import Failed, Refused, Stored
from tests.games.journals import Told, Wrapped, journal_on
from tests.games.worlds import SqliteWorld, World, lines


class Gone(Exception):
    """The connection is gone."""


def once(act: Callable[[], None]) -> Callable[[], None]:
    done = False

    def run() -> None:
        nonlocal done
        if not done:
            done = True
            act()

    return run


def fail() -> None:
    raise Gone


MOMENTS = ["before", "after"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("changes", [(), (SeatTaken(0, "Ann", None, ""), Began())], ids=["plain", "records"])
async def test_a_lost_connection_loses_and_doubles_nothing(world: World, moment: str, changes: Any) -> None:
    matches, told, log = world.matches(10), Told(), Wrapped(world.log())
    moves = lines(3)
    async with journal_on(log, told) as journal:
        for match in matches:
            journal.append(match, 1, moves[0], ())
        await journal.flushed()
        setattr(log, moment, once(fail))  # "after": the commit went through, its answer did not
        for match in matches:
            journal.append(match, 1, moves[1], changes)
        await journal.flushed()
        for match in matches:
            journal.append(match, 1, moves[2], ())
    for match in matches:
        assert told.of(match) == [Stored(match, 1, 1), Stored(match, 1, 2), Stored(match, 1, 3)]
        assert world.log_of(match) == [(move.n, move.digest) for move in moves]
    assert world.sql("SELECT count(*) FROM games_seat") == [(len(matches) if changes else 0,)]


async def test_a_takeover_while_the_answer_was_lost_still_tells_what_was_stored(world: World) -> None:
    stored, lost, told, log = world.match(), world.match(), Told(), Wrapped(world.log())
    moves = lines(2)

    def taken_over() -> None:
        world.sql("UPDATE games_lease SET epoch = epoch + 1")
        raise Gone

    async with journal_on(log, told) as journal:
        log.after = once(taken_over)
        journal.append(stored, 1, moves[0], ())
        await journal.flushed()
        log.after, log.before = lambda: None, once(taken_over)
        journal.append(lost, 2, moves[0], ())
        await journal.flushed()
    assert told.of(stored) == [Stored(stored, 1, 1)]
    assert told.of(lost) == [Refused(lost, 2)]
    assert world.log_of(lost) == []


async def test_at_the_deadline_a_flush_fails_and_nothing_of_it_is_stored_later(world: World) -> None:
    match, told, log = world.match(), Told(), Wrapped(world.log())
    moves = lines(3)
    async with journal_on(log, told, deadline_s=0.3) as journal:
        log.before = fail
        journal.append(match, 1, moves[0], ())
        await asyncio.sleep(0)
        journal.append(match, 1, moves[1], ())
        await journal.flushed()
        assert told.all == [Failed(match, 1)], "what waited behind goes the same way"
        log.before = lambda: None
        journal.append(match, 1, moves[0], ())
        journal.append(match, 1, moves[2], ())
        await journal.flushed()
        assert told.all == [Failed(match, 1)]
        assert world.log_of(match) == []
        world.sql("UPDATE games_lease SET epoch = 2 WHERE match_id = %s", match)
        journal.append(match, 2, moves[0], ())
        await journal.flushed()
    assert told.all[1:] == [Stored(match, 2, 1)]
    assert journal.waiting_bytes == 0


async def test_what_waited_longer_than_the_deadline_is_still_tried_once(world: World) -> None:
    first, second, told, log = world.match(), world.match(), Told(), Wrapped(world.log())
    async with journal_on(log, told, deadline_s=0.2) as journal:
        log.before = fail
        journal.append(first, 1, lines(1)[0], ())
        await asyncio.sleep(0)
        journal.append(second, 1, lines(1)[0], ())

        def settled(match: MatchId, ending: Any) -> None:
            log.before = lambda: None
            told(match, ending)

        journal._settled = settled
        await journal.flushed()
    assert told.all == [Failed(first, 1), Stored(second, 1, 1)]


async def test_a_bug_in_the_flush_fails_the_batch_and_the_thread_lives_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    match, other, told = world.match(), world.match(), Told()
    async with journal_on(world.log(), told) as journal:
        monkeypatch.setattr(journal._flusher, "settle", lambda batches: 1 / 0)
        journal.append(match, 1, lines(1)[0], ())
        await journal.flushed()
        monkeypatch.undo()
        journal.append(other, 1, lines(1)[0], ())
        await journal.flushed()
    assert told.all == [Failed(match, 1), Stored(other, 1, 1)]


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_file_locked_by_another_process_is_tried_again(
    sqlite_world: SqliteWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_WAIT_S", 0.05)
    match, told = sqlite_world.match(), Told()
    beside = sqlite3.connect(sqlite_world.path, isolation_level=None)
    async with journal_on(sqlite_world.log(), told) as journal:
        beside.execute("BEGIN IMMEDIATE")
        journal.append(match, 1, lines(1)[0], ())
        await asyncio.sleep(0.3)
        assert not told.all
        beside.rollback()
        await journal.flushed()
    beside.close()
    assert told.all == [Stored(match, 1, 1)]


async def test_close_ends_the_thread(sqlite_world: SqliteWorld) -> None:
    journal = Journal(sqlite_world.log(), settled=Told())
    await journal.start()
    assert journal._thread.is_alive()
    await journal.close()
    assert not journal._thread.is_alive()
