"""Clocks in a live match: who is charged for what, when a flag falls, and what everyone is shown of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from games.host.alarms import PAUSE_MS
from games.host.clock import Control, shown
from games.host.effects import NewMatch
from games.host.entries import Sit
from games.host.lag import AT_ONCE_MS, FIRST_MS
from games.host.snapshot import restore, save
from games.host.tail import Tail
from games.protocol.codec import Refused
from games.protocol.messages import Abort, Answer, Offer, Pause, Resign
from games.rules.base import Env
from games.rules.connect_four import ConnectFour
from games.rules.rng import Rng
from games.rules.rock_paper_scissors import RockPaperScissors
from tests.host.kit import Guest, Table
from tests.host.leaking import Bids
from tests.rules.fair import Bell, Depth, FirstCome

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BLITZ = Control("fischer", 3 * MINUTE_MS, 2000)
SUDDEN = Control("fischer", MINUTE_MS)
PER_MOVE = Control("move", 30_000)
DAILY = Control("correspondence", DAY_MS)


class Pausable(ConnectFour):
    pauses = True


class Bells(FirstCome):
    """Who is out need not ring: the others go on."""

    def absent(self, state: Bell, seats: Sequence[int], why: str, env: Env) -> Bell:
        return state


def clock(table: Table, seat: int | None = None) -> dict[str, Any]:
    """What a newcomer with this seat's eyes is shown."""
    guest = Guest(None if seat is None else f"player-{seat}")
    if seat is None:
        return dict(table.arrive(guest).told("welcome")[-1]["clock"])
    table.guests[seat] = table.arrive(guest)
    return dict(guest.told("welcome")[-1]["clock"])


def left(table: Table) -> list[int]:
    shown: list[int] = clock(table)["left"]
    return shown


def ended(table: Table) -> tuple[Any, ...] | None:
    """Scores and reason."""
    result = table.match.shown.outcome
    return None if result is None else (result.scores, result.reason)


def refolds(table: Table) -> bool:
    """The log tells the same as memory, and so does a snapshot."""
    fold = table.refolded()
    again = restore(save(fold), table.rules, options=table.rules.options(), seats=table.seats, seed=table.seed)
    return save(fold) == save(table.match.shown) == save(again)


# ── what is charged, and what is nobody's ───────────────────────────────────────────────────────────────


def test_only_the_seat_that_is_asked_is_charged() -> None:
    table = Table(ConnectFour(), control=BLITZ)
    table.wait(7000)
    table.move(0, 3)
    table.wait(1500)
    assert left(table) == [3 * MINUTE_MS - 5000, 3 * MINUTE_MS - 1500]
    table.move(1, 3)
    assert left(table) == [3 * MINUTE_MS - 5000, 3 * MINUTE_MS + 500]
    assert refolds(table)


def test_waiting_for_an_opponent_costs_nobody() -> None:
    table = Table(ConnectFour(), control=SUDDEN, sitting=1)
    table.wait(HOUR_MS)
    assert clock(table) == {"kind": "fischer", "base_ms": 60_000, "extra_ms": 0, "left": [60_000] * 2, "running": []}
    assert table.match.alarms.flag_at_ms() is None


def test_storing_is_charged_to_nobody_and_nobody_falls_on_a_move_it_has_not_been_sent() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.wait(10_000)
    table.held = True
    table.move(0, 3)
    table.wait(10 * MINUTE_MS)
    assert table.match.alarms.flag_at_ms() is None
    assert ended(table) is None
    table.held = False
    table.store()
    assert left(table) == [50_000, 60_000]
    table.wait(20_000)
    assert left(table) == [50_000, 40_000]


def test_a_move_whose_storing_failed_is_charged_as_if_it_had_not_been_made() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.wait(10_000)
    table.held = True
    table.move(0, 3)
    table.wait(MINUTE_MS)
    table.fail()
    assert table.guests[0].told("reject")[-1]["code"] == "try_again"
    assert left(table) == [60_000, 60_000], "nobody is worse off for a database that was away"
    table.held = False
    table.wait(5000)
    table.move(0, 3)
    assert left(table) == [55_000, 60_000]


