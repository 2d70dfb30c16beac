"""The fair lock, and the backend that holds it exactly while a write transaction is open."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from games.models import Host, Match
from games.sqlite.lock import FairLock, SecondServerError, ServerLock, write_lock
from tests.games.worlds import SqliteWorld
from tests.servers import ROOT

WAIT_S = 10.0


def in_thread(work: Callable[[], Any]) -> Future[Any]:
    """Run beside; Django's connection of that thread is closed."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)
        finally:
            connections.close_all()

    threading.Thread(target=run, daemon=True).start()
    return future


def is_free(lock: FairLock = write_lock) -> bool:
    """Whether another thread could take it now."""

    def attempt() -> bool:
        if not lock.acquire(timeout_s=0.05):
            return False
        lock.release()
        return True

    taken: bool = in_thread(attempt).result(WAIT_S)
    return taken


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


# ── the lock ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lock_is_handed_over_in_order_of_arrival_and_the_journal_goes_first() -> None:
    lock, order = FairLock(), []
    lock.acquire()
    waiting: list[Future[Any]] = []

    def wait(name: str, *, first: bool = False) -> None:
        def take() -> None:
            assert lock.acquire(first=first)
            order.append(name)
            lock.release()

        waiting.append(in_thread(take))
        until(lambda: len(lock._line) == len(waiting))

    for name in ("one", "two", "three"):
        wait(name)
    wait("journal", first=True)
    lock.release()
    for future in waiting:
        future.result(WAIT_S)
    assert order == ["journal", "one", "two", "three"]


def test_a_journal_that_comes_back_at_once_still_lets_one_in_between() -> None:
    lock, order = FairLock(), []
    lock.acquire()

    def take() -> None:
        lock.acquire()
        order.append("page")
        lock.release()

    page = in_thread(take)
    until(lambda: len(lock._line) == 1)
    lock.release()
    lock.acquire(first=True)
    order.append("journal")
    lock.release()
    page.result(WAIT_S)
    assert order == ["page", "journal"]


def test_a_wait_that_times_out_leaves_the_line() -> None:
    lock = FairLock()
    lock.acquire()
    assert in_thread(lambda: lock.acquire(timeout_s=0.01)).result(WAIT_S) is False
    assert not lock._line
    lock.release()
    assert is_free(lock)
    with pytest.raises(RuntimeError):
        lock.release()


def test_hand_over_and_time_out_at_the_same_moment_lose_no_lock() -> None:
    lock = FairLock()

    def hammer() -> int:
        taken = 0
        for _ in range(300):
            if lock.acquire(timeout_s=0.0002):
                taken += 1
                lock.release()
        return taken

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: hammer(), range(6))) > 0
    assert is_free(lock)
    assert not lock._line


# ── the backend ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def database(sqlite_orm: SqliteWorld) -> Iterator[SqliteWorld]:
    assert is_free()
    yield sqlite_orm
    connection.close()
    assert is_free(), "whatever happened, the lock is back"


def write(name: str = "x") -> Match:
    made: Match = Match.objects.create(game=name, edition=1, fold=1, seats=1, seed="", seed_hash="")
    return made


def fail_after(work: Callable[[], Any]) -> None:
    work()
    raise LookupError


def test_a_transaction_holds_the_lock_from_begin_to_commit(database: SqliteWorld) -> None:
    with transaction.atomic():
        assert not is_free(), "also before the first write: BEGIN IMMEDIATE locks the file"
        write()
        assert not is_free()
    assert is_free()


def test_a_transaction_that_fails_gives_the_lock_back(database: SqliteWorld) -> None:
    with pytest.raises(LookupError), transaction.atomic():
        fail_after(write)
    assert is_free()
    with pytest.raises(Exception, match="match_has_seats"), transaction.atomic():
        Match.objects.create(game="x", edition=1, fold=1, seats=0, seed="", seed_hash="")
    assert is_free()
    assert Match.objects.count() == 0


def test_an_inner_block_that_fails_keeps_the_lock_for_the_outer_one(database: SqliteWorld) -> None:
    with transaction.atomic():
        write("outer")
        with pytest.raises(LookupError), transaction.atomic():
            fail_after(write)
        assert not is_free()
        with transaction.atomic():
            write("second")
        assert not is_free()
    assert is_free()
    assert set(Match.objects.values_list("game", flat=True)) == {"outer", "second"}


def test_closing_the_connection_inside_a_transaction_gives_the_lock_back(database: SqliteWorld) -> None:
    with transaction.atomic():
        write()
        connection.close()
        assert is_free()
    assert Match.objects.count() == 0


def test_hooks_run_after_the_lock_is_back(database: SqliteWorld) -> None:
    seen: list[bool] = []
    with transaction.atomic():
        write()
        transaction.on_commit(lambda: seen.append(is_free()))
    assert seen == [True]


