"""Thirty seconds without PostgreSQL, for real processes: what players are told, and who owns what afterwards."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from gameserver import databases
from tests import servers
from tests.faults import backing
from tests.games.fleet import Fleet, Match, fleet, until
from tests.games.wire import Place

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

OUTAGE_S = 30.0


class Pinging:
    """A socket that asks for pongs all the time, on a thread of its own; `late_s` has each way there and back."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._stop = threading.Event()
        self.late_s: list[float] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        at = 0
        while not self._stop.wait(0.05):
            at += 1
            began = time.monotonic()
            self._place.say({"type": "ping", "at": at})
            while self._place.hear("pong")["at"] != at:
                pass
            self.late_s.append(time.monotonic() - began)

    def end(self) -> float:
        """The 99th percentile."""
        self._stop.set()
        self._thread.join()
        ordered = sorted(self.late_s)
        return ordered[int(len(ordered) * 0.99)]


@pytest.fixture
def postgres() -> Iterator[backing.Postgres]:
    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(backing.postgres())
        except servers.Unavailable as why:
            pytest.skip(str(why))
        yield made


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_an_outage_of_the_database_loses_nothing_shows_nothing_and_expires_nobody(
    postgres: backing.Postgres, how: str
) -> None:
    away, back = (postgres.stop, postgres.start) if how == "stopped" else (postgres.freeze, postgres.thaw)
    with fleet(postgres.url, 2) as made:
        until(lambda: _beating(made), "both are sure of themselves")
        _outage(made, away, back, how)


def _beating(made: Fleet) -> bool:
    return made.sql("SELECT count(*) FROM games_host WHERE beat_at - started_at > interval '7 s'")[0][0] == 2


def _outage(made: Fleet, away: Callable[[], None], back: Callable[[], None], how: str) -> None:
    first, second = made.servers
    here, there = Match(first, "connect-four"), Match(second, "connect-four")
    one, other = here.come(0, first), here.come(1, first)
    far = there.come(0, second)
    pinging = Pinging(there.come(1, second))
    one.move(3)
    assert other.hear("update")["by"] == [[0, 1, 3]]
    held = [made.lease(here.id)[0], made.lease(there.id)[0]]
    away()
    began = time.monotonic()
    seen = other.v
    other.say({"type": "move", "c": 1, "on": other.v, "m": 4})
    refused = _patiently(other, 20)
    print(f"{how}: the input was refused {time.monotonic() - began:.1f} s after the database went")
    assert refused["type"] == "reject"
    assert refused["code"] == "try_again"
    other.say({"type": "move", "c": 1, "on": other.v, "m": 4})
    assert other.hear("reject")["code"] == "try_again", "refused at once from now on"
    time.sleep(max(0.0, began + OUTAGE_S - time.monotonic()))
    assert other.v == seen
    p99_s = pinging.end()
    back()
    assert until(lambda: _moved(other), "moves are possible again") < 8
    print(f"{how}: a move was stored {time.monotonic() - began - OUTAGE_S:.1f} s after the database came back")
    print(f"{how}: other sockets' pongs p99 {p99_s * 1000:.0f} ms, at most {max(pinging.late_s) * 1000:.0f} ms")
    assert p99_s < 0.05
    # A statement that was frozen on its way may have been stored after all: then everyone is told the whole.
    told = one.hear("update", "welcome")
    assert told["view"]["last"] == 4, "nothing was shown in between, and no socket was closed"
    until(lambda: _moved(far), "the other process goes on, too")
    assert [made.lease(here.id)[0], made.lease(there.id)[0]] == held, "no lease changed hands"
    until(
        lambda: first.status("/readyz") == 200 and second.status("/readyz") == 200, "pages have connections that work"
    )
    moves = made.sql("SELECT seat, c FROM games_entry WHERE kind = 'move' ORDER BY match_id, n")
    assert moves == [(0, 1), (1, 1), (0, 1)]


def _patiently(place: Place, within_s: float) -> dict[str, object]:
    """The next reject or update."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            return place.hear("reject", "update")
        except TimeoutError:
            assert time.monotonic() < deadline, "an input must be answered within a bound"


def _moved(place: Place) -> bool:
    """Send the move again, as a page does; whether it was stored."""
    place.say(json.dumps({"type": "move", "c": 1, "on": place.v, "m": 4}))
    while True:
        heard = place.hear("reject", "update", "ack")
        if heard["type"] == "ack" or heard.get("by"):
            return True
        if heard["type"] == "reject":
            return False


def test_the_pool_has_connections_as_soon_as_the_database_is_back_and_not_when_its_patience_ends(
    postgres: backing.Postgres,
) -> None:
    options = databases.chosen({"DATABASE_URL": postgres.url}, Path())["OPTIONS"]["pool"]
    with ConnectionPool(postgres.url, check=ConnectionPool.check_connection, open=True, **options) as pool:
        _select(pool)
        postgres.stop()
        until_s = time.monotonic() + 18  # where attempts after 1, 2, 4, 8, 16 s would next wait the longest
        while time.monotonic() < until_s:
            assert not _answers(pool)
        postgres.start()
        assert until(lambda: _answers(pool), "a connection that works") < 2


def _select(pool: ConnectionPool) -> None:
    with pool.connection() as connection:
        connection.execute("SELECT 1")


def _answers(pool: ConnectionPool) -> bool:
    try:
        _select(pool)
    except psycopg.OperationalError:
        return False
    return True