@pytest.mark.parametrize(("control", "spent_ms"), [(SUDDEN, 0), (PER_MOVE, 0), (DAILY, 12 * HOUR_MS)])
def test_a_gap_of_ownership_is_charged_in_correspondence_alone(control: Control, spent_ms: int) -> None:
    table = Table(ConnectFour(), control=control)
    table.moved_house(12 * HOUR_MS)
    assert left(table) == [control.base_ms - spent_ms, control.base_ms]
    table.wait(1000)
    assert left(table)[0] == control.base_ms - spent_ms - 1000
    assert refolds(table)


def test_time_goes_on_after_a_takeover_from_where_the_log_stands() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.wait(10_000)
    table.move(0, 3)
    table.wait(20_000)
    table.moved_house(HOUR_MS)
    assert left(table) == [50_000, 60_000], "what was not logged is nobody's, too"


# ── flags ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flag_falls_without_a_word_from_any_client() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.move(0, 3)
    table.wait(MINUTE_MS + FIRST_MS - 1)
    assert ended(table) is None, "a move on its way could still be forgiven its journey"
    table.wait(1)
    assert ended(table) == ((2, 0), "flagged")
    assert [entry.kind for entry in table.log[-2:]] == ["flag", "end"]
    assert table.log[-2].ms == MINUTE_MS, "on time, however late it was called"
    for guest in table.guests.values():
        assert guest.told("update")[-1]["host"]["out"] == [[1, "flagged"]]
        assert guest.told("update")[-1]["clock"] == {"left": [60_000, 0], "running": []}
        assert guest.told("over")[-1]["result"] == {"scores": [2, 0], "reason": "flagged"}
    assert table.match.alarms.flag_at_ms() is None
    assert refolds(table)


def test_a_correspondence_flag_that_fell_while_nobody_had_the_match_falls_at_once() -> None:
    table = Table(ConnectFour(), control=DAILY)
    table.moved_house(3 * DAY_MS)
    table.wait(0)
    assert ended(table) == ((0, 2), "flagged")
    assert table.log[-2].ms == DAY_MS


def test_a_move_after_the_flag_is_refused_and_the_flag_falls() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.now_ms += MINUTE_MS
    answer = table.move(0, 3)
    assert [one["code"] for one in answer if one["type"] == "reject"] == ["over"]
    assert ended(table) == ((0, 2), "flagged")
    assert table.match.shown.step == 0


def test_the_last_moment_is_a_move_in_time() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.now_ms += MINUTE_MS - 1
    table.move(0, 3)
    assert ended(table) is None
    assert left(table)[0] == 1


def test_no_flag_falls_in_a_pause() -> None:
    table = Table(Pausable(), control=SUDDEN)
    table.wait(10_000)
    table.send(1, Pause(1))
    assert table.guests[0].told("update")[-1]["clock"] == {"left": [50_000, 60_000], "running": []}
    assert clock(table)["running"] == []
    table.wait(2 * MINUTE_MS)
    assert left(table) == [50_000, 60_000]
    table.send(0, Pause(1))
    assert table.guests[0].told("update")[-1]["clock"] == {"left": [50_000, 60_000], "running": [0]}
    table.wait(1000)
    assert left(table) == [49_000, 60_000]
    table.send(1, Pause(2))
    table.wait(PAUSE_MS)
    table.wait(49_000 + FIRST_MS)
    assert ended(table) == ((0, 2), "flagged")
    assert refolds(table)


@pytest.mark.parametrize("control", [PER_MOVE, Control("delay", MINUTE_MS, 5000)], ids=lambda one: one.kind)
def test_a_pause_gives_no_time(control: Control) -> None:
    table = Table(Pausable(), control=control)
    for c in (1, 2):
        table.wait(4000)
        table.send(1, Pause(c))
        table.wait(MINUTE_MS)
        table.send(0, Pause(c))
    table.wait(1000)
    used_ms = 9000 if control.kind == "move" else 4000
    assert left(table)[0] == control.base_ms - used_ms


# ── several at once ─────────────────────────────────────────────────────────────────────────────────────


def test_at_once_each_has_a_clock_of_its_own_and_who_answered_is_charged_no_more() -> None:
    table = Table(RockPaperScissors(), control=SUDDEN)
    table.wait(5000)
    table.move(1, "rock")
    table.wait(7000)
    assert clock(table)["running"] == [0]
    assert left(table) == [48_000, 55_000]
    table.move(0, "paper")
    assert left(table) == [48_000, 55_000]
    assert clock(table)["running"] == [0, 1]
    assert refolds(table)


