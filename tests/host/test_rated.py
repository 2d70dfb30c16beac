"""What a match has done to ratings is told to everyone once, when it is over for them, and never gets lost."""

from __future__ import annotations

import msgspec
import pytest

from games.host.effects import NewMatch
from games.host.fold import Fold
from games.protocol.messages import Answer, Hello, Offer, RatedInfo, Resign
from games.rules.connect_four import ConnectFour
from tests.host.kit import Guest, Table

RATED = RatedInfo(((1500, 1662, True), (1500, 1338, True)), None)
TOLD = {"type": "rated", "seats": [[1500, 1662, True], [1500, 1338, True]], "why": None}


class Delayed(ConnectFour):
    """As it is told to spectators half a minute later."""

    spectator_delay_s = 30


@pytest.fixture
def table() -> Table:
    made = Table(ConnectFour())
    made.move(0, 3)
    made.move(1, 3)
    made.send(1, Resign(made.next_c(1)))
    return made


def rate(table: Table, rated: RatedInfo = RATED) -> None:
    table.perform(table.match.rated(rated))


def test_all_who_are_there_are_told_once(table):
    rate(table)
    rate(table)
    assert [guest.told("rated") for guest in table.guests.values()] == [[TOLD]] * 3


def test_why_it_did_not_count_is_told(table):
    rate(table, RatedInfo((None, None), "repeated"))
    assert table.guests[0].told("rated") == [{"type": "rated", "seats": [None, None], "why": "repeated"}]


def test_who_comes_later_finds_it_in_the_welcome(table):
    assert table.arrive(Guest(None)).told("welcome")[0]["rated"] is None
    rate(table)
    late = table.arrive(Guest(None))
    assert late.told("welcome")[0]["rated"] == {"seats": TOLD["seats"], "why": None}
    assert late.told("rated") == []


def test_who_was_away_for_a_moment_is_told_with_what_was_missed(table):
    fold = table.match.shown
    rate(table)
    back = table.arrive(Guest("player-0"), Hello(e=1, v=fold.v))
    assert back.told("welcome") == []
    assert back.told("rated") == [TOLD]


def test_a_match_that_was_loaded_knows_it(table):
    rate(table)
    table.match.header = msgspec.structs.replace(table.match.header, ratings=RATED)
    header = table.match.header
    loaded = type(table.match)(header, table.refolded(), now_ms=table.now_ms, new_match=lambda: ("next", bytes(32)))
    guest = Guest("player-0")
    table.perform(loaded.attach(guest, Hello(), table.now_ms, table.now_ms))
    assert guest.told("welcome")[0]["rated"]["seats"] == TOLD["seats"]


def test_spectators_who_see_later_hear_it_when_the_match_is_over_for_them():
    table = Table(Delayed())
    table.move(0, 3)
    table.move(1, 3)
    table.send(1, Resign(table.next_c(1)))
    rate(table)
    watching = table.guests[None]
    assert table.guests[0].told("rated") == [TOLD]
    assert watching.told("rated") == []
    newcomer = table.arrive(Guest(None))
    assert newcomer.told("welcome")[0]["rated"] is None
    table.wait(40_000)
    for guest in (watching, newcomer):
        assert guest.told("over") or guest.told("welcome")[-1]["status"] == "over"
        assert guest.told("rated") == [TOLD] or guest.told("welcome")[-1]["rated"]


def test_a_rematch_is_begun_with_the_new_ratings(table):
    rate(table)
    fold: Fold = table.match.fold
    assert fold.over
    table.send(0, Offer(table.next_c(0), "rematch"))
    table.send(1, Answer(table.next_c(1), "rematch", True))
    [following] = [one for one in table.changes if isinstance(one, NewMatch)]
    sits = [msgspec.json.decode(entry.body) for entry in following.entries]
    # Everybody one seat further: who sat second begins.
    assert [(sit["player"], sit["rating"], sit["provisional"]) for sit in sits] == [
        ("player-1", 1338, True),
        ("player-0", 1662, True),
    ]
