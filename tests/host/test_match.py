"""The promises of a live match: nothing is shown before it is stored, every input is answered, nothing counts twice."""

from __future__ import annotations

from typing import Any

import pytest

from games.host.effects import Began, NewMatch, Sealed, SeatTaken
from games.host.entries import Sit
from games.host.match import LiveMatch
from games.protocol.codes import Close
from games.protocol.messages import Abort, Answer, AskMoves, Chat, Hello, Move, Offer, Resign
from games.rules.connect_four import ConnectFour
from games.rules.rock_paper_scissors import RockPaperScissors
from games.rules.tic_tac_toe import TicTacToe
from tests.host.kit import Guest, Table
from tests.rules.fair import FirstCome, Hands

FOUR_IN_A_COLUMN = (0, 1, 0, 1, 0, 1, 0)


def play(table: Table, moves: tuple[int, ...]) -> None:
    for turn, move in enumerate(moves):
        table.move(turn % 2, move)


def test_nothing_is_shown_or_acknowledged_before_it_is_stored() -> None:
    table = Table(ConnectFour())
    table.held = True
    heard = {seat: len(guest.heard) for seat, guest in table.guests.items()}
    assert table.move(0, 3) == []
    assert {seat: len(guest.heard) for seat, guest in table.guests.items()} == heard
    table.store()
    for guest in table.guests.values():
        assert guest.heard[-1]["by"] == [[0, 1, 3]]


def test_a_newcomer_is_shown_only_what_is_stored() -> None:
    table = Table(ConnectFour())
    table.held = True
    table.move(0, 3)
    late = table.arrive(Guest(None))
    assert late.heard[0]["v"] == 2
    assert late.heard[0]["view"]["last"] is None
    table.store()
    assert late.picture() == table.guests[0].picture()


def test_a_flush_that_failed_drops_inputs_and_their_versions_are_used_again() -> None:
    table = Table(ConnectFour())
    table.held = True
    table.move(0, 3)
    table.fail()
    assert table.guests[0].told("reject")[-1] == {
        "type": "reject",
        "c": 1,
        "code": "try_again",
        "why": "The server could not store this just now; send it again.",
        "last": 0,
    }
    assert len(table.guests[1].told("update")) == 0
    table.held = False
    table.move(0, 4)
    assert table.guests[1].heard[-1]["v"] == 3
    assert table.guests[1].heard[-1]["by"] == [[0, 1, 4]]


def test_an_input_that_was_stored_after_all_is_shown_and_not_refused() -> None:
    table = Table(ConnectFour())
    table.held = True
    table.move(0, 3)
    table.fail(stored=1)
    for guest in table.guests.values():
        assert guest.told("reject") == []
        assert [one["type"] for one in guest.heard[-2:]] == ["resync", "welcome"]
        assert guest.heard[-1]["view"]["last"] == 3
    assert table.guests[0].heard[-1]["c"] == 1


def test_the_same_input_again_gets_the_same_ack_and_another_with_its_number_is_refused() -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    (ack,) = table.send(0, Move(1, 3, 2))
    assert ack == {"type": "ack", "c": 1, "v": 3}
    (refused,) = table.send(0, Move(1, 4, 2))
    assert (refused["code"], refused["last"]) == ("c_taken", 1)
    assert table.match.fold.step == 1


def test_an_input_sent_again_while_it_is_being_stored_is_answered_once_by_its_release() -> None:
    table = Table(ConnectFour())
    table.held = True
    table.move(0, 3)
    assert table.send(0, Move(1, 3, 2)) == []
    table.store()
    assert table.guests[0].heard[-1]["by"] == [[0, 1, 3]]
    assert len(table.log) == 3


def test_only_so_many_entries_may_wait_for_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.host.tail.UNSTORED_ENTRIES", 2)
    table = Table(ConnectFour())
    table.held = True
    for move in (0, 1):
        assert table.move(move % 2, move) == []
    (refused,) = table.move(0, 2)
    assert refused["code"] == "try_again"


