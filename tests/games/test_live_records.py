"""What anyone may download of a match that still goes on: nothing that a player must not know yet."""

from __future__ import annotations

import pytest

from games import selectors
from games.host.entries import text
from games.models import Match
from games.replay import Record
from games.rules.connect_four import ConnectFour
from games.rules.light_cycles import LightCycles
from games.watching import stretch_of
from players.errors import ServiceError
from tests.games.played import _append, joined, opened, played

pytestmark = pytest.mark.django_db


def thrown(match: Match, seat: int, throw: str, c: int = 1) -> None:
    _append(match, "move", seat, c, text(throw))


def told(match: Match) -> tuple[list[str], str]:
    """The kinds of the entries that are told, and the digest."""
    record = selectors.record_of(match)
    return [entry["kind"] for entry in record["entries"]], record["digest"]


def test_a_move_that_waits_for_the_others_is_in_no_record_that_anyone_can_read() -> None:
    match = joined(opened(game="rock-paper-scissors", options={"best_of": 3}))
    before = told(match)
    assert before[0] == ["sit", "sit"]
    thrown(match, 1, "rock")
    # Not even the digest: of three throws one would be found by trying.
    assert told(match) == before
    assert len(selectors.frames_of(match)) == 3
    thrown(match, 0, "paper")
    assert told(match)[0] == ["sit", "sit", "move", "move"]
    assert len(selectors.frames_of(match)) == 4
    thrown(match, 0, "paper", c=2)
    assert told(match)[0] == ["sit", "sit", "move", "move"]


def test_moves_of_one_after_the_other_are_told_at_once() -> None:
    assert told(played(moves=(0, 1)))[0] == ["sit", "sit", "move", "move"]


def test_the_record_of_a_secret_game_is_told_when_it_is_over() -> None:
    match = joined(opened(game="battleship"))
    with pytest.raises(ServiceError, match="secrets"):
        selectors.record_of(match)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect four and light cycles, told to spectators later."""
    monkeypatch.setattr(ConnectFour, "spectator_delay_s", 60)
    monkeypatch.setattr(LightCycles, "spectator_delay_s", 30)


@pytest.mark.usefixtures("later")
def test_nothing_goes_round_the_delay_of_a_game_that_spectators_see_later() -> None:
    match = played(moves=(0, 1))
    with pytest.raises(ServiceError, match="later"):
        selectors.record_of(match)
    with pytest.raises(ServiceError, match="later"):
        selectors.frames_of(match)
    ticking = joined(opened(game="light-cycles"))
    with pytest.raises(ServiceError, match="later"):
        stretch_of(ticking, at_ms=0, limit=10)


@pytest.mark.usefixtures("later")
def test_when_it_is_over_its_record_is_everyones() -> None:
    match = played(moves=(0, 1, 0, 1, 0, 1, 0))
    assert selectors.record_of(match)["result"] is not None
    assert selectors.frames_of(match)[-1]["result"] is not None


def test_whoever_checks_records_sees_all_of_them() -> None:
    match = joined(opened(game="rock-paper-scissors"))
    thrown(match, 0, "rock")
    record: Record = selectors.record_whole(match)
    assert [line.kind for line in record.entries] == ["sit", "sit", "move"]
