"""What the host gives to every game: takeback, claims against who stays away, pause, chains of matches."""

from __future__ import annotations

from typing import Any

import pytest

from games.host.effects import NewMatch
from games.host.entries import Sit
from games.host.snapshot import restore, save
from games.protocol.messages import Answer, Claim, Move, Offer, Pause, Resign
from games.rules.base import Rules
from games.rules.connect_four import ConnectFour
from games.rules.rng import Rng
from tests.host.kit import Guest, Table
from tests.host.test_ticks import Walkers
from tests.rules.fair import FirstCome, Hands


class Pausable(ConnectFour):
    pauses = True


class Endless(Walkers):
    chain = True


def refolds(table: Table) -> bool:
    """The log tells the same as memory, and so does a snapshot."""
    fold = table.refolded()
    again = restore(save(fold), table.rules, options=table.rules.options(), seats=table.seats, seed=table.seed)
    return save(fold) == save(table.match.tail.stored_fold) == save(again)


# ── takeback ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_takeback_returns_to_the_position_in_which_the_asker_was_to_move() -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    before = table.match.shown.state
    table.move(1, 4)
    table.move(0, 5)
    table.send(1, Offer(table.next_c(1), "takeback"))
    table.send(0, Answer(table.next_c(0), "takeback", True))
    assert table.match.shown.state == before
    update = table.guests[0].told("update")[-1]
    assert update["view"]["last"] == 3
    assert list(update["moves"]) == ["1"]
    assert table.match.shown.step == 4
    assert refolds(table)
    table.move(1, 6)
    assert table.match.shown.state.columns[6] == "1"


def test_a_move_made_before_a_takeback_is_stale_after_it() -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    on = table.match.shown.v
    table.send(0, Offer(table.next_c(0), "takeback"))
    table.send(1, Answer(table.next_c(1), "takeback", True))
    assert table.send(1, Move(table.next_c(1), 4, on))[0]["code"] == "stale"


def test_a_takeback_needs_a_move_of_ones_own_and_lapses_when_the_other_moves() -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    assert table.send(1, Offer(table.next_c(1), "takeback"))[0]["code"] == "no_offer"
    table.send(0, Offer(table.next_c(0), "takeback"))
    table.move(1, 3)
    assert table.guests[0].heard[-1]["host"] == {"lapsed": ["takeback"]}
    assert table.send(1, Answer(table.next_c(1), "takeback", True))[0]["code"] == "not_offered"


def test_secret_games_know_no_takeback() -> None:
    table = Table(Hands())
    assert table.guests[0].heard[0]["may_offer"] == ["draw"]
    assert table.send(0, Offer(1, "takeback"))[0]["code"] == "no_offer"


def test_all_seats_must_agree_to_a_takeback() -> None:
    table = Table(FirstCome())
    table.move(2, table.match.fold.turns[2].sample(Rng(bytes(32), 1)))
    table.send(2, Offer(table.next_c(2), "takeback"))
    for seat in (0, 1):
        table.send(seat, Answer(table.next_c(seat), "takeback", True))
        assert table.match.shown.state.rung == (2,)
    table.send(3, Answer(table.next_c(3), "takeback", True))
    assert table.match.shown.state.rung == ()


# ── away ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_match_can_be_claimed_when_the_other_has_been_away_beyond_the_grace() -> None:
    table = Table(ConnectFour())
    assert table.guests[0].heard[0]["grace"] == 60_000
    table.perform(table.match.detach(table.guests[1], table.now_ms))
    table.wait(59_000)
    assert table.send(0, Claim(1))[0]["code"] == "not_gone"
    assert table.guests[0].told("presence")[-1]["away"] == [None, 0]
    table.wait(1_000)
    table.send(0, Claim(1))
    assert table.guests[0].heard[-1]["result"] == {"scores": [2, 0], "reason": "gone"}
    assert table.send(0, Claim(1)) == [{"type": "ack", "c": 1, "v": 3}]
    assert refolds(table)


def test_who_comes_back_in_time_loses_nothing() -> None:
    table = Table(ConnectFour())
    table.perform(table.match.detach(table.guests[1], table.now_ms))
    table.wait(59_000)
    table.guests[1] = table.arrive(Guest("player-1"))
    table.wait(30_000)
    assert table.send(0, Claim(1))[0]["code"] == "not_gone"


def test_nobody_is_gone_by_a_takeover_of_the_server() -> None:
    table = Table(ConnectFour())
    table.now_ms += 3_600_000
    table.match = table.load(epoch=2)
    table.guests[0] = table.arrive(Guest("player-0"))
    assert table.send(0, Claim(1))[0]["code"] == "not_gone"


# ── pause ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pause_stops_moves_until_it_is_ended_or_five_minutes_are_over() -> None:
    table = Table(Pausable())
    table.send(0, Pause(1))
    assert table.guests[1].told("update")[-1]["host"] == {"paused": 0}
    assert table.arrive(Guest(None)).heard[0]["paused"] is True
    assert table.move(0, 3)[0]["code"] == "paused"
    table.send(1, Pause(1))
    assert table.guests[0].told("update")[-1]["host"] == {"resumed": True}
    assert table.guests[0].told("update")[-1]["moves"] == {"0": [0, 1, 2, 3, 4, 5, 6]}
    table.move(0, 3)
    table.send(1, Pause(2))
    table.wait(300_000)
    assert table.match.shown.paused_by is None
    table.move(1, 3)
    assert table.match.shown.step == 2
    assert refolds(table)


