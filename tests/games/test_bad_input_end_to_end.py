"""Every row of bad input over a real socket to a real server: its exact answer, and others play on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from games.protocol.codes import WHY, Close
from tests import servers
from tests.games.wire import Guest, Place, Table
from tests.protocol.bad_input import FRAMES, INPUTS, Frame, Input


@pytest.fixture(scope="module")
def server() -> Iterator[servers.MadangServer]:
    with servers.madang() as running:
        yield running


@pytest.fixture(scope="module")
def players(server: servers.MadangServer) -> list[Guest]:
    return [Guest(server), Guest(server)]


class Running:
    """A match of Connect Four that goes on from row to row, and is followed by another when it is over."""

    def __init__(self, players: list[Guest]) -> None:
        self.players = players
        self.begin()

    def begin(self) -> None:
        self.table = Table(self.players, "connect-four")
        self.legal = self.table.seats[0].welcome["moves"]["0"]

    def both_play(self) -> None:
        """One move each, seen by the other and by the spectator."""
        for mover in (0, 1):
            self.table.seats[mover].move(self.legal[len(self.legal) // 2])
            for place in (self.table.seats[1 - mover], self.table.spectator):
                seen = place.hear("update")
                assert seen["v"] == self.table.seats[mover].v
            if not seen["moves"]:
                self.begin_anew()
                return
            self.legal = seen["moves"][str(1 - mover)]

    def begin_anew(self) -> None:
        """When the match is over, which everyone is told."""
        for place in (*self.table.seats, self.table.spectator):
            assert place.hear("over")["result"]["reason"]
        self.table.close()
        self.begin()


@pytest.fixture(scope="module")
def running(players: list[Guest]) -> Iterator[Running]:
    match = Running(players)
    yield match
    match.table.close()


@pytest.mark.parametrize("row", FRAMES, ids=lambda row: row.name)
def test_a_bad_frame_gets_its_answer_and_the_match_goes_on(row: Frame, running: Running) -> None:
    sender = running.table.seats[1]
    sender.socket.send(row.frame, text=True if row.as_text else None)
    if isinstance(row.answer, Close):
        assert sender.close_code() == row.answer
        running.table.reconnect(1)
    elif row.c is not None:
        last = sender.c
        assert sender.hear("reject", "error") == {
            "type": "reject",
            "c": row.c,
            "code": row.answer,
            "why": WHY[row.answer],
            "last": last,
        }
    else:
        assert sender.hear("reject", "error") == {"type": "error", "code": row.answer, "why": WHY[row.answer]}
    running.both_play()


@pytest.mark.parametrize("row", INPUTS, ids=lambda row: row.name)
def test_an_input_gets_its_answer_and_others_hear_nothing(row: Input, players: list[Guest]) -> None:
    table = Table(players, "tic-tac-toe", sitting=1 if row.waiting else 2)
    v = max(place.v for place in (*table.seats, table.spectator))
    for seat, frame in row.before:
        table.place(seat).put(frame.replace("<v>", str(v)))
        v = table.place(seat).v
    for place in (*table.seats, table.spectator):
        settle(place)
    sender, frame = table.place(row.seat), row.frame.replace("<v>", str(v))
    sender.say(frame)
    c, answer = json.loads(frame)["c"], sender.hear_next()
    if row.code is None:
        assert (answer["type"], answer["c"]) == ("ack", c)
    else:
        assert answer == {"type": "reject", "c": c, "code": row.code, "why": WHY[row.code], "last": row.last}
    for place in (*table.seats, table.spectator):
        place.say({"type": "ping", "at": 77})
        assert place.hear_next()["type"] == "pong"
    table.close()


def settle(place: Place) -> None:
    """All that was sent before is heard: presence of those who came, and updates."""
    place.say({"type": "ping", "at": 1})
    place.hear("pong")


def test_a_flood_is_cut_off_and_the_match_goes_on(running: Running) -> None:
    sender = running.table.seats[1]
    with suppress(ConnectionClosed):  # the server stops reading before all is sent
        for _ in range(1000):
            sender.say("x" * 100)
    assert sender.close_code() == Close.FLOOD
    running.table.reconnect(1)
    running.both_play()


def test_nothing_that_was_sent_is_an_exception_in_the_log(server: servers.MadangServer) -> None:
    """Stands last: the whole table has passed through this server."""
    output = server.output()
    assert "Traceback" not in output
    assert "ERROR" not in output.upper()
