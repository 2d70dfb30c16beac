"""`manage.py playgame`: a match in the terminal, by what is typed and what is read."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from games.management.terminal import Choices, written
from games.rules.catalog import every_game
from tests import servers
from tests.rules.fair import Depths


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`played("sticks", "1", "undo")`: what is printed while these lines are typed, then nothing more."""

    def play(game: str, *lines: str, **options: Any) -> str:
        out = StringIO()
        monkeypatch.setattr(sys, "stdin", StringIO("".join(f"{line}\n" for line in lines)))
        call_command("playgame", game, seed=options.pop("seed", 1), stdout=out, **options)
        return out.getvalue()

    return play


STICKS = "tests.rules.fair:Sticks"


def test_a_match_is_played_to_its_end_against_random_moves(played: Any) -> None:
    text = played(STICKS, *["1"] * 9)
    assert text.startswith("Sticks, seed 1: you have seat 0 of 2. Type a move as it is listed. Also: random, undo,")
    assert "  left   9\n  taken  (none)\nYour moves: 1   2   3\n> \nyou: 1\nseat 1: " in text
    assert "The end: you " in text
    assert text.endswith("Once more: playgame tests.rules.fair:Sticks --seed 1\n")


def test_the_seed_and_what_is_typed_decide_the_match(played: Any) -> None:
    assert played(STICKS, "1", "1") == played(STICKS, "1", "1")
    games = {played("tests.rules.fair:Hands", "1", seed=seed) for seed in range(5)}
    assert len(games) > 1


def test_a_move_is_taken_back_and_another_one_made(played: Any) -> None:
    text = played(STICKS, "1", "undo", "3")
    assert "> Taken back; chance stays as it was.\n\n  left   9\n" in text
    assert text.count("you: ") == 2
    assert "There is nothing to take back." in played(STICKS, "undo")


def test_what_is_no_move_or_not_legal_is_said_in_words(played: Any) -> None:
    text = played(STICKS, "", "x", "7", "help", "quit")
    assert "> '' is no move of this game.\nYour moves: 1   2   3\n" in text
    assert "> 'x' is no move of this game." in text
    assert "> Not accepted: The rules do not allow this move here." in text
    assert "> Type a move as it is listed." in text


def test_resigning_ends_the_match(played: Any) -> None:
    assert "The end: you lost (resigned), scores 0  2" in played(STICKS, "resign")


def test_moves_of_words_are_numbered_and_may_be_typed_as_they_are(played: Any) -> None:
    text = played("rock-paper-scissors", "1", "paper")
    assert "Your moves: 1 rock   2 paper   3 scissors" in text
    assert "you: rock" in text
    assert "you: paper" in text


def test_moves_that_are_too_many_are_typed_as_json_or_drawn(played: Any) -> None:
    text = played("tests.rules.fair:FirstCome", '{"at":5}', '{"at":1000000}', "random")
    assert 'Your moves: 1,000,000 moves; type one as JSON, such as {"at":' in text
    assert 'you: {"at":5}' in text
    assert "Not accepted: The rules do not allow this move here." in text
    assert text.count("you: ") == 2


def test_a_game_with_ticks_goes_on_by_enter(played: Any) -> None:
    text = played("tests.rules.fair:Race", "", "1", ticks=5, seat=1)
    assert "you have seat 1 of 3. Enter: the next 5 ticks; a move: then, from the first of them on." in text
    assert [line for line in text.splitlines() if line.startswith("  tick ")] == [
        "  tick    0",
        "  tick    5",
        "  tick    10",
    ]
    assert "The end: " in played("tests.rules.fair:Race", *[""] * 11, ticks=5)


def test_options_and_seats_are_chosen_and_refused_in_words(played: Any) -> None:
    assert "  left   3\n" in played(STICKS, option=["sticks=3"])
    for wrong, why in [
        ({"option": ["sticks=99"]}, "These options cannot be: Expected `int` <= 30"),
        ({"option": ["stones=9"]}, "unknown field `stones`"),
        ({"option": ["sticks"]}, "--option sticks: write it as name=value."),
        ({"seats": 3}, "sticks is played by 2 to 2."),
        ({"seat": 2}, "There are seats 0 to 1."),
    ]:
        with pytest.raises(CommandError) as caught:
            played(STICKS, **wrong)
        assert why in str(caught.value)


def test_a_fault_of_the_rules_is_told_with_its_place(played: Any) -> None:
    with pytest.raises(CommandError, match=r"The rules raised KeyError \(broken\.py, line \d+, in \w+\): .*checkgame"):
        played("tests.rules.broken:Stumbles", *["random"] * 60)


def test_a_patch_that_does_not_make_the_view_is_told(played: Any) -> None:
    with pytest.raises(CommandError, match="pieced together"):
        played("tests.testing.test_table:WrongPatch", "1")


def test_an_unknown_game_is_refused_with_those_there_are(played: Any) -> None:
    with pytest.raises(CommandError, match="There is no game named 'no-such'"):
        played("no-such")


@pytest.mark.parametrize("game", every_game(), ids=lambda game: game.name)
def test_every_game_of_the_catalogue_can_be_played(played: Any, game: Any) -> None:
    text = played(game.name, *["random"] * 5)
    assert text.count("> ") >= 2


@pytest.mark.slow
def test_no_database_and_no_server_is_needed() -> None:
    with servers.temporary_folder("playgame") as folder:
        environ = servers.environment(folder / "data", {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"})
        command = [sys.executable, "manage.py", "playgame", "tic-tac-toe", "--seed", "1"]
        done = subprocess.run(
            command, cwd=servers.ROOT, env=environ, input="4\nquit\n", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "you: 4\nseat 1: " in done.stdout


# ── views as text ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_view_is_written_as_people_read_it() -> None:
    view = {"to move": None, "hands": {"0": [1, 2], "1": []}, "grid": [["a", "b"], ["c", "d"]], "done": False}
    assert written(view).splitlines() == [
        "  to move  –",
        "  hands",
        "    0  1  2",
        "    1  (none)",
        "  grid",
        "    a  b",
        "    c  d",
        "  done     no",
    ]
    assert written([{"x": 1}]).splitlines() == ["  -", "    x  1"]
    assert written("text") == "  text"


def test_few_moves_are_listed_and_many_are_not() -> None:
    assert str(Choices(["up", "down"])) == "1 up   2 down"
    assert str(Choices([0, 7])) == "0   7"
    assert str(Choices([[0, 1], [2, 3]])) == "1 [0,1]   2 [2,3]"
    assert str(Choices(list(range(41)))).startswith("41 moves; type one as JSON, such as ")
    assert str(Choices(Depths())).startswith("1,000,000 moves; ")
