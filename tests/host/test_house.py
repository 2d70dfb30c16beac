"""What the house decides: results that are ruled, and matches that are called off with words."""

from __future__ import annotations

import msgspec
import pytest

from games.host.clock import Control
from games.host.effects import Sealed
from games.host.snapshot import restore, save
from games.protocol.messages import Move
from games.rules.catalog import newest
from tests.host.kit import Guest, Table


def table(game: str = "connect-four", **facts: object) -> Table:
    return Table(newest(game), **facts)  # type: ignore[arg-type]


def ruled(at: Table, *scores: int, words: str = "An engine played.", command: int = 7) -> dict[str, object]:
    at.perform(at.match.decide(command, "rule", {"scores": list(scores), "words": words}, at.now_ms))
    return at.answers[-1]


@pytest.mark.parametrize("game", ["connect-four", "rock-paper-scissors", "battleship", "light-cycles"])
def test_a_ruling_ends_a_match_with_its_scores_and_everybody_is_told_why(game: str) -> None:
    at = table(game)
    assert ruled(at, 0, 2) == {"ok": True}
    for guest in at.guests.values():
        (over,) = guest.told("over")
        assert over["result"] == {"scores": [0, 2], "reason": "ruled", "words": "An engine played."}
    sealed = next(one for one in at.changes if isinstance(one, Sealed))
    assert (sealed.status, sealed.scores, sealed.reason) == ("over", (0, 2), "ruled")
    assert [entry.kind for entry in at.log[-2:]] == ["ruled", "end"]


def test_whoever_comes_later_is_told_too() -> None:
    at = table()
    ruled(at, 1, 1)
    at.match = at.load(epoch=9)
    late = at.arrive(Guest("player-9"))
    assert late.told("welcome")[0]["result"]["words"] == "An engine played."


def test_what_is_asked_twice_is_ruled_once() -> None:
    at = table()
    ruled(at, 2, 0)
    length = len(at.log)
    assert ruled(at, 2, 0, command=8) == {"ok": True}
    assert ruled(at, 0, 2, command=9)["code"] == "over"
    assert len(at.log) == length


@pytest.mark.parametrize("scores", [(), (1,), (1, 0, 0)])
def test_a_ruling_needs_a_score_for_each_side(scores: tuple[int, ...]) -> None:
    at = table()
    assert ruled(at, *scores)["code"] == "bad_scores"
    assert not at.match.shown.over


def test_a_match_that_waits_cannot_be_ruled() -> None:
    assert ruled(table(sitting=1), 2, 0)["code"] == "not_started"


def test_after_a_ruling_nobody_moves_and_no_clock_runs() -> None:
    at = table(control=Control(kind="fischer", base_ms=60_000, extra_ms=0))
    ruled(at, 2, 0)
    assert at.send(0, Move(1, at.match.shown.turn_v, 3))[-1]["code"] == "over"
    assert at.match.due_ms() is None


def test_a_match_is_called_off_with_words() -> None:
    at = table()
    at.perform(at.match.decide(7, "abort", {"why": "organiser", "words": "The hall closes."}, at.now_ms))
    (over,) = at.guests[None].told("over")
    assert over["result"] == {"scores": [0, 0], "reason": "aborted", "words": "The hall closes."}


@pytest.mark.parametrize("game", ["connect-four", "battleship", "arena"])
def test_the_house_speaks_to_all_at_a_match_and_to_whoever_comes_later(game: str) -> None:
    at = table(game)
    at.perform(at.match.decide(7, "say", {"words": "The hall closes at ten."}, at.now_ms))
    assert at.answers[-1] == {"ok": True}
    for guest in (*at.guests.values(), at.arrive(Guest("player-9"))):
        said = [*guest.told("chat"), *guest.told("welcome")[-1]["chat"]]
        assert {(line["seat"], line["player"], line["name"], line["text"]) for line in said} == {
            (None, None, "Madang", "The hall closes at ten.")
        }


def test_what_the_house_said_is_in_a_snapshot_and_one_of_the_release_before_can_be_read() -> None:
    at = table()
    ruled(at, 2, 0)
    fold = at.match.shown
    facts = {"options": fold.options, "seats": fold.seats, "seed": fold.seed}
    saved = save(fold)
    assert restore(saved, fold.rules, **facts).house == "An engine played."
    older = msgspec.json.decode(saved)
    del older["house"]
    assert restore(msgspec.json.encode(older), fold.rules, **facts).house == ""
