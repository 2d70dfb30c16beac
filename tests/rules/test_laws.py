"""The laws over the whole catalogue, over fair games of other kinds, and over games that are wrong on purpose."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest

from games.protocol import patch
from games.rules.base import Rules
from games.rules.catalog import GAMES
from games.rules.laws import Broken, Law, broken, declared, laws_of, report, same_elsewhere, seeds
from tests.rules import leaky
from tests.rules.broken import BROKEN, GoesOnAfterTheResult, NeverEnds, ReadsTheClock, Stumbles
from tests.rules.fair import FAIR, Sticks

LAWS = laws_of(patch.apply)
ALL_LAWS = (*LAWS, same_elsewhere)


def name_of(game: Any) -> str:
    return f"{game.name}.{game.edition}" if isinstance(game, Rules) else getattr(game, "__name__", str(game))


# Each law is held against matches of its own, so that every game is played a thousand times.
MATCHES = 100


@pytest.mark.parametrize("law", LAWS, ids=name_of)
@pytest.mark.parametrize("game", GAMES, ids=name_of)
def test_every_game_of_the_catalogue_keeps_every_law(game: Rules[Any, Any], law: Law) -> None:
    tried = seeds(MATCHES, first=LAWS.index(law) * MATCHES)
    assert [str(found) for found in broken(game, [law], tried)] == []


@pytest.mark.parametrize("game", GAMES, ids=name_of)
def test_every_game_of_the_catalogue_is_the_same_in_every_process(game: Rules[Any, Any]) -> None:
    assert [str(found) for found in broken(game, [same_elsewhere], seeds(2))] == []


@pytest.mark.parametrize("game", FAIR, ids=name_of)
def test_games_of_every_kind_can_keep_every_law(game: Rules[Any, Any]) -> None:
    assert [str(found) for found in broken(game, LAWS, seeds(40))] == []
    assert [str(found) for found in broken(game, [same_elsewhere], seeds(1))] == []


@pytest.mark.parametrize(("law", "game"), BROKEN, ids=name_of)
def test_the_law_finds_the_game_that_breaks_it(law: str, game: type[Rules[Any, Any]]) -> None:
    judged = [one for one in ALL_LAWS if one.__name__ == law]
    (found,) = broken(game(), judged, seeds(20 if law != "same_elsewhere" else 1))
    assert found.law == law
    assert found.log is not None
    assert found.seed is not None


def test_games_that_show_what_is_wrong_or_secret_are_among_the_broken() -> None:
    assert {game.__module__ for _, game in BROKEN} >= {leaky.__name__}


def test_every_law_has_a_game_that_breaks_it() -> None:
    assert {law for law, _ in BROKEN} == {law.__name__ for law in ALL_LAWS}


def test_the_match_shown_is_the_shortest_there_is() -> None:
    (found,) = broken(GoesOnAfterTheResult(), [law for law in LAWS if law.__name__ == "result_when_done"], seeds(20))
    assert found.log is not None
    assert len(found.log.steps) == 2


def test_a_fault_in_the_rules_is_told_with_its_place_and_the_match_that_led_there() -> None:
    (found,) = broken(Stumbles(), [law for law in LAWS if law.__name__ == "ends"], seeds(1))
    assert "KeyError" in found.why
    assert "broken.py, line " in found.why
    assert found.log is not None
    assert found.log.steps


def test_a_game_with_chance_of_its_own_is_told_that_alone() -> None:
    assert [found.law for found in broken(ReadsTheClock(), LAWS, seeds(5))] == ["same_again"]


def test_a_finding_reads_as_law_reason_seed_and_moves() -> None:
    (found,) = broken(GoesOnAfterTheResult(), [law for law in LAWS if law.__name__ == "result_when_done"], seeds(3))
    lines = report.finding(found).splitlines()
    assert lines[0] == "BROKEN result_when_done"
    assert lines[1].strip() == "after step 2 there is a result, yet turns() still asks seats [0]"
    assert lines[2].strip().startswith("seed 00")
    assert [line.split(":")[0].strip() for line in lines[4:]] == ["1", "2"]


def test_a_long_match_is_shown_by_its_beginning_and_its_end() -> None:
    (found,) = broken(NeverEnds(), [law for law in LAWS if law.__name__ == "ends"], seeds(1))
    text = report.finding(found)
    assert "… 19,985 more steps …" in text
    assert len(text.splitlines()) < 25


# ── what is refused before a match is played ────────────────────────────────────────────────────────────────


class Loose(msgspec.Struct):
    left: int


class Speed(msgspec.Struct, frozen=True):
    speed: float


class Names(msgspec.Struct, frozen=True):
    names: frozenset[str]


class Cells(msgspec.Struct, frozen=True):
    cells: tuple[list[int], ...]


class Anything(msgspec.Struct, frozen=True):
    anything: dict[str, Any]


class Deep(msgspec.Struct, frozen=True):
    inner: Loose | None = None


class Chain(msgspec.Struct, frozen=True):
    after: Chain | None = None
    seats: dict[int, bytes] = {}


class Lenient(msgspec.Struct, frozen=True):
    size: Annotated[int, msgspec.Meta(ge=3, le=9)] = 3


class Demanding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: Annotated[int, msgspec.Meta(ge=3, le=9)]


class Boundless(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: Annotated[int, msgspec.Meta(ge=3, title="size")] = 3


class Wordy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: Annotated[tuple[str, ...], msgspec.Meta(max_length=3)] = ()


class ByNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    by_number: dict[int, int]


REFUSED = [
    ({"name": "Not A Slug"}, "name: a slug"),
    ({"name": "x" * 41}, "name: a slug"),
    ({"title": ""}, "title: what people read"),
    ({"edition": 0}, "edition: a whole number from 1"),
    ({"edition": True}, "edition: a whole number from 1"),
    ({"seats": range(2, 2)}, "seats: a range"),
    ({"seats": range(3)}, "seats: a range"),
    ({"seats": 2}, "seats: a range"),
    ({"hz": -1}, "hz: steps a second"),
    ({"spectator_delay_s": -1}, "spectator_delay_s: whole seconds from 0 to 3600"),
    ({"spectator_delay_s": 1.5}, "spectator_delay_s: whole seconds"),
    ({"spectator_delay_s": 31, "hz": 30}, "spectator_delay_s: whole seconds from 0 to 30 "),
    ({"delayed_view": lambda self, state: state}, "delayed_view(): nobody sees it"),
    ({"offers": frozenset({"tea"})}, "offers: the host knows draw, takeback, not tea"),
    ({"chat": "whisper"}, "chat: one of open, quick, none is wanted, not 'whisper'"),
    ({"secret": True}, "unknown(): must be written, because secret is True"),
    ({"view": Rules.view}, "view(): must be written"),
    ({"state": Loose}, "state: Loose can be changed"),
    ({"state": Deep}, "state.inner: Loose can be changed"),
    ({"state": int}, "state: a frozen msgspec.Struct is wanted"),
    ({"state": Speed}, "state.speed: a float"),
    ({"state": Names}, "state.names: a set has no order"),
    ({"state": Cells}, "state.cells[…]: a list can be changed"),
    ({"state": Anything}, "state.anything[…]: the type is left open"),
    ({"move": float}, "move: a float"),
    ({"move": complex}, "move: a custom is not allowed"),
    ({"move": Lenient}, "move: Lenient comes from players; it needs forbid_unknown_fields=True"),
    ({"move": ByNumber}, "move.by_number: a map's keys are strings"),
    ({"move": None}, "move: is not declared"),
    ({"options": Lenient}, "options: Lenient comes from players"),
    ({"options": Demanding}, "options.size: needs a default"),
    ({"options": Boundless}, "options.size: needs bounds"),
    ({"options": Wordy}, "options.words[…]: needs a bound"),
]


@pytest.mark.parametrize(("facts", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_a_declaration_that_cannot_hold_is_refused_with_its_reason(facts: dict[str, Any], why: str) -> None:
    with pytest.raises(Broken) as caught:
        declared(type("Spoilt", (Sticks,), facts)())
    assert any(line.startswith(why) for line in caught.value.why.splitlines()), caught.value.why


def test_types_that_hold_themselves_bytes_and_maps_by_integer_are_allowed_in_states() -> None:
    declared(type("Recursive", (Sticks,), {"state": Chain})())


def test_nothing_is_played_while_the_declaration_is_wrong() -> None:
    game = type("Spoilt", (NeverEnds,), {"edition": 0})()
    assert [found.law for found in broken(game, LAWS, seeds(1))] == ["declared"]
