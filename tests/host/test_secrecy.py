"""Nobody is sent what they must not know: the games of the catalogue, games that leak, and hosts that would leak."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.host import frames
from games.host.effects import Effect
from games.host.fold import Change, Fold
from games.host.history import Frames, Viewer
from games.host.match import LiveMatch
from games.host.ports import Connection
from games.host.tail import Unstored
from games.host.talk import Talk
from games.protocol.messages import Hello, Move, Update
from games.rules import catalog
from games.rules.base import Rules, moves_of
from games.rules.battleship import Battleship, Fleet, State
from games.rules.laws import seeds
from games.rules.rng import Rng
from games.rules.rock_paper_scissors import RockPaperScissors
from tests.host import secrecy
from tests.host.kit import Guest, Table
from tests.host.leaking import LEAKING, LEAKING_AT_TICKS
from tests.host.quiet import QUIET
from tests.rules.fair import FAIR, Aims, Bids

# Where no seat has a secret, what is hidden is who has answered what.
TURN_BASED = [rules for rules in (*catalog.all_newest(), *FAIR, *QUIET) if not rules.hz]
SECRET_AT_TICKS = [rules for rules in (*catalog.all_newest(), *FAIR) if rules.hz and rules.secret]
MATCHES = 12


def leak_of(rules: Rules[Any, Any], matches: int = MATCHES) -> str | None:
    """The first leak that is found, in words."""
    judge = secrecy.judge_ticks if rules.hz else secrecy.judge
    try:
        for seed in seeds(matches):
            judge(rules, seed)
    except secrecy.Leak as found:
        return str(found)
    return None


@pytest.mark.parametrize("rules", TURN_BASED, ids=lambda rules: rules.name)
def test_every_byte_that_a_viewer_is_sent_is_the_same_whatever_is_hidden_from_it(rules: Rules[Any, Any]) -> None:
    different = sum(secrecy.judge(rules, seed) for seed in seeds(MATCHES))
    assert different > MATCHES or not rules.secret, "nothing was hidden, so nothing was proved"


@pytest.mark.parametrize("rules", SECRET_AT_TICKS, ids=lambda rules: rules.name)
def test_at_ticks_every_byte_is_the_same_whatever_is_hidden(rules: Rules[Any, Any]) -> None:
    assert sum(secrecy.judge_ticks(rules, seed) for seed in seeds(MATCHES)) > MATCHES


@pytest.mark.parametrize(("rules", "when", "what"), [*LEAKING, *LEAKING_AT_TICKS], ids=lambda one: type(one).__name__)
def test_every_way_to_leak_is_found_where_it_leaks(rules: Rules[Any, Any], when: str, what: str) -> None:
    found = leak_of(rules)
    assert found is not None
    assert when in found
    assert what in found


@pytest.mark.parametrize("rules", [Battleship(), *QUIET], ids=lambda rules: rules.name)
def test_a_host_that_lets_words_pass_where_the_game_forbids_them_is_found(
    rules: Rules[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Talk, "_kept_quiet", lambda *_: None)
    assert "when others have said" in str(leak_of(rules))


@pytest.mark.parametrize("heard_by", ["everyone", "spectators"])
def test_a_host_that_mixes_up_the_audiences_is_found(heard_by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Talk, "_heard_by", lambda *_, **__: heard_by)
    assert "when others have said" in str(leak_of(Bids()))


# ── whole matches of Battleship ─────────────────────────────────────────────────────────────────────────────


@given(seed=st.binary(min_size=32, max_size=32), viewer=st.sampled_from([0, 1, None]))
@settings(max_examples=25, deadline=None)
def test_a_whole_match_against_another_fleet_that_fits_all_shots_is_sent_alike(seed: bytes, viewer: Viewer) -> None:
    """The other fleet is dealt when all shots but the last are known; then the match is played again from its start."""
    rules, rng = Battleship(), Rng(seed, -4)
    states = played(rules, rng)
    other = rules.unknown(states[-1], viewer, rng)
    assert sent(rules, seed, states[-1], states, viewer) == sent(rules, seed, other, states, viewer)


def played(rules: Battleship, rng: Rng) -> list[State]:
    """Random states of a match, up to the last before its end."""
    table = Table(rules)
    states = []
    while turns := table.match.fold.turns:
        states.append(table.match.fold.state)
        for seat, moves in list(turns.items()):
            table.move(seat, moves_of(moves).sample(rng))
    return states


def sent(rules: Battleship, seed: bytes, fleets: State, states: list[State], viewer: Viewer) -> list[bytes]:
    """All that `viewer` is sent in the match of these fleets and shots, coming back now and then."""
    table, heard = Table(rules, seed=seed), []
    for seat in (0, 1):
        table.move(seat, Fleet(fleets.seas[seat]))
    for n, (before, after) in enumerate(pairwise(states[1:])):
        mover = rules.turns(before).keys()
        for seat in mover:
            table.move(seat, after.shots[1 - seat][-1])
        if n % 9 == 0:
            heard += table.guests[viewer].frames
            table.guests[viewer] = table.arrive(Guest(table.guests[viewer].player), Hello(e=1, v=3 * n % 40))
    return heard + table.guests[viewer].frames


# ── hosts that would leak ───────────────────────────────────────────────────────────────────────────────────


def test_a_host_that_takes_the_turn_from_the_list_once_it_is_answered_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = frames.moves_shown

    def moves_shown(fold: Fold, viewer: Viewer) -> Any:
        return {seat: moves for seat, moves in (true(fold, viewer) or {}).items() if seat not in fold.pool}

    monkeypatch.setattr(frames, "moves_shown", moves_shown)
    assert leak_of(RockPaperScissors()) is not None


def test_a_host_that_tells_everyone_each_input_of_a_step_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = frames._update

    def update(old: Fold, new: Fold, change: Change, viewer: Viewer, shared: Any) -> Update:
        return msgspec.structs.replace(true(old, new, change, viewer, shared), by=change.by)

    monkeypatch.setattr(frames, "_update", update)
    assert leak_of(Battleship()) is not None
    assert leak_of(Bids()) is not None


def test_a_host_that_tells_everyone_who_has_steered_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = frames.tick_frames

    def tick_frames(old: Fold, new: Fold, change: Change, viewers: Iterable[Viewer]) -> Frames:
        told = true(old, new, change, viewers)
        assert isinstance(told, dict)
        return {viewer: frame[:-1] + b"," + str(len(change.by)).encode() + b"]" for viewer, frame in told.items()}

    monkeypatch.setattr(frames, "tick_frames", tick_frames)
    assert leak_of(Aims()) is not None


def test_a_host_that_sends_something_when_a_seat_has_steered_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = LiveMatch._steer

    def steer(self: LiveMatch, connection: Connection, seat: int, message: Move) -> list[Effect]:
        return [*true(self, connection, seat, message), *self.audience.tell_presence(self.shown, 0)]

    monkeypatch.setattr(LiveMatch, "_steer", steer)
    assert leak_of(Aims()) is not None


def test_a_host_that_sends_something_when_a_seat_has_answered_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = LiveMatch._release

    def release(self: LiveMatch, one: Unstored, now_ms: int, unix_ms: int) -> Any:
        return [*true(self, one, now_ms, unix_ms), *self.audience.tell_presence(self.shown, now_ms)]

    monkeypatch.setattr(LiveMatch, "_release", release)
    assert leak_of(RockPaperScissors()) is not None
