"""Two server processes on one PostgreSQL and one Redis: a match with a seat in each, and what happens to Redis."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from tests import servers
from tests.faults.fleet import Fleet, fleet
from tests.games.test_identity_end_to_end import PASSWORD, Browser
from tests.games.wire import Guest, Place

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

# Connect four without an end in sight: both fill the columns from left to right, two in a row at most.
COLUMNS = [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6]


@pytest.fixture(scope="module")
def two() -> Iterator[Fleet]:
    """Two processes. Tests leave Redis and both of them running."""
    with contextlib.ExitStack() as stack:
        try:
            password = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
            yield stack.enter_context(fleet(2, environs={0: password, 1: password}))
        except servers.Unavailable as why:
            pytest.skip(str(why))


class Apart:
    """A match whose first seat is in process 0, which owns it, and whose second seat is in process 1."""

    def __init__(self, two: Fleet) -> None:
        here, there = two.webs
        self.guests = [Guest(here), Guest(here)]
        self.match = self.guests[0].post("matches", {"game": "connect-four", "seat": 0, "listed": False})["id"]
        ticket = self.guests[0].post("tickets", {})["ticket"]
        self.first = Place(here, self.match, ticket)
        self.guests[1].server = there  # joining goes through the other process, too
        self.guests[1].post(f"matches/{self.match}/join", {"seat": 1})
        self.second = Place(there, self.match, self.guests[1].post("tickets", {})["ticket"])
        self.turn = 0
        for place in (self.first, self.second):
            place.c = 0
        self.sync(2)

    def sync(self, v: int) -> None:
        for place in (self.first, self.second):
            while place.v < v:
                place.hear_next()

    def move(self) -> float:
        """One move, seen by both; milliseconds until the other saw it."""
        mover, other = (self.first, self.second)[:: 1 if self.turn % 2 == 0 else -1]
        began = time.perf_counter()
        mover.say({"type": "move", "c": mover.c + 1, "on": mover.v, "m": COLUMNS[self.turn]})
        while other.v < self.turn + 3:
            other.hear_next()
        took_ms = (time.perf_counter() - began) * 1000
        while mover.v < self.turn + 3:
            heard = mover.hear_next()
            assert heard["type"] not in ("reject", "error"), heard
        mover.c += 1
        self.turn += 1
        return took_ms

    def close(self) -> None:
        self.first.close()
        self.second.close()


@pytest.fixture
def apart(two: Fleet) -> Iterator[Apart]:
    apart = Apart(two)
    yield apart
    apart.close()


def owner(two: Fleet, apart: Apart) -> int | None:
    return two.owner(apart.match)


def test_a_match_is_played_across_processes(two: Fleet, apart: Apart) -> None:
    assert owner(two, apart) == 0
    for _ in COLUMNS:
        apart.move()
    assert apart.first.v == apart.second.v == 16


def test_while_redis_is_frozen_local_seats_play_on_and_relayed_ones_try_again(two: Fleet, apart: Apart) -> None:
    assert two.redis is not None
    apart.move()
    apart.move()
    two.redis.freeze()
    began = time.monotonic()
    try:
        # The seat in the owner's process: its move is stored, shown and acknowledged as ever.
        apart.first.move(COLUMNS[2])
        assert time.monotonic() - began < 1
        apart.second.say({"type": "move", "c": 2, "on": 5, "m": 3})
        heard = apart.second.hear("reject")
        assert (heard["code"], heard["c"]) == ("try_again", 2)
        assert time.monotonic() - began < 4
        time.sleep(max(0, 5 - (time.monotonic() - began)))
        assert all(web.status("/healthz") == 200 for web in two.webs)
        assert all(web.status("/readyz") == 503 for web in two.webs)
    finally:
        two.redis.thaw()
    began = time.monotonic()
    apart.turn = 3
    apart.sync(5)
    assert time.monotonic() - began < 3
    two.wait_ready(3)
    apart.move()


def test_redis_killed_and_back_empty_leaves_nobody_deaf(two: Fleet, apart: Apart) -> None:
    assert two.redis is not None
    apart.move()
    apart.move()
    two.redis.kill()
    time.sleep(2)
    apart.first.move(COLUMNS[2])
    apart.turn = 3
    time.sleep(8)
    two.redis.start()
    began = time.monotonic()
    apart.sync(5)
    healed_s = time.monotonic() - began
    assert healed_s < 3
    two.wait_ready(3)
    for _ in range(4):
        apart.move()
    assert "Traceback" not in two.output()
    print(f"healed {healed_s:.2f} s after Redis was back")


def test_redis_restarted_at_once_leaves_nobody_deaf(two: Fleet, apart: Apart) -> None:
    assert two.redis is not None
    apart.move()
    apart.move()
    two.redis.kill()
    two.redis.start()
    began = time.monotonic()
    apart.first.move(COLUMNS[2])
    apart.turn = 3
    apart.sync(5)
    assert time.monotonic() - began < 3
    print(f"healed {time.monotonic() - began:.2f} s after Redis was back")
    two.wait_ready(3)
    apart.move()


def test_the_owner_killed_its_relayed_player_plays_on(two: Fleet, apart: Apart) -> None:
    apart.move()
    began = time.monotonic()
    two.kill(0)
    try:
        assert closed_within(apart.second, 8) == 4010
        token = apart.second.welcome["token"]
        apart.second = Place(two.webs[1], apart.match, token)
        apart.second.move(COLUMNS[1])
        took_s = time.monotonic() - began
        assert took_s < 8
        assert owner(two, apart) == 1
        print(f"played on {took_s:.2f} s after the owner was killed")
    finally:
        two.start(0)


def test_signing_out_in_one_process_closes_sockets_of_the_other_within_a_second(two: Fleet, apart: Apart) -> None:
    here, there = two.webs
    browser = Browser(here)
    here.command("createsuperuser", "--noinput", f"--username={apart.match}", "--name=Ada")
    browser.submit("/admin/login/", username=apart.match, password=PASSWORD, next="/admin/")
    page = Place(there, apart.match, None, origin=there.url, additional_headers={"Cookie": browser.cookies})
    assert page.welcome["token"]
    browser.submit("/admin/logout/")
    began = time.monotonic()
    assert closed_within(page, 1) == 4001
    print(f"closed {time.monotonic() - began:.2f} s after signing out")


def test_a_ban_by_a_command_closes_sockets_of_every_server(two: Fleet, apart: Apart) -> None:
    """That command knows nothing of Redis' groups: the row alone tells the servers."""
    player = apart.second.welcome["seats"][1]["player"]
    find = f"from players.models import Player; p = Player.objects.get(public_id='{player}')"
    ban = f"{find}; p.is_active = False; p.save()"
    two.webs[0].command("shell", "-c", ban)
    assert closed_within(apart.second, 10) == 4001


def closed_within(place: Place, within_s: float) -> int | None:
    """What a connection is closed with, whatever it hears before."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            place.hear_next()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        except TimeoutError:
            continue
    return None