def test_who_has_answered_cannot_be_flagged() -> None:
    table = Table(RockPaperScissors(), control=SUDDEN)
    table.move(1, "rock")
    table.wait(MINUTE_MS + AT_ONCE_MS)
    assert ended(table) == ((0, 2), "flagged")


def test_when_nobody_answers_all_have_lost() -> None:
    table = Table(RockPaperScissors(), control=PER_MOVE)
    table.wait(30_000 + FIRST_MS)
    assert ended(table) == ((0, 0), "flagged")
    assert table.guests[None].told("update")[-1]["host"]["out"] == [[0, "flagged"], [1, "flagged"]]


def test_an_answer_that_only_waits_stops_no_other_clock_while_it_is_stored() -> None:
    table = Table(RockPaperScissors(), control=SUDDEN)
    table.wait(5000)
    table.held = True
    table.move(1, "rock")
    table.wait(10_000)
    assert left(table)[0] == 45_000
    table.move(0, "paper")
    table.wait(MINUTE_MS)
    table.store()
    assert left(table) == [45_000, 55_000]
    assert refolds(table)


def test_an_answer_that_is_stored_gives_no_other_its_storing_time_or_its_lag() -> None:
    table = Table(RockPaperScissors(), control=SUDDEN)
    table.wait(5000)
    table.move(1, "rock", lag=500)
    assert left(table) == [55_000, 55_500]
    table.wait(1000)
    assert left(table) == [54_000, 55_500]


def test_others_play_on_where_the_rules_can_do_without_who_fell() -> None:
    table = Table(Bells(), control=SUDDEN)
    fold = table.match.fold
    fold.clock = msgspec.structs.replace(fold.clock, left=(60_000, 20_000, 60_000, 20_000))
    table.now_ms += 30_000
    answer = table.move(0, Depth(5))
    assert [one["code"] for one in answer if one["type"] == "reject"] == ["stale"]
    assert ended(table) is None
    assert table.match.shown.out == (1, 3)
    assert table.match.shown.clock is not None
    assert left(table)[0] == 40_000, "the time until the flag, and not the time since"


# ── flags while a move may be on its way ────────────────────────────────────────────────────────────────


def thinking(table: Table, *left_ms: int) -> Table:
    """The same match, with so much time left for each."""
    fold = table.match.fold
    fold.clock = msgspec.structs.replace(fold.clock, left=left_ms)
    return table


def test_anothers_move_calls_no_flag_while_a_move_of_that_seat_could_still_be_forgiven_its_way() -> None:
    table = thinking(Table(RockPaperScissors(), control=SUDDEN), 10_000, 30_000)
    table.wait(10_200)
    table.move(1, "rock")
    assert ended(table) is None
    table.move(0, "paper", lag=300)
    assert table.match.shown.step == 1, "both have answered in time"
    assert left(table) == [100, 30_000 - 10_200]


def test_anothers_move_saves_nobody_whose_flag_has_fallen() -> None:
    table = thinking(Table(RockPaperScissors(), control=SUDDEN), 10_000, 30_000)
    table.wait(10_200)
    table.move(1, "rock")
    table.wait(FIRST_MS)
    assert ended(table) == ((0, 2), "flagged")
    assert next(entry.ms for entry in table.log if entry.kind == "flag") == 10_000


def test_who_is_late_waits_for_the_judgement_of_who_fell_before() -> None:
    late, saved = (thinking(Table(RockPaperScissors(), control=SUDDEN), 10_000, 10_100) for _ in range(2))
    for table in (late, saved):
        table.wait(10_200)
        assert [one["code"] for one in table.move(1, "rock") if one["type"] == "reject"] == ["flagged"]
        assert ended(table) is None
    late.wait(FIRST_MS)
    assert ended(late) == ((0, 2), "flagged"), "seat 0 fell first, and nobody heard of it"
    saved.move(0, "paper", lag=300)
    saved.wait(FIRST_MS)
    assert ended(saved) == ((2, 0), "flagged")


def test_moves_that_were_refused_give_no_more_to_be_forgiven() -> None:
    table = thinking(Table(RockPaperScissors(), control=SUDDEN), 10_000, 10_000)
    table.wait(10_000)
    for _ in range(5):
        table.move(1, "rock", lag=0)
        assert table.match.alarms.lag.allowance_ms(1) == FIRST_MS
    table.wait(FIRST_MS)
    assert ended(table) == ((0, 0), "flagged")