def test_a_match_to_its_end_seals_record_result_and_scores_in_one_append() -> None:
    table = Table(ConnectFour())
    play(table, FOUR_IN_A_COLUMN)
    sealed = table.changes[-1]
    assert isinstance(sealed, Sealed)
    assert (sealed.status, sealed.scores, sealed.reason) == ("over", (2, 0), "line")
    assert (sealed.n, sealed.digest) == (table.log[-1].n, table.log[-1].digest)
    for guest in table.guests.values():
        over = guest.heard[-1]
        assert over["result"] == {"scores": [2, 0], "reason": "line"}
        assert over["seed"] == table.seed.hex()
    (late,) = table.move(1, 1)
    assert late["code"] == "over"


def test_resigning_ends_the_match_for_the_other() -> None:
    table = Table(TicTacToe())
    answers = table.send(1, Resign(1))
    assert [one["type"] for one in answers] == ["update", "ack", "over"]
    assert table.guests[0].heard[-1]["result"] == {"scores": [2, 0], "reason": "resigned"}


def test_a_draw_is_agreed_by_offer_and_answer() -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    table.send(0, Offer(2, "draw"))
    assert table.guests[1].heard[-1]["host"] == {"offered": [0, "draw"]}
    assert table.send(0, Offer(3, "draw"))[0]["code"] == "no_offer"
    assert table.send(0, Answer(3, "draw", True))[0]["code"] == "not_offered"
    table.send(1, Answer(1, "draw", True))
    assert table.guests[0].heard[-1]["result"] == {"scores": [1, 1], "reason": "agreement"}


def test_offering_what_the_other_offered_is_agreeing_and_can_be_sent_again() -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    table.send(0, Offer(2, "draw"))
    table.send(1, Offer(1, "draw"))
    assert table.match.shown.status == "over"
    assert table.send(1, Offer(1, "draw")) == [{"type": "ack", "c": 1, "v": 5}]


def test_a_draw_offer_lapses_with_the_move_of_who_was_asked_and_may_not_be_repeated_before_a_step() -> None:
    table = Table(ConnectFour())
    table.send(1, Offer(1, "draw"))
    table.send(0, Answer(1, "draw", False))
    assert table.send(1, Offer(2, "draw"))[0]["code"] == "no_offer"
    table.move(0, 3)
    table.send(1, Offer(2, "draw"))
    table.move(1, 3)
    assert table.match.shown.offers == {"draw": (1,)}
    table.move(0, 3)
    assert table.guests[1].heard[-1]["host"] == {"lapsed": ["draw"]}
    assert table.send(0, Answer(4, "draw", True))[0]["code"] == "not_offered"


def test_a_rematch_is_a_new_match_with_seats_exchanged_in_the_same_append() -> None:
    table = Table(ConnectFour())
    assert table.send(0, Offer(1, "rematch"))[0]["code"] == "no_offer"
    table.send(0, Resign(1))
    table.send(0, Offer(2, "rematch"))
    table.send(1, Offer(1, "rematch"))
    assert table.guests[0].heard[-1]["host"]["rematch"] == "next-match"
    new = table.changes[-1]
    assert isinstance(new, NewMatch)
    assert (new.public_id, new.rematch_of, new.began) == ("next-match", 1, True)
    assert new.sitting == (SeatTaken(0, "Player 1", 2, ""), SeatTaken(1, "Player 0", 1, ""))
    assert table.send(1, Offer(1, "rematch")) == [{"type": "ack", "c": 1, "v": table.match.shown.v}]
    assert table.send(0, Offer(3, "rematch"))[0]["code"] == "no_offer"


def test_a_match_can_be_called_off_until_both_have_moved() -> None:
    table = Table(ConnectFour())
    play(table, (0, 1))
    assert table.send(0, Abort(2))[0]["code"] == "too_late"
    table = Table(ConnectFour())
    table.move(0, 0)
    table.send(1, Abort(1))
    assert table.guests[0].heard[-1]["result"] == {"scores": [0, 0], "reason": "aborted"}
    assert table.changes[-1].status == "aborted"


