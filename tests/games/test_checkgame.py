"""`manage.py checkgame`: what an author reads, and the exit that a script sees."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from games.rules.base import Result
from games.rules.catalog import GAMES
from games.rules.laws import golden
from tests.rules.fair import Pile, Sticks


def checked(*arguments: str) -> str:
    out = StringIO()
    call_command("checkgame", *arguments, stdout=out)
    return out.getvalue()


def test_all_games_of_the_catalogue_keep_every_law() -> None:
    lines = checked("all", "--matches", "3").splitlines()
    assert lines == [f"{game.name} (edition {game.edition}): keeps every law" for game in GAMES]


def test_a_game_that_is_not_in_the_catalogue_is_checked_by_its_class() -> None:
    assert checked("tests.rules.fair:Sticks", "--matches", "3") == "sticks (edition 1): keeps every law\n"


def test_a_broken_game_is_shown_by_law_reason_seed_and_shortest_match() -> None:
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 of 1 games break a law\.") as caught:
        call_command("checkgame", "tests.rules.broken:GoesOnAfterTheResult", "--matches", "20", stdout=out)
    assert caught.value.returncode == 1
    text = out.getvalue()
    assert text.startswith("sticks (edition 1): BROKEN\nBROKEN result_when_done\n")
    assert "after step 2 there is a result, yet turns() still asks seats [0]" in text
    assert "seats, options {" in text
    assert "Traceback" not in text


def test_a_fault_that_only_other_processes_show_is_found() -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("checkgame", "tests.rules.broken:FollowsTheOrderOfASet", "--matches", "2", stdout=out)
    assert "BROKEN same_elsewhere" in out.getvalue()
    assert "the order of a set" in out.getvalue()


def test_one_match_can_be_played_again_by_its_seed() -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("checkgame", "tests.rules.broken:NeverEnds", "--seed", "07" * 32, stdout=out)
    assert f"seed {'07' * 32}" in out.getvalue()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no-such", "There is no game named 'no-such'. Known games: "),
        ("no.such.module:Game", "no.such.module:Game is no game: No module named 'no'"),
        ("tests.rules.fair:Nothing", "tests.rules.fair:Nothing is no game: module"),
        ("tests.rules.fair:Pile", "tests.rules.fair:Pile is no game: "),
        ("games.rules.base:NoOptions", "it is not a subclass of games.rules.base.Rules"),
    ],
)
def test_a_name_that_is_no_game_is_refused_in_a_sentence(name: str, why: str) -> None:
    with pytest.raises(CommandError) as caught:
        checked(name)
    assert why in str(caught.value)


@pytest.mark.parametrize(("option", "value"), [("--seed", "xyz"), ("--seed", "00"), ("--matches", "0")])
def test_a_seed_or_a_number_that_cannot_be_is_refused(option: str, value: str) -> None:
    with pytest.raises(CommandError, match=f"argument {option}"):
        checked("tests.rules.fair:Sticks", option, value)


def test_a_golden_record_is_written_once(tmp_path: Path) -> None:
    arguments = ("tests.rules.fair:Sticks", "--write-golden", "--golden-folder", str(tmp_path), "--matches", "2")
    path = tmp_path / "sticks.1.json"
    assert f"Wrote {path}" in checked(*arguments)
    golden.refolded(Sticks(), golden.read(path))
    with pytest.raises(CommandError, match="never written over: raise the edition of sticks"):
        checked(*arguments)


def test_a_golden_record_that_folds_to_another_end_is_a_finding(tmp_path: Path) -> None:
    golden.written(golden.recorded(Sticks(), bytes(32)), tmp_path / "sticks.1.json")
    checked("tests.rules.fair:Sticks", "--golden-folder", str(tmp_path), "--matches", "2")
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 1 games break a law"):
        call_command("checkgame", f"{__name__}:OtherWinner", f"--golden-folder={tmp_path}", "--matches=2", stdout=out)
    assert "BROKEN golden_record\n" in out.getvalue()
    assert "the golden record ended" in out.getvalue()


class OtherWinner(Sticks):
    def result(self, state: Pile) -> Result | None:
        return None if state.left else Result((2, 2), "everybody")