def test_a_step_without_who_fell_goes_on_and_its_flag_is_called_in_the_next_turn() -> None:
    """First come, first served: seat 0 rang while a ring of seat 1 could still have been on its way."""
    table = thinking(Table(Bells(), control=SUDDEN), 60_000, 20_000, 60_000, 60_000)
    table.wait(20_100)
    table.move(0, Depth(5))
    assert table.match.shown.step == 1
    assert left(table)[1] == 0
    table.wait(FIRST_MS)
    assert table.match.shown.out == (1,)
    assert ended(table) is None


# ── lag ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("claimed", [None, 0, 1, 600, HOUR_MS, 2**53 - 1])
def test_a_claim_about_time_gains_the_quota_at_most(claimed: int | None) -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.wait(10_000)
    table.move(0, 3, lag=claimed)
    assert left(table)[0] == 50_000 + min(claimed or 0, FIRST_MS)


@pytest.mark.parametrize("claimed", ["-1", "-3600000", "1.5", "true", '"600"', "9007199254740992", "1e400"])
def test_a_claim_that_is_no_number_of_milliseconds_is_refused(claimed: str) -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    with pytest.raises(Refused):
        table.send(0, f'{{"type":"move","c":1,"on":2,"m":3,"lag":{claimed}}}')


def test_over_a_whole_match_lies_about_lag_gain_what_the_quota_gives() -> None:
    honest, liar = (Table(ConnectFour(), control=Control("fischer", 3 * HOUR_MS)) for _ in range(2))
    moves = 0
    for column in [0, 1, 2, 3, 4, 5, 6] * 5:
        for table, lag in ((honest, None), (liar, HOUR_MS)):
            table.wait(10_000)
            if table.match.fold.turns:
                table.move(table.match.fold.step % 2, column, lag=lag)
                moves = table.match.fold.step
    gained = [theirs - ours for theirs, ours in zip(left(liar), left(honest), strict=True)]
    assert max(gained) <= FIRST_MS + (moves + 1) // 2 * 200


def test_nobody_gains_time_that_was_not_used() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.wait(100)
    table.move(0, 3, lag=500)
    assert left(table) == [60_000, 60_000], "not more than at the beginning"


def test_a_move_that_was_on_its_way_when_the_flag_fell_counts() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    table.wait(MINUTE_MS + 300)
    table.move(0, 3, lag=400)
    assert ended(table) is None
    assert left(table)[0] == 100


def test_without_a_clock_nobody_forgives_anything() -> None:
    table = Table(ConnectFour())
    table.wait(1000)
    table.move(0, 3, lag=500)
    assert table.log[-1].ms == 1000


# ── what stops the clocks, and what brings them back ────────────────────────────────────────────────────


def test_whatever_ends_a_match_stops_the_clocks() -> None:
    for end in ([(0, Resign(1))], [(0, Offer(1, "draw")), (1, Answer(1, "draw", True))], [(1, Abort(1))]):
        table = Table(ConnectFour(), control=SUDDEN)
        table.wait(1000)
        for seat, message in end:
            table.send(seat, message)
        table.wait(HOUR_MS)
        assert clock(table)["running"] == []
        assert left(table) == [59_000, 60_000]
        assert ended(table) is not None
        assert ended(table)[1] != "flagged"
        assert refolds(table)


def test_a_win_by_the_rules_stops_the_clocks() -> None:
    table = Table(ConnectFour(), control=SUDDEN)
    for seat, column in zip((0, 1) * 4, (0, 1, 0, 1, 0, 1, 0), strict=False):
        table.wait(1000)
        table.move(seat, column)
    assert clock(table)["running"] == []
    assert left(table) == [56_000, 57_000]


def test_a_takeback_returns_the_clocks_of_its_step() -> None:
    table = Table(ConnectFour(), control=BLITZ)
    before = left(table)
    table.wait(9000)
    table.move(0, 3)
    table.wait(5000)
    table.send(0, Offer(2, "takeback"))
    table.send(1, Answer(1, "takeback", True))
    assert left(table) == before
    assert clock(table)["running"] == [0]
    table.wait(1000)
    assert left(table) == [before[0] - 1000, before[1]]
    assert refolds(table)


def test_a_rematch_keeps_the_control() -> None:
    table = Table(ConnectFour(), control=BLITZ)
    table.send(0, Resign(1))
    table.send(1, Offer(1, "rematch"))
    table.send(0, Answer(2, "rematch", True))
    (new,) = [one for one in table.changes if isinstance(one, NewMatch)]
    assert new.clock == msgspec.to_builtins(BLITZ)


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────


