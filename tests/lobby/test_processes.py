"""Two processes are one lobby: what happens in one is seen in the other, and who is at one is known to both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import servers
from tests.games.fleet import Fleet, fleet
from tests.games.wire import Guest
from tests.lobby.wire import Visitor

pytestmark = pytest.mark.slow

# The lease of a process that was killed, a reading of the lobby, and what a busy machine adds.
GONE_S = 6 + 1 + 8


@pytest.fixture(scope="module")
def made(postgres_url: str, redis_url: str) -> Iterator[Fleet]:
    with servers.database(postgres_url) as url, fleet(url, 2, {"REDIS_URL": redis_url}) as started:
        yield started


def test_a_seat_that_opens_in_one_is_seen_in_the_other_within_a_second(made: Fleet) -> None:
    here, there = made.servers
    visitor, ada = Visitor(there), Guest(here)
    took = []
    for _ in range(3):
        match = ada.post("matches", {"game": "tic-tac-toe", "seat": 0})["id"]
        took.append(visitor.until(lambda match=match: match in visitor.picture["open"]))
    visitor.leave()
    assert sorted(took)[1] < 1, took


def test_who_is_at_one_is_known_at_the_other_and_gone_when_it_is_killed(made: Fleet) -> None:
    here, there = made.servers
    watching = Visitor(there)
    Visitor(here, Guest(here))
    watching.until(lambda: watching.picture["counts"]["people"] == 1)
    assert made.sql("SELECT count(*) FROM games_presence") == [(1,)]
    here.kill()
    took = watching.until(lambda: watching.picture["counts"]["people"] == 0, GONE_S)
    assert took < GONE_S
    here.start()
    watching.leave()


def test_what_concerns_a_person_reaches_them_at_the_other(made: Fleet) -> None:
    here, there = made.servers
    ada, bob = Guest(here), Guest(here)
    bob.server = there
    visitor = Visitor(there, bob)
    visitor.until(lambda: visitor.you is not None)
    ada.post("challenges", {"player": bob.player, "game": "tic-tac-toe"})
    assert visitor.until(lambda: visitor.you["incoming"]) < 2
    visitor.leave()