def test_seats_are_given_once_and_the_last_one_begins_the_match() -> None:
    table = Table(ConnectFour(), sitting=1)
    assert table.move(0, 3)[0]["code"] == "not_started"
    table.perform(table.match.sit(8, Sit("Bo", "bo"), 55, None, 0))
    assert table.answers[-1] == {"ok": True, "seat": 1}
    assert table.changes[-2:] == [SeatTaken(1, "Bo", 55, ""), Began()]
    assert table.guests[0].heard[-1]["host"]["started"] is True
    assert table.guests[0].heard[-1]["moves"] == {"0": [0, 1, 2, 3, 4, 5, 6]}
    length = len(table.log)
    table.perform(table.match.sit(9, Sit("Bo", "bo"), 55, None, 0))
    assert table.answers[-1] == {"ok": True, "seat": 1}
    table.perform(table.match.sit(10, Sit("Cy", "cy"), 56, None, 0))
    assert table.answers[-1]["code"] == "seat_taken"
    assert len(table.log) == length


def test_who_watches_and_then_sits_down_gets_the_seat_on_the_open_connection() -> None:
    table = Table(ConnectFour(), sitting=1)
    watcher = table.arrive(Guest("bo"))
    assert watcher.heard[0]["seat"] is None
    table.perform(table.match.sit(8, Sit("Bo", "bo"), 55, None, 0))
    assert watcher.told("welcome")[-1]["seat"] == 1
    table.guests[1] = watcher
    table.move(0, 3)
    table.move(1, 3)
    assert table.match.fold.step == 2


def test_a_second_tab_takes_the_seat_and_numbers_on() -> None:
    table = Table(ConnectFour())
    old = table.guests[0]
    table.move(0, 3)
    new = table.guests[0] = table.arrive(Guest("player-0"))
    assert old.closed is Close.REPLACED
    assert old.seat is None
    assert new.heard[0]["c"] == 1
    table.move(1, 3)
    table.move(0, 3)
    assert table.match.fold.step == 3
    table.perform(table.match.detach(old, 0))
    assert table.match.audience.seated[0] is new


def test_a_seat_is_held_while_its_player_is_away() -> None:
    table = Table(ConnectFour())
    table.perform(table.match.detach(table.guests[0], 0))
    assert table.guests[1].told("presence")[-1]["here"] == [False, True]
    back = table.arrive(Guest("player-0"))
    assert back.seat == 0
    assert table.guests[1].told("presence")[-1]["here"] == [True, True]


def test_coming_back_gets_what_was_missed_or_the_whole_and_never_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.host.history.KEPT_FRAMES", 3)
    table = Table(ConnectFour())
    play(table, (0, 1, 2))
    for v in range(2, 6):
        back = table.arrive(Guest(None), Hello(e=1, v=v))
        assert [one["v"] for one in back.told("update")] == list(range(v + 1, 6))
        assert back.told("welcome") == []
    for hello in (Hello(e=2, v=4), Hello(e=1, v=1), Hello(e=1, v=6), Hello(v=4)):
        assert table.arrive(Guest(None), hello).heard[0]["type"] == "welcome"


def test_missed_chat_comes_with_what_was_missed() -> None:
    table = Table(ConnectFour())
    for text in ("hello", "good luck"):
        table.send(0, Chat(text))
    back = table.arrive(Guest("player-1"), Hello(e=1, v=2, k=1))
    assert [one["text"] for one in back.told("chat")] == ["good luck"]
    assert back.told("token") == [{"type": "token", "token": "token-player-1"}]
    assert [one["k"] for one in table.guests[None].told("chat")] == [1, 2]


def test_the_practice_opponent_plays_declines_draws_and_wants_another_match() -> None:
    table = Table(TicTacToe(), sitting=1)
    table.perform(table.match.sit(9, Sit("Practice opponent", None, "practice"), None, None, table.now_ms))
    assert table.guests[0].heard[-1]["host"]["sat"][1] == {"name": "Practice opponent", "bot": "practice"}
    table.send(0, Offer(1, "draw"))
    table.wait(600)
    assert table.guests[0].heard[-1]["host"] == {"answered": [1, "draw", False]}
    while not table.match.shown.over:
        if 0 in table.match.shown.turns:
            table.move(0, next(iter(table.match.shown.turns[0])))  # type: ignore[call-overload]
        table.wait(600)
    table.send(0, Offer(table.next_c(0), "rematch"))
    table.wait(600)
    new = table.changes[-1]
    assert isinstance(new, NewMatch)
    assert new.sitting[0] == SeatTaken(0, "Practice opponent", None, "practice")


