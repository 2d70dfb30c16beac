"""What a match is told of its process: that another one died with ticks that were seen, or that its own stood still."""

from __future__ import annotations

from games.host.clock import Control
from games.host.tail import WINDOW_MS
from games.protocol.messages import Hello
from games.rules.connect_four import ConnectFour
from tests.host.kit import Guest, Table
from tests.rules.fair import Race


def resyncs(guest: Guest) -> list[int]:
    return [told.get("lost_ms", 0) for told in guest.told("resync")]


def test_who_saw_ticks_that_died_with_their_process_is_told_how_much_was_lost() -> None:
    table = Table(Race())
    table.tick(3)  # fewer than a chunk: nothing of them is stored
    seen, hz = table.match.shown, table.match.fold.hz
    table.moved_house(7_000)
    table.tick(2)  # the new process goes on before the first one is back
    back = table.arrive(Guest("player-0"), Hello(e=1, v=seen.v))
    assert resyncs(back) == [3_000 // hz]
    assert resyncs(back)[0] <= WINDOW_MS
    assert [told["type"] for told in back.heard[:2]] == ["resync", "welcome"]
    assert resyncs(table.arrive(Guest("player-1"), Hello(e=1, v=seen.v - 3))) == [], "saw nothing that was lost"
    assert resyncs(table.arrive(Guest("late"))) == [], "saw nothing at all"


def test_nothing_is_lost_of_a_match_without_ticks() -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    seen = table.match.shown
    table.moved_house(7_000)
    assert resyncs(table.arrive(Guest("player-0"), Hello(e=1, v=seen.v))) == []


def test_a_flush_that_fails_for_good_tells_everyone_how_many_ticks_it_undid() -> None:
    table = Table(Race())
    table.tick(3)
    table.held = True
    table.fail()
    assert [resyncs(guest) for guest in table.guests.values()] == [[3_000 // table.match.fold.hz]] * len(table.guests)


def test_time_in_which_the_process_stood_still_is_charged_to_nobody_and_screens_are_set_right() -> None:
    table = Table(ConnectFour(), control=Control(kind="fischer", base_ms=60_000))
    for seat in (0, 1):
        table.move(seat, 3)
    charged_ms = table.match.tail.charged(table.now_ms)
    table.now_ms += 20_000
    table.perform(table.match.stood(15_000, table.now_ms, 0))
    assert table.match.tail.charged(table.now_ms) == charged_ms + 5_000
    assert table.guests[0].heard[-1]["type"] == "welcome"
    assert table.guests[0].heard[-1]["clock"]["left"][0] == 55_000
    table.perform(table.match.stood(90_000, table.now_ms, 0))
    assert table.match.tail.charged(table.now_ms) == charged_ms, "never less than what the log says"


def test_inputs_of_which_nobody_can_say_whether_they_were_stored_are_refused_once_and_count_once() -> None:
    table = Table(ConnectFour())
    table.held = True
    table.move(0, 3)
    table.perform(table.match.doubted())
    table.perform(table.match.doubted())
    assert [told["code"] for told in table.guests[0].told("reject")] == ["try_again"]
    table.fail(stored=1)  # the database had it after all
    assert len(table.guests[0].told("reject")) == 1
    assert table.guests[0].told("welcome")[-1]["c"] == 1
    table.held = False
    assert [told["type"] for told in table.send(0, '{"type":"move","c":1,"on":2,"m":3}')] == ["ack"]
