"""Matches on the clock: what a tick shows, what the log keeps, and what a failure costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import pytest

from games.host.effects import Began
from games.host.entries import Chunk, Sit
from games.host.snapshot import restore, save
from games.protocol.messages import Hello, Move, Resign
from games.rules.base import Env, Result, Rules
from games.rules.rng import Rng
from tests.host.kit import Guest, Table
from tests.rules.fair import Race


class Walk(msgspec.Struct, frozen=True):
    """`at`: the place of each seat that is in."""

    at: Mapping[str, int] = {}
    left: int = 200


class Walkers(Rules[Walk, Literal["left", "right"]]):
    """Whoever enters walks on a line, a place for each input, one input a tick; a seat sees who is within three."""

    name = "walkers"
    title = "Walkers"
    seats = range(2, 6)
    hz = 20
    every_input = True
    per_seat = True
    grace_s = 2
    state = Walk
    move = Literal["left", "right"]

    def setup(self, options: Any, seats: int, env: Env) -> Walk:
        return Walk()

    def turns(self, state: Walk) -> Mapping[int, Any]:
        return {} if not state.left else {int(seat): ("left", "right") for seat in state.at}

    def step(self, state: Walk, moves: Mapping[int, Any], env: Env) -> Walk:
        way = {"left": -1, "right": 1}
        at = {seat: place + way.get(moves.get(int(seat), ""), 0) for seat, place in state.at.items()}
        return Walk(at, state.left - 1)

    def result(self, state: Walk) -> Result | None:
        return None if self.turns(state) else Result(tuple(abs(state.at.get(str(seat), 0)) for seat in range(5)), "far")

    def view(self, state: Walk, seat: int | None, shared: Any) -> Any:
        own = 0 if seat is None else state.at.get(str(seat), 0)
        return {"at": {one: place for one, place in state.at.items() if seat is None or abs(place - own) <= 3}}

    def changes(self, old: Walk, new: Walk, seat: int | None, shared: Any) -> Any:
        was, now = self.view(old, seat, None)["at"], self.view(new, seat, None)["at"]
        gone = {one: None for one in was if one not in now}
        return {"at": gone | {one: place for one, place in now.items() if was.get(one) != place}}

    def enter(self, state: Walk, seat: int, env: Env) -> Walk:
        return Walk({**state.at, str(seat): env.rng.below(7)}, state.left)

    def absent(self, state: Walk, seats: Any, why: str, env: Env) -> Walk:
        return Walk({seat: place for seat, place in state.at.items() if int(seat) not in seats}, state.left)


class Told(Race):
    """A race that tells what changed, as a game at ticks should."""

    def changes(self, old: Any, new: Any, seat: int | None, shared: Any) -> Any:
        return {"places": list(new.places), "gone": list(new.gone), "tick": new.tick}


def test_a_tick_is_one_short_frame_for_all_and_names_the_inputs_it_answers() -> None:
    table = Table(Told())
    table.tick()
    for guest in table.guests.values():
        assert guest.heard[-1][0] == 4
        assert len(guest.heard[-1]) == 2
    assert len({guest.frames[-1] for guest in table.guests.values()}) == 1
    table.send(1, Move(7, "run"))
    table.tick()
    assert table.guests[0].heard[-1][2] == [[1, 7]]
    assert table.match.fold.cs == [0, 7, 0]


def test_ticks_are_stored_in_chunks_well_within_half_a_second() -> None:
    table = Table(Race())
    table.tick(3)
    assert [entry.kind for entry in table.log] == ["sit"] * 3
    table.send(2, Move(1, "run"))
    table.tick()
    chunk = msgspec.json.decode(table.log[-1].body, type=Chunk)
    assert (chunk.first, chunk.ticks) == (1, 4)
    assert [run[:3] for run in chunk.runs] == [(4, 2, 1)]
    assert table.log[-1].ms == 400


def test_matches_that_began_at_different_times_store_their_ticks_at_the_same_time() -> None:
    first, second = Table(Race()), Table(Race())
    first.tick(2)
    second.now_ms = first.now_ms
    for _ in range(8):
        for table in (first, second):
            table.tick()
        assert first.log[-1].kind == second.log[-1].kind or first.now_ms < 400
    assert first.log[-1].kind == "chunk"
    assert first.log[-1].ms != second.log[-1].ms


def test_the_newest_input_of_a_seat_counts_at_a_tick_and_stands_for_those_before() -> None:
    table = Table(Told())
    for c in (1, 2, 5, 3):
        assert table.send(0, Move(c, "run")) == []
    table.tick()
    assert table.guests[0].heard[-1][2] == [[0, 5]]
    assert table.send(0, Move(4, "run")) == [{"type": "ack", "c": 4, "v": table.match.fold.v}]


def test_where_every_input_counts_each_has_a_tick_of_its_own() -> None:
    table = Table(Walkers(), sitting=2)
    for c in (1, 2, 3):
        table.send(0, Move(c, "right"))
    table.tick(4)
    answered = [one.get("by") for one in table.guests[0].told("update")[-4:]]
    assert answered == [[[0, 1]], [[0, 2]], [[0, 3]], None]
    for c in range(4, 36):
        table.send(0, Move(c, "left"))
    assert table.send(0, Move(36, "left"))[0]["code"] == "try_again"


def test_an_input_that_its_tick_does_not_allow_is_refused_there() -> None:
    table = Table(Walkers(), sitting=2)
    table.send(0, Move(1, "up"))
    table.tick()
    assert table.guests[0].told("reject")[-1]["code"] == "illegal"
    assert table.guests[0].told("reject")[-1]["last"] == 0


def test_what_must_be_stored_holds_the_clock_and_what_it_shows() -> None:
    table = Table(Race())
    table.tick(2)
    table.held = True
    table.send(0, Resign(1))
    v = table.match.shown.v
    table.tick(3)
    assert table.match.shown.v == v
    table.store()
    assert table.guests[1].heard[-1]["host"] == {"out": [[0, "resigned"]]}
    table.tick()
    assert table.match.shown.v == v + 2
    assert [entry.kind for entry in table.log[3:]] == ["chunk", "resign"]


def test_time_stands_still_when_the_journal_is_a_second_behind() -> None:
    table = Table(Race())
    table.held = True
    table.tick(30)
    assert table.match.fold.ticks == 12
    table.store()
    table.tick()
    assert table.match.fold.ticks == 13


def test_a_crash_costs_at_most_the_window_and_everyone_is_shown_the_whole() -> None:
    table = Table(Race())
    table.tick(7)
    v = table.match.shown.v
    table.fail()
    assert v - table.match.shown.v == 3
    for guest in table.guests.values():
        assert [one["type"] for one in guest.heard[-2:]] == ["resync", "welcome"]
    table.tick(10)
    assert save(table.refolded()) == save(table.match.tail.stored_fold)


@pytest.mark.parametrize("rules", [Race(), Told(), Walkers()], ids=lambda rules: rules.name)
def test_frames_piece_together_and_the_log_folds_to_what_was_shown(rules: Rules[Any, Any]) -> None:
    for seed in (bytes([one]) * 32 for one in range(8)):
        table, rng = Table(rules, seed=seed, sitting=min(rules.seats)), Rng(seed, 10**9)
        table.guests[None] = table.arrive(Guest(None))
        while not table.match.shown.over:
            seat = rng.below(table.seats)
            if rng.below(3) == 0 and seat in table.match.fold.turns:
                move = table.match.fold.turns[seat].sample(rng)
                table.send(seat, Move(table.match.fold.cs[seat] + 1 + rng.below(2), move))
            table.tick()
            if rng.below(9) == 0:
                for one, guest in list(table.guests.items()):
                    pieced = guest.picture()
                    fresh = table.guests[one] = table.arrive(Guest(guest.player))
                    assert fresh.picture() == pieced
        folded = table.refolded()
        assert save(folded) == save(table.match.shown)
        for entry in table.log:
            if entry.kind == "chunk":
                part = table.refolded(entry.n)
                again = restore(save(part), rules, options=rules.options(), seats=table.seats, seed=seed)
                for later in table.log[entry.n :]:
                    again.apply(later)
                assert save(again) == save(folded)


def test_who_comes_into_a_running_match_gets_a_seat_and_everyone_sees_it() -> None:
    table = Table(Walkers(), sitting=1, seats=4)
    assert table.match.fold.status == "waiting"
    late = table.arrive(Guest("late"))
    table.perform(table.match.sit(5, Sit("Late", "late"), 70, None, table.now_ms))
    assert table.match.fold.status == "live"
    assert Began() in table.changes
    table.tick(3)
    table.guests[9] = table.arrive(Guest("later"))
    table.perform(table.match.sit(6, Sit("Later", "later"), 71, None, table.now_ms))
    table.tick(2)
    assert late.told("welcome")[-1]["seat"] == 1
    assert set(table.match.fold.state.at) == {"0", "1", "2"}
    assert save(table.refolded()) == save(table.match.tail.stored_fold)


def test_who_stays_away_from_a_running_clock_is_out_after_the_grace() -> None:
    table = Table(Walkers(), sitting=2)
    table.perform(table.match.detach(table.guests[1], table.now_ms))
    table.wait(1_900)
    assert table.match.fold.out == ()
    table.wait(200)
    assert table.match.fold.out == (1,)
    assert table.guests[0].told("update")[-1]["host"] == {"out": [[1, "gone"]]}
    assert set(table.match.fold.state.at) == {"0"}


def test_bots_steer_by_themselves_and_their_inputs_are_in_the_log() -> None:
    table = Table(Race(), sitting=2)
    table.perform(table.match.sit(9, Sit("Practice opponent", None, "practice"), None, None, table.now_ms))
    table.tick(20)
    runs = [
        run for entry in table.log if entry.kind == "chunk" for run in msgspec.json.decode(entry.body, type=Chunk).runs
    ]
    assert {run[1] for run in runs} == {2}
    assert [run[2] for run in runs] == list(range(1, len(runs) + 1))


def test_a_connection_that_was_away_gets_the_missed_ticks_or_the_whole() -> None:
    table = Table(Race())
    table.tick(5)
    back = table.arrive(Guest(None), Hello(e=1, v=table.match.shown.v - 3))
    assert [one["v"] for one in back.told("update")] == [table.match.shown.v - 2 + one for one in range(3)]
    walk = Table(Walkers(), sitting=2)
    walk.perform(walk.match.detach(walk.guests[1], walk.now_ms))
    walk.tick(3)
    assert walk.arrive(Guest("player-1"), Hello(e=1, v=walk.match.shown.v - 2)).heard[0]["type"] == "welcome"