def test_the_practice_opponent_answers_only_what_is_stored() -> None:
    table = Table(TicTacToe(), sitting=1)
    table.perform(table.match.sit(9, Sit("Practice opponent", None, "practice"), None, None, table.now_ms))
    table.held = True
    table.move(0, 0)
    table.wait(5_000)
    assert table.match.fold.step == 1
    table.store()
    table.wait(5_000)
    table.store()
    assert table.match.shown.step == 2


def test_spectators_are_counted_at_most_once_a_second() -> None:
    table = Table(ConnectFour())
    before = len(table.guests[0].told("presence"))
    for _ in range(20):
        table.arrive(Guest(None))
    assert len(table.guests[0].told("presence")) == before
    table.wait(1_000)
    assert table.guests[0].told("presence")[-1]["spectators"] == 21
    assert len(table.guests[0].told("presence")) == before + 1


def test_a_move_that_waits_for_the_others_is_acknowledged_and_tells_nobody() -> None:
    table = Table(Hands())
    heard = len(table.guests[1].heard)
    assert table.move(0, 2) == [{"type": "ack", "c": 1, "v": 2}]
    assert len(table.guests[1].heard) == heard
    assert table.move(0, 3)[0]["code"] == "not_your_turn"
    table.move(1, 1)
    assert table.guests[0].told("update")[-1]["by"] == [[0, 1]]
    assert table.guests[1].told("update")[-1]["by"] == [[1, 1]]
    assert table.guests[None].told("update")[-1].get("by") is None


def test_moves_too_many_to_list_are_counted() -> None:
    table = Table(FirstCome())
    assert table.guests[0].heard[0]["moves"] == {str(seat): 1_000_000 for seat in range(4)}


def test_the_own_moves_can_be_asked_for() -> None:
    table = Table(TicTacToe())
    assert table.send(0, AskMoves()) == [{"type": "moves", "v": 2, "moves": list(range(9))}]
    assert table.send(None, AskMoves())[0]["code"] == "not_seated"


def test_rules_that_raise_change_nothing_and_the_match_can_be_called_off(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(ConnectFour())

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(ConnectFour, "step", broken)
    with pytest.raises(ZeroDivisionError):
        table.move(0, 3)
    assert table.match.fold.n == 2
    table.perform(table.match.call_off("fault", 0))
    assert table.guests[1].heard[-1]["result"]["reason"] == "aborted"


def test_time_is_charged_from_the_start_and_not_while_nobody_owned_the_match() -> None:
    table = Table(ConnectFour(), sitting=1)
    table.now_ms += 60_000
    table.guests[1] = Guest("bo")
    table.perform(table.match.sit(8, Sit("Bo", "bo"), 55, None, table.now_ms))
    table.arrive(table.guests[1])
    table.now_ms += 1_500
    table.move(0, 3)
    assert table.log[-1].ms == 1_500
    table.now_ms += 3_600_000
    table.match = table.load(epoch=2)
    table.now_ms += 500
    table.arrive(table.guests[1])
    table.move(1, 3)
    assert table.log[-1].ms == 2_000


def test_a_decided_match_whose_end_was_not_stored_is_sealed_when_it_is_loaded() -> None:
    table = Table(ConnectFour())
    play(table, FOUR_IN_A_COLUMN)
    sealed = table.log.pop()
    table.match: LiveMatch = table.load(epoch=2)
    table.perform(table.match.recover(table.now_ms))
    assert (table.log[-1].kind, table.log[-1].n, table.log[-1].digest) == ("end", sealed.n, sealed.digest)


def test_who_comes_back_is_told_the_own_move_that_waits_for_the_others() -> None:
    table = Table(RockPaperScissors())
    table.move(0, "rock")
    told = table.arrive(Guest("player-0")).told("welcome")[-1]
    assert (told["mine"], told["c"], told["moves"]) == ([1, "rock"], 1, {"1": ["rock", "paper", "scissors"]})
    assert table.arrive(Guest("player-1")).told("welcome")[-1]["mine"] is None
    assert table.arrive(Guest(None)).told("welcome")[-1]["mine"] is None
    table.guests[1] = table.arrive(Guest("player-1"))
    table.move(1, "paper")
    assert table.arrive(Guest("player-0")).told("welcome")[-1]["mine"] is None