def test_an_update_that_opens_a_turn_tells_the_clocks() -> None:
    table = Table(ConnectFour(), control=BLITZ, sitting=1)
    table.guests[1] = Guest("player-1")
    table.perform(table.match.sit(9, Sit("Player 1", "player-1"), 11, 1, table.now_ms))
    assert table.guests[0].told("update")[-1]["clock"] == {"left": [180_000] * 2, "running": [0]}
    table.arrive(table.guests[1])
    table.wait(3000)
    table.move(0, 3)
    for guest in table.guests.values():
        assert guest.told("update")[-1]["clock"] == {"left": [179_000, 180_000], "running": [1]}
    table.send(1, Offer(1, "draw"))
    assert "clock" not in table.guests[1].told("update")[-1], "no turn was opened"


def test_a_welcome_tells_the_whole_control_and_what_is_left_now() -> None:
    table = Table(ConnectFour(), control=BLITZ)
    table.wait(3000)
    assert clock(table) == {**msgspec.to_builtins(BLITZ), "left": [177_000, 180_000], "running": [0]}


def test_without_a_control_no_clock_is_told() -> None:
    table = Table(ConnectFour())
    table.move(0, 3)
    assert table.guests[0].told("welcome")[-1]["clock"] is None
    assert all("clock" not in one for one in table.guests[0].told("update"))


def test_in_secret_games_anothers_answered_clock_runs_on_until_the_step() -> None:
    table = Table(Bids(), control=SUDDEN)
    table.wait(1000)
    table.move(0, 2)
    table.wait(1000)
    everyone = [clock(table, seat) for seat in (None, 1)]
    assert [one["running"] for one in everyone] == [[0, 1], [0, 1]]
    assert [one["left"] for one in everyone] == [[58_000, 58_000]] * 2
    own = clock(table, 0)
    assert (own["running"], own["left"]) == ([1], [59_000, 58_000]), "of one's own one knows"
    table.move(1, 2)
    assert [clock(table, seat)["left"] for seat in (None, 0, 1)] == [[59_000, 58_000]] * 3


@pytest.mark.parametrize("control", [SUDDEN, PER_MOVE, Control("delay", MINUTE_MS, 300)], ids=lambda one: one.kind)
def test_clocks_tell_nobody_who_has_answered(control: Control) -> None:
    """Every byte is the same whether another answers or not, whatever it claims, and however long storing takes."""
    for seed in range(30):
        silent, answered = (_watched(control, Rng(bytes(32), seed), answers=answers) for answers in (False, True))
        assert silent == answered


def _shown_as_it_stands(*known: Any, **how: Any) -> Any:
    return shown(*known, **{**how, "secret": False})


def _stands_for_every_answer(tail: Tail) -> bool:
    return bool(tail.unstored)


def _runs_on_from_every_answer(tail: Tail) -> bool:
    tail._charged_from = (tail._charged_from[0], max(tail._charged_from[1], tail.fold.ms))
    return tail.fold.status == "live" and not tail.standing


LEAKS: dict[str, Any] = {
    "games.host.clock.shown": _shown_as_it_stands,
    "games.host.tail.Tail.standing": property(_stands_for_every_answer),
    "games.host.tail.Tail.running": property(_runs_on_from_every_answer),
}


@pytest.mark.parametrize("place", LEAKS)
def test_a_host_whose_clocks_told_who_has_answered_would_be_found(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, LEAKS[place])
    with pytest.raises(AssertionError):
        test_clocks_tell_nobody_who_has_answered(SUDDEN)


def _watched(control: Control, rng: Rng, *, answers: bool) -> list[bytes]:
    """All that seat 1 and a spectator are sent in a round of bids, in which seat 0 answers, or does not."""
    table, sent = Table(Bids(), control=control), list[bytes]()
    held, lag = bool(rng.below(2)), rng.below(3000)
    for moment in range(6):
        table.wait(rng.below(2000))
        if moment == 2 and answers:
            table.held = held
            table.move(0, 2, lag=lag)
        if moment == 4:
            table.held = False
            table.store()
        clock(table, 1)
        table.guests[None] = table.arrive(Guest(None))
        sent += [frame for seat in (1, None) for frame in table.guests[seat].frames]
    return sent
