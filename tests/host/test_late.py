"""Spectators who are told later: nothing younger than the delay reaches them, and all that is older does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.host.audience import Audience
from games.host.clock import Control
from games.host.entries import Sit
from games.host.late import Late, Said
from games.protocol.messages import Answer, AskMoves, Chat, Hello, Move, Offer, Resign
from games.rules import catalog
from games.rules.base import Rules
from games.rules.rng import Rng
from tests.host.kit import Guest, Table
from tests.rules.fair import FAIR, Bids, Televised

DELAY_MS = 120_000


def late(rules: Rules[Any, Any]) -> Rules[Any, Any]:
    """The same game, told to spectators later."""
    kind: type[Rules[Any, Any]] = type(rules)
    return type(kind.__name__, (kind,), {"spectator_delay_s": DELAY_MS // 1000})()


EVERY: list[Rules[Any, Any]] = [late(rules) for rules in (*catalog.all_newest(), *FAIR)]
games = pytest.mark.parametrize("rules", EVERY, ids=lambda rules: rules.name)
seeds = st.binary(min_size=32, max_size=32)


class Told(Table):
    """A table whose moves take their time, and whose spectator asks what it may."""

    def go_on(self, rng: Rng, steps: int, most_ms: int) -> None:
        """Random play for so many steps, with pauses of up to `most_ms` between them."""
        for _ in range(steps):
            fold = self.match.fold
            asked = [seat for seat in fold.turns if seat not in fold.pool]
            if not asked:
                return
            seat = rng.choice(asked)
            self.move(seat, fold.turns[seat].sample(rng))
            if fold.hz:
                self.tick()
            self.wait(rng.below(most_ms))

    def curious(self) -> None:
        """The spectator tries everything, and comes back twice: for the whole, and with what it has."""
        for message in (AskMoves(), Chat("?"), Move(1, 0, 3), Resign(1), Offer(1, "draw"), Answer(1, "draw", True)):
            self.send(None, message)
        seen = self.guests[None]
        for hello in (Hello(), Hello(e=1, v=self.match.shown.v), Hello(e=1, v=0)):
            newcomer = self.arrive(Guest("somebody"), hello)
            seen.frames += newcomer.frames
            self.perform(self.match.detach(newcomer, self.now_ms))

    @property
    def spectator(self) -> list[bytes]:
        return self.guests[None].frames


Young = Callable[[Told, Rng], None]


def plays(table: Told, rng: Rng) -> None:
    table.go_on(rng, 3, 1_000)


def resigns(table: Told, rng: Rng) -> None:
    table.send(0, Resign(table.next_c(0)))


def offers(table: Told, rng: Rng) -> None:
    table.send(0, Offer(table.next_c(0), "draw"))
    table.send(1, Answer(table.next_c(1), "draw", True))


def talks(table: Told, rng: Rng) -> None:
    table.send(0, Chat("Now I have you."))


def fails(table: Told, rng: Rng) -> None:
    table.held = True
    table.go_on(rng, 2, 1)
    table.fail(stored=1)
    table.held = False


def does_nothing(table: Told, rng: Rng) -> None:
    """The other match, to compare with."""


@games
@given(seed=seeds, control=st.sampled_from([None, Control("delay", 10_800_000, 5_000)]))
@settings(max_examples=10, deadline=None)
def test_what_happens_within_the_delay_changes_nothing_that_a_spectator_is_sent(
    rules: Rules[Any, Any], seed: bytes, control: Control | None
) -> None:
    draws = Rng(seed, -9)
    before, gap_ms = draws.below(8), 1 + draws.below(DELAY_MS * 2)
    heard = []
    # Where ticks are lost with a flush that failed, what seats were shown is taken back, before anybody else saw it.
    for young in (does_nothing, plays, resigns, offers, talks, does_nothing if rules.hz else fails):
        table = Told(rules, seed=seed, control=None if rules.hz else control)
        rng = Rng(seed, -10)
        table.go_on(rng, before, gap_ms)
        forked_ms = table.now_ms
        young(table, rng)
        table.wait(forked_ms + DELAY_MS - 1 - table.now_ms)
        table.curious()
        heard.append((young.__name__, table.spectator))
    for name, frames in heard[1:]:
        assert frames == heard[0][1], name


@games
@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_when_the_delay_has_passed_a_spectator_has_seen_the_whole_match(rules: Rules[Any, Any], seed: bytes) -> None:
    table, rng = Told(rules, seed=seed), Rng(seed, -10)
    table.wait(DELAY_MS)
    table.go_on(rng, 100, DELAY_MS)
    table.wait(DELAY_MS)
    pieced = table.guests[None].picture()
    assert pieced["v"] == table.match.shown.v
    assert table.arrive(Guest(None)).picture() == pieced


def test_what_is_shown_to_spectators_is_what_seats_were_shown_so_long_ago() -> None:
    table = Told(late(catalog.newest("connect-four")))
    table.wait(DELAY_MS)
    before = table.guests[0].picture()["view"]
    for column in (3, 3, 4, 4, 5):
        table.move(table.match.fold.step % 2, column)
        now = table.guests[0].picture()["view"]
        table.wait(DELAY_MS - 1)
        assert table.guests[None].picture()["view"] == before
        table.wait(1)
        assert table.guests[None].picture()["view"] == now
        before = now


def test_seats_are_told_at_once_and_the_end_comes_to_spectators_when_it_is_due() -> None:
    table = Told(late(catalog.newest("tic-tac-toe")))
    table.wait(DELAY_MS)
    for cell in (0, 3, 1, 4, 2):
        table.move(table.match.fold.step % 2, cell)
    assert table.guests[0].told("over")
    assert not table.guests[None].told("over")
    newcomer = table.arrive(Guest(None))
    assert newcomer.told("welcome")[0]["result"] is None
    assert newcomer.told("welcome")[0]["seed"] is None
    table.wait(DELAY_MS)
    assert table.guests[None].told("over") == table.guests[0].told("over")


def test_a_spectator_is_told_how_late_it_sees_and_a_seat_that_it_is_not_late() -> None:
    table = Told(late(catalog.newest("tic-tac-toe")))
    assert table.guests[None].told("welcome")[0]["delay_s"] == DELAY_MS // 1000
    assert table.guests[0].told("welcome")[0]["delay_s"] == 0
    assert Table(catalog.newest("tic-tac-toe")).guests[None].told("welcome")[0]["delay_s"] == 0


def test_spectators_of_a_secret_game_see_all_that_it_shows_them_later_and_nothing_before() -> None:
    table = Told(Televised())
    first = table.guests[None].picture()["view"]
    assert first["card"] is None
    table.wait(DELAY_MS - 1)
    assert table.guests[None].picture()["view"] == first
    table.wait(1)
    cards = list(table.match.shown.state.cards)
    assert table.guests[None].picture()["view"] == {"cards": cards, "bids": []}
    table.move(0, 1)
    table.move(1, 3)
    table.wait(DELAY_MS)
    assert table.guests[None].picture()["view"] == {"cards": cards, "bids": [[1, 3]]}
    assert "d" in table.guests[None].told("update")[-1], "a patch, not the whole once more"
    assert table.guests[0].picture()["view"] == Bids().view(table.match.shown.state, 0, None) | {"own": [1]}


def test_who_sits_down_sees_the_match_as_it_is() -> None:
    table = Told(late(catalog.newest("connect-four")), sitting=1)
    watcher = table.arrive(Guest("player-1"))
    assert watcher.told("welcome")[-1]["seats"][0] is None
    table.send(0, Chat("Come."))
    table.perform(table.match.sit(2, Sit("Player 1", "player-1"), 11, 1, table.now_ms))
    told = watcher.told("welcome")[-1]
    assert (told["seat"], told["status"], told["chat"][0]["text"]) == (1, "live", "Come.")


def test_spectators_talk_to_each_other_at_once_and_hear_players_later() -> None:
    table = Told(late(catalog.newest("connect-four")))
    watcher = table.arrive(Guest("watcher"))
    table.perform(table.match.submit(watcher, Chat("Who wins?"), table.now_ms))
    table.send(0, Chat("Not you."))
    assert [one["text"] for one in table.guests[0].told("chat")] == ["Not you."]
    assert [one["text"] for one in watcher.told("chat")] == ["Who wins?"]
    table.wait(DELAY_MS)
    assert [(one["k"], one["text"]) for one in watcher.told("chat")] == [(1, "Who wins?"), (2, "Not you.")]


def test_after_a_takeover_spectators_wait_until_what_was_loaded_is_old_enough() -> None:
    table = Told(late(catalog.newest("connect-four")), control=Control("fischer", 10_800_000))
    table.wait(DELAY_MS)
    table.move(0, 3)
    table.moved_house(50_000)
    assert table.guests[None].picture()["v"] == 0
    table.wait(DELAY_MS - 50_000 - 1)
    assert table.guests[None].picture()["v"] == 0
    table.wait(1)
    assert table.guests[None].picture()["view"] == table.guests[0].picture()["view"]


def test_a_match_that_was_over_when_it_was_loaded_has_nothing_to_keep_back() -> None:
    table = Told(late(catalog.newest("tic-tac-toe")))
    table.send(0, Resign(1))
    table.moved_house(0)
    assert table.guests[None].told("welcome")[0]["status"] == "over"


# ── hosts that would leak ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("leak", ["frames", "welcome", "missed", "chat"])
def test_a_host_that_tells_spectators_too_early_is_found(leak: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if leak == "frames":
        monkeypatch.setattr(Audience, "at_once", Audience.everyone)
    elif leak == "welcome":
        monkeypatch.setattr(Late, "charged", lambda self, now_ms: self._versions[-1].fold.ms if self._versions else 0)
    elif leak == "missed":
        monkeypatch.setattr(Audience, "_missed", lambda self, connection, hello: self.history.since(0, None))
    else:
        monkeypatch.setattr(Late, "say", lambda self, speech, now_ms: self._said.append(Said(0, speech)))
    rules = late(catalog.newest("connect-four"))
    with pytest.raises(AssertionError):
        judge_one(rules)


def judge_one(rules: Rules[Any, Any]) -> None:
    heard = []
    for young in (does_nothing, plays, talks):
        table, rng = Told(rules, control=Control("fischer", 10_800_000)), Rng(bytes(32), -10)
        table.wait(DELAY_MS * 2)
        table.go_on(rng, 2, DELAY_MS * 2)
        forked_ms = table.now_ms
        young(table, rng)
        table.wait(forked_ms + DELAY_MS - 1 - table.now_ms)
        table.curious()
        heard.append(table.spectator)
    assert heard[0] == heard[1] == heard[2]
