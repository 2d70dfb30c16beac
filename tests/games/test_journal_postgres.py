"""The journal on a real PostgreSQL whose wire is cut, whose backends die, and whose rows others lock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from games.host.effects import Began
from games.host.entries import Entry
from games.journal import core, endings, open_log
from games.journal.endings import Batch, Failed, Refused, Stored
from tests.games.cutting import Proxy
from tests.games.journals import Told, journal_on
from tests.games.worlds import GENESIS, PostgresWorld, lines


@pytest.fixture
def proxy(postgres_world: PostgresWorld) -> Iterator[Proxy]:
    given = postgres_world.django
    with Proxy(given["HOST"], int(given["PORT"])) as made:
        yield made


def through(proxy: Proxy, world: PostgresWorld) -> endings.Log:
    return open_log({**world.django, "HOST": "127.0.0.1", "PORT": str(proxy.port)})


@pytest.mark.parametrize("mode", ["drop request", "drop answer"])
@pytest.mark.parametrize("changes", [(), (Began(),)], ids=["plain", "records"])
async def test_a_cut_wire_loses_and_doubles_nothing(
    proxy: Proxy, postgres_world: PostgresWorld, mode: Any, changes: Any
) -> None:
    matches, told = postgres_world.matches(5), Told()
    moves = lines(12)
    async with journal_on(through(proxy, postgres_world), told) as journal:
        for move in moves:
            proxy.mode = mode if move.n % 3 == 0 else "pass"
            for match in matches:
                journal.append(match, 1, move, changes)
            await journal.flushed()
    assert proxy.cuts == 4
    for match in matches:
        assert told.of(match) == [Stored(match, 1, move.n) for move in moves]
        assert postgres_world.log_of(match) == [(move.n, move.digest) for move in moves]


async def test_terminated_backends_lose_and_double_nothing(postgres_world: PostgresWorld) -> None:
    world = postgres_world
    matches, told, stop = world.matches(4), Told(), threading.Event()
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'madang journal'"

    def terminate() -> None:
        while not stop.wait(0.05):
            world.sql(kill)

    killer = threading.Thread(target=terminate)
    log = world.log()
    reconnects, drop = [], log.drop
    log.drop = lambda: reconnects.append(1) or drop()  # type: ignore[method-assign, func-returns-value]
    async with journal_on(log, told) as journal:
        killer.start()
        for move in lines(150):
            for match in matches:
                journal.append(match, 1, move, ())
            await journal.flushed()
        stop.set()
        killer.join()
    assert reconnects, "it was hit"
    for match in matches:
        assert all(isinstance(ending, Stored) for ending in told.of(match))
        assert world.log_of(match) == [(move.n, move.digest) for move in lines(150)]


async def test_a_statement_that_arrives_after_the_deadline_stores_nothing(
    proxy: Proxy, postgres_world: PostgresWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, told = postgres_world, Told()
    match = world.match()
    async with journal_on(through(proxy, world), told, deadline_s=0.5) as journal:
        journal.append(match, 1, lines(1)[0], ())
        await journal.flushed()
        proxy.mode = "hold"
        journal.append(match, 1, lines(2)[1], ())
        await journal.flushed()
        assert told.all == [Stored(match, 1, 1), Failed(match, 1)]
        world.sql("UPDATE games_lease SET epoch = 2 WHERE match_id = %s", match)  # what taking it anew does
        proxy.release()
        await asyncio.sleep(0.3)
    assert [n for n, _ in world.log_of(match)] == [1]


@pytest.mark.parametrize("ours", [True, False], ids=["ours", "another's"])
async def test_a_copy_still_running_in_the_server_is_waited_for_and_compared(
    postgres_world: PostgresWorld, ours: bool
) -> None:
    match, told = postgres_world.match(), Told()
    entry = lines(1)[0]
    digest = entry.digest if ours else "f" * 32
    async with journal_on(postgres_world.log(), told) as journal:
        with psycopg.connect(postgres_world.url) as copy:
            insert = """INSERT INTO games_entry (match_id, n, kind, seat, c, at, ms, body, digest)
                VALUES (%s, 1, 'move', 1, 1, now(), 0, '', %s)"""
            copy.execute(insert, (match, digest))
            journal.append(match, 1, entry, (Began(),))
            await asyncio.sleep(0.2)
            assert not told.all
        await journal.flushed()
    assert told.all == [Stored(match, 1, 1) if ours else Refused(match, 1)]
    assert postgres_world.log_of(match) == [(1, digest)]
    # That copy brought its own changes, or none: ours belong to rows that are not ours.
    assert postgres_world.sql("SELECT status FROM games_match WHERE id = %s", match) == [("waiting",)]


async def test_a_server_that_hangs_is_cut_off_and_asked_again(
    proxy: Proxy, postgres_world: PostgresWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "_CUT_S", 0.3)
    match, told = postgres_world.match(), Told()
    async with journal_on(through(proxy, postgres_world), told) as journal:
        proxy.mode = "hold"
        journal.append(match, 1, lines(1)[0], ())
        asyncio.get_running_loop().call_later(0.2, setattr, proxy, "mode", "pass")
        await journal.flushed()
    assert told.all == [Stored(match, 1, 1)]


async def test_a_locked_lease_is_neither_stale_nor_in_others_way(postgres_world: PostgresWorld) -> None:
    locked, free, told = postgres_world.match(), postgres_world.match(), Told()
    moves = lines(3)
    async with journal_on(postgres_world.log(), told) as journal:
        with psycopg.connect(postgres_world.url) as takeover:
            takeover.execute("SELECT 1 FROM games_lease WHERE match_id = %s FOR UPDATE", (locked,))
            journal.append(locked, 1, moves[0], ())
            await asyncio.sleep(0.05)
            journal.append(locked, 1, moves[1], ())
            journal.append(free, 1, moves[0], ())
            async with asyncio.timeout(5):
                while not told.all:  # noqa: ASYNC110 - the journal tells nobody else
                    await asyncio.sleep(0.01)
            assert told.all == [Stored(free, 1, 1)]
            takeover.rollback()
        await journal.flushed()
        assert told.of(locked) == [Stored(locked, 1, 2)]
        with psycopg.connect(postgres_world.url) as takeover:
            takeover.execute("UPDATE games_lease SET epoch = 2 WHERE match_id = %s", (locked,))
            journal.append(locked, 1, moves[2], ())
            await asyncio.sleep(0.1)
        await journal.flushed()
    assert told.of(locked)[1:] == [Refused(locked, 1)], "that takeover went through"


async def test_a_lease_locked_beyond_the_deadline_fails_its_match(postgres_world: PostgresWorld) -> None:
    match, told = postgres_world.match(), Told()
    async with journal_on(postgres_world.log(), told, deadline_s=0.2) as journal:
        with psycopg.connect(postgres_world.url) as takeover:
            takeover.execute("SELECT 1 FROM games_lease WHERE match_id = %s FOR UPDATE", (match,))
            journal.append(match, 1, lines(1)[0], ())
            await journal.flushed()
            assert told.all == [Failed(match, 1)]
    assert postgres_world.log_of(match) == []


async def test_a_locked_match_row_holds_up_no_other_match(postgres_world: PostgresWorld) -> None:
    sealed, free, told = postgres_world.match(), postgres_world.match(), Told()
    async with journal_on(postgres_world.log(), told) as journal:
        with psycopg.connect(postgres_world.url) as admin:
            admin.execute("SELECT 1 FROM games_match WHERE id = %s FOR UPDATE", (sealed,))
            journal.append(sealed, 1, lines(1)[0], (Began(),))
            journal.append(free, 1, lines(1)[0], ())
            await asyncio.sleep(0.2)
            assert postgres_world.log_of(free) != []
        await journal.flushed()
    assert told.of(sealed) == [Stored(sealed, 1, 1)]


async def test_a_takeover_waits_for_an_append_under_way(postgres_world: PostgresWorld) -> None:
    match, told = postgres_world.match(), Told()
    async with journal_on(postgres_world.log(), told) as journal:
        with psycopg.connect(postgres_world.url) as admin:
            admin.execute("SELECT 1 FROM games_match WHERE id = %s FOR UPDATE", (match,))
            journal.append(match, 1, lines(1)[0], (Began(),))  # its transaction stays open, waiting for that row
            await asyncio.sleep(0.2)
            with psycopg.connect(postgres_world.url) as takeover:
                takeover.execute("SET LOCAL lock_timeout = '100ms'")
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    takeover.execute("UPDATE games_lease SET epoch = 2 WHERE match_id = %s", (match,))
        await journal.flushed()
    assert told.all == [Stored(match, 1, 1)]


def test_two_owners_never_write_at_once_and_the_newest_is_never_refused(postgres_world: PostgresWorld) -> None:
    world = postgres_world
    match = world.match(epoch=0)
    trouble: list[str] = []
    newest = threading.Event()

    def own(epoch: int, n: int, digest: str, stop: threading.Event) -> None:
        log, last = world.log(), Entry(n, "move", None, None, 0, "", digest) if n else None
        log.connect()
        while not stop.is_set():
            entry = next(iter(lines(1, last, body=str(epoch))))
            batch = Batch(match, epoch, 0.0, [entry])
            if match in log.store([batch]):
                last = entry
                newest.set()
            elif isinstance(endings.judge(batch, log.standings([batch])[match]), Refused):
                if world.sql("SELECT epoch FROM games_lease WHERE match_id = %s", match) == [(epoch,)]:
                    trouble.append(f"epoch {epoch} was refused at {entry.n} while it was the newest")
                break
        log.drop()

    owners, stop = [], threading.Event()
    for epoch in range(1, 25):
        world.sql("UPDATE games_lease SET epoch = %s WHERE match_id = %s", epoch, match)
        n, digest = (world.log_of(match) or [(0, GENESIS)])[-1]
        newest.clear()
        owner = threading.Thread(target=own, args=(epoch, n, digest, stop))
        owner.start()
        owners.append(owner)
        newest.wait(5)
    stop.set()
    for owner in owners:
        owner.join(10)
    assert not trouble
    rows = world.sql("SELECT n, body, digest FROM games_entry WHERE match_id = %s ORDER BY n", match)
    assert len(rows) >= 24
    assert [n for n, _, _ in rows] == list(range(1, len(rows) + 1))
    wrote = [int(body) for _, body, _ in rows]
    assert wrote == sorted(wrote), "no owner writes after its successor"