def test_a_single_statement_holds_it_for_its_duration_alone(database: SqliteWorld) -> None:
    match = write()  # INSERT … RETURNING: ends with its last row, not with its first
    assert is_free()
    assert match.pk
    Match.objects.bulk_create([Match(game="x", edition=1, fold=1, seats=1, seed="", seed_hash="") for _ in range(3)])
    Match.objects.filter(pk=match.pk).update(game="y")
    assert is_free()
    Match.objects.filter(pk=match.pk).delete()
    assert is_free()
    assert Match.objects.count() == 3


def test_rows_of_returning_come_by_every_way_of_fetching(database: SqliteWorld) -> None:
    query = "INSERT INTO games_host (id, name, started_at, beat_at) VALUES (%s,'',0,0), (%s,'',0,0) RETURNING id"
    with connection.cursor() as cursor:
        cursor.execute(query, ["a", "b"])
        assert is_free()
        assert [cursor.fetchone(), cursor.fetchone(), cursor.fetchone()] == [("a",), ("b",), None]
        cursor.execute(query, ["c", "d"])
        assert (cursor.fetchmany(1), cursor.fetchmany(5)) == ([("c",)], [("d",)])
        cursor.execute(query, ["e", "f"])
        assert cursor.fetchall() == [("e",), ("f",)]
        cursor.execute(query, ["g", "h"])
        assert list(cursor) == [("g",), ("h",)]
        cursor.execute("SELECT count(*) FROM games_host")
        assert cursor.fetchone() == (8,)


def test_reads_never_wait_for_writers(database: SqliteWorld) -> None:
    with transaction.atomic():
        write()
        assert in_thread(Match.objects.count).result(WAIT_S) == 0


def test_writes_without_autocommit_hold_it_until_the_commit(database: SqliteWorld) -> None:
    connection.set_autocommit(False)
    try:
        assert Match.objects.count() == 0
        assert is_free()
        write()
        assert not is_free()
        connection.commit()
        assert is_free()
        write()
        connection.rollback()
        assert is_free()
    finally:
        connection.set_autocommit(True)
    assert Match.objects.count() == 1


def test_a_thread_that_ends_inside_a_transaction_takes_no_lock_with_it(database: SqliteWorld) -> None:
    def forget() -> None:
        mine = connections.create_connection("default")
        mine.connect()
        mine.cursor().execute("BEGIN IMMEDIATE")

    thread = threading.Thread(target=forget)
    thread.start()
    thread.join()
    gc.collect()  # Django's wrappers hold each other in a ring
    assert is_free()
    write()


def test_a_second_connection_of_one_thread_does_not_wait_for_its_own_first(
    database: SqliteWorld, tmp_path: Path
) -> None:
    other = connections.create_connection("default")
    other.settings_dict = {**other.settings_dict, "NAME": tmp_path / "other.sqlite3"}
    with transaction.atomic():
        write()
        with other.cursor() as cursor:
            cursor.execute("CREATE TABLE t (x)")
        assert not is_free()
    other.close()
    assert is_free()


def test_a_lock_kept_too_long_is_sqlites_own_error(database: SqliteWorld) -> None:
    connection.close()
    connection.settings_dict["OPTIONS"]["timeout"] = 0.05
    release = threading.Event()

    def keep() -> None:
        with transaction.atomic():
            write()
            release.wait(WAIT_S)

    keeper = in_thread(keep)
    until(lambda: not is_free())
    with pytest.raises(OperationalError, match="database is locked"):
        write()
    release.set()
    keeper.result(WAIT_S)
    write()


def test_a_lock_of_another_process_is_waited_for_by_sqlite(database: SqliteWorld) -> None:
    beside = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    beside.execute("BEGIN IMMEDIATE")
    threading.Timer(0.2, beside.rollback).start()
    Host.objects.create(id="waits", name="", started_at="2026-01-01T00:00Z", beat_at="2026-01-01T00:00Z")
    beside.close()


# ── the server's lock ───────────────────────────────────────────────────────────────────────────────────

HOLDER = """
import sys
from games.sqlite.lock import ServerLock
ServerLock(sys.argv[1]).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_server_is_told_what_to_do_and_a_crash_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "madang.sqlite3"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(SecondServerError) as refusal:
            ServerLock(path).acquire()
        assert f"process {holder.pid}" in str(refusal.value)
        assert str(path) in str(refusal.value)
        assert "DATABASE_URL" in str(refusal.value)
        holder.kill()
    lock = ServerLock(path)
    lock.acquire(timeout_s=5)
    lock.release()
    lock.release()
    again = ServerLock(path)
    again.acquire()
    again.release()
