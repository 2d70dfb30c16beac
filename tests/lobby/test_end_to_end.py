"""The lobby of a real server: what happens is seen, however much happens; and nonsense leaves it as it was."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from games.protocol.codes import Close
from tests import servers
from tests.games.wire import Guest
from tests.lobby.wire import Visitor
from tests.protocol.bad_input import FRAMES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[servers.MadangServer]:
    with servers.madang() as running:
        yield running


@pytest.fixture
def visitor(server: servers.MadangServer) -> Iterator[Visitor]:
    made = Visitor(server)
    yield made
    made.leave()


def test_a_seat_opens_is_taken_and_the_match_is_watched_on_television(
    server: servers.MadangServer, visitor: Visitor
) -> None:
    ada, bob = Guest(server), Guest(server)
    match = ada.post("matches", {"game": "tic-tac-toe", "seat": 0})["id"]
    assert visitor.until(lambda: match in visitor.picture["open"]) < 2
    bob.post(f"matches/{match}/join", {"seat": 1})
    visitor.until(lambda: match in visitor.picture["live"] and match not in visitor.picture["open"])
    visitor.until(lambda: visitor.picture["tv"].get("tic-tac-toe") == match)
    row = visitor.picture["live"][match]
    assert (row["taken"], set(row["sitting"])) == (2, {"0", "1"})


def test_what_concerns_a_person_reaches_them_and_nobody_else(server: servers.MadangServer, visitor: Visitor) -> None:
    ada, bob = Guest(server), Guest(server)
    there = Visitor(server, bob)
    there.until(lambda: there.you is not None)
    assert there.you["incoming"] == []
    ada.post("challenges", {"player": bob.player, "game": "tic-tac-toe"})
    assert there.until(lambda: there.you["incoming"]) < 2
    assert visitor.you is None
    there.leave()


def test_people_are_counted_while_they_are_here(server: servers.MadangServer, visitor: Visitor) -> None:
    there = Visitor(server, Guest(server))
    visitor.until(lambda: visitor.picture["counts"]["people"] > 0)
    there.leave()
    visitor.until(lambda: visitor.picture["counts"]["people"] == 0)


def test_however_much_happens_two_frames_a_second_come(server: servers.MadangServer, visitor: Visitor) -> None:
    people = [Guest(server) for _ in range(4)]
    began, before, made = time.monotonic(), visitor.frames, 0
    while time.monotonic() < began + 3:
        match = people[made % 4].post("matches", {"game": "tic-tac-toe", "seat": 0})["id"]
        people[(made + 1) % 4].post(f"matches/{match}/join", {"seat": 1})
        made += 1
    visitor.until(lambda: visitor.picture["counts"]["live"] > made)
    assert made > 5
    assert visitor.frames - before <= 2 * (time.monotonic() - began) + 1


def test_nonsense_is_refused_and_the_lobby_goes_on(server: servers.MadangServer) -> None:
    """Each frame that no match takes either; those that break the socket get it closed, and a new one is let in."""
    visitor = Visitor(server)
    for row in FRAMES:
        visitor.socket.send(row.frame, text=True if row.as_text else None)
        if isinstance(row.answer, Close):
            assert visitor.close_code() == row.answer
            visitor = Visitor(server)
        else:
            while (said := visitor.hear())["type"] != "error":
                pass
            assert said["code"] == ("bad_message" if row.c is not None else row.answer), row.name
    visitor.leave()
    output = server.output()
    assert "Traceback" not in output
    assert "ERROR" not in output.upper()