def test_each_seat_may_pause_twice_and_only_where_the_game_allows_it() -> None:
    table = Table(Pausable())
    for c in (1, 2, 3, 4):
        assert table.send(0, Pause(c))[0]["type"] == "update"
    assert table.send(0, Pause(5))[0]["code"] == "no_pause"
    assert Table(ConnectFour()).send(0, Pause(1))[0]["code"] == "no_pause"


def test_ticks_stand_still_in_a_pause() -> None:
    class Ticking(Walkers):
        pauses = True

    table = Table(Ticking(), sitting=2)
    table.tick(3)
    table.send(0, Pause(1))
    table.tick(5)
    assert table.match.fold.ticks == 3
    table.send(0, Pause(2))
    table.tick(5)
    assert table.match.fold.ticks == 8


# ── chains ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("leaving", [(), (1,)])
def test_a_chain_goes_on_in_a_new_match_with_all_who_are_still_in(leaving: tuple[int, ...]) -> None:
    rules: Rules[Any, Any] = Endless()
    table = Table(rules, sitting=3, seats=4)
    for seat in leaving:
        table.send(seat, Resign(table.next_c(seat)))
    while not table.match.shown.over:
        table.tick()
    new = next(one for one in table.changes if isinstance(one, NewMatch))
    staying = [f"Player {seat}" for seat in range(3) if seat not in leaving]
    assert [one.name for one in new.sitting] == staying
    assert [one.seat for one in new.sitting] == list(range(len(staying)))
    assert (new.rematch_of, new.began) == (1, True)
    assert table.guests[0].heard[-1]["next"] == new.public_id == "next-match"
    assert table.arrive(Guest(None)).heard[0]["rematch"] == "next-match"
    assert refolds(table)


def test_a_chain_leaves_behind_whom_the_rules_say() -> None:
    class Choosy(Endless):
        def carried(self, state: Any, seats: Any) -> Any:
            return [seat for seat in seats if seat]

    table = Table(Choosy(), sitting=3, seats=4)
    while not table.match.shown.over:
        table.tick()
    new = next(one for one in table.changes if isinstance(one, NewMatch))
    assert [one.name for one in new.sitting] == ["Player 1", "Player 2"]


def test_a_chain_that_is_called_off_or_empty_ends() -> None:
    table = Table(Endless(), sitting=2)
    table.perform(table.match.call_off("organiser", table.now_ms))
    assert not [one for one in table.changes if isinstance(one, NewMatch)]
    table = Table(Endless(), sitting=2)
    for seat in (0, 1):
        table.send(seat, Resign(1))
    assert table.match.shown.over
    assert not [one for one in table.changes if isinstance(one, NewMatch)]


def test_a_seat_that_is_out_cannot_come_back_or_resign_again() -> None:
    table = Table(Endless(), sitting=3, seats=4)
    table.send(1, Resign(1))
    assert table.send(1, Resign(2))[0]["code"] == "not_your_turn"
    table.perform(table.match.sit(77, Sit("Player 1", "player-1"), 11, None, table.now_ms))
    assert table.answers[-1] == {"ok": True, "seat": 1}
    assert "1" not in table.match.fold.state.at


def test_a_chain_ends_when_only_bots_are_left_in_it() -> None:
    table = Table(Endless(), sitting=1, seats=4)
    table.perform(table.match.sit(50, Sit("Practice opponent", bot="practice"), None, None, table.now_ms))
    table.perform(table.match.sit(51, Sit("Practice opponent", bot="practice"), None, None, table.now_ms))
    table.send(0, Resign(table.next_c(0)))
    while not table.match.shown.over:
        table.tick()
    assert not [one for one in table.changes if isinstance(one, NewMatch)]
    assert table.match.shown.rematch is None


def test_who_leaves_in_a_pause_is_out_and_the_others_go_on() -> None:
    class Ticking(Walkers):
        pauses = True

    table = Table(Ticking(), sitting=3, seats=3)
    table.send(0, Pause(table.next_c(0)))
    table.send(1, Resign(table.next_c(1)))
    assert not table.match.shown.over
    table.send(2, Pause(table.next_c(2)))
    table.tick(2)
    assert (table.match.fold.out, table.match.fold.ticks) == ((1,), 2)


def test_a_takeback_can_be_agreed_in_a_pause() -> None:
    table = Table(Pausable())
    table.move(0, 3)
    table.send(1, Pause(1))
    table.send(0, Offer(table.next_c(0), "takeback"))
    table.send(1, Answer(table.next_c(1), "takeback", True))
    table.send(1, Pause(table.next_c(1)))
    table.move(0, 5)
    assert table.match.shown.state.columns[5] == "0"
    assert refolds(table)
