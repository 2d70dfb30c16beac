"""docs/writing-a-game.md is true: its games keep the laws, its tests pass, and the commands print what it says."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import pytest

from games.rules.base import Rules
from games.scaffold import writing
from games.scaffold.names import names_of
from games.testing import Table, assert_keeps_laws

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "writing-a-game.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
GAMES = {"Pig": "games.rules.pig", "HighCard": "tutorial_secrets", "TugOfWar": "tutorial_real_time"}


@pytest.fixture
def game(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rules:
    """The game of this class, run from the page under the name that the page gives its module."""
    kind = request.param
    (code,) = [block for block in BLOCKS if f"class {kind}(Rules" in block]
    module = types.ModuleType(GAMES[kind])
    monkeypatch.setitem(sys.modules, GAMES[kind], module)
    exec(compile(code, f"{kind} of the tutorial", "exec"), module.__dict__)
    return module.__dict__[kind]()


def laws_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another process could not import a module that is only a block of a page.
    monkeypatch.setattr("games.testing.laws.same_elsewhere", lambda *_: None)


@pytest.mark.parametrize("game", ["Pig"], indirect=True)
def test_pig_on_air_is_seen_later(game: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    laws_in_one_process(monkeypatch)
    (code,) = [block for block in BLOCKS if "class PigOnAir(Pig)" in block]
    names = {"Pig": type(game), "__name__": "games.rules.pig"}
    exec(compile(code, "Pig on air", "exec"), names)
    on_air = names["PigOnAir"]()
    assert_keeps_laws(on_air, matches=2)
    table = Table(on_air).wait(120)
    before = table.view()
    table.play("roll")
    assert (table.view(), table.view(1) == before) == (before, False)
    assert table.wait(120).view() == table.view(1)


@pytest.mark.parametrize("game", GAMES, indirect=True)
def test_the_games_of_the_page_keep_every_law_and_play(game: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    laws_in_one_process(monkeypatch)
    assert_keeps_laws(game, matches=20)
    assert Table(game, seed=3).play_at_random().result


@pytest.mark.parametrize("game", ["Pig"], indirect=True)
@pytest.mark.usefixtures("game")
def test_the_tests_of_the_page_pass() -> None:
    (code,) = [block for block in BLOCKS if "def test_" in block]
    names: dict[str, object] = {}
    exec(compile(code, "the tutorial's tests", "exec"), names)
    tests = [one for name, one in names.items() if name.startswith("test_")]
    assert len(tests) == 3
    for test in tests:
        test()


def test_startgame_writes_the_files_that_the_page_lists() -> None:
    plan = writing.in_checkout(ROOT, "turn", names_of("pig", set()))
    listed = re.findall(r"^wrote    (\S+)$", PAGE, re.MULTILINE)
    golden = plan.golden / "pig.1.json"
    assert listed == sorted(str(path.relative_to(ROOT)) for path in [*plan.files, golden])
    changed = re.findall(r"^changed  (\S+)$", PAGE, re.MULTILINE)
    assert changed == sorted(str(path.relative_to(ROOT)) for path in plan.changed)


def test_every_law_has_its_line_on_the_page() -> None:
    from games.protocol import patch
    from games.rules.laws import laws_of, same_elsewhere

    laws = {law.__name__ for law in (*laws_of(patch.apply), same_elsewhere)} | {"declared"}
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE[PAGE.index("## The laws") :], re.MULTILINE)) == laws


def test_the_files_that_the_page_points_at_are_there() -> None:
    paths = set(re.findall(r"`((?:games|static|examples|tests|docs)/[\w./-]+\w/?)`", PAGE))
    # What the reader makes: Pig, and the tests within a package.
    made = {path for path in paths if "pig" in path} | {"tests/golden", "tests/test_promises.py"}
    assert len(paths - made) > 8
    assert [path for path in sorted(paths - made) if not (ROOT / path).exists()] == []


def test_a_finding_on_the_page_is_what_checkgame_says() -> None:
    from tests.rules.broken import ReadsTheClock

    with pytest.raises(AssertionError, match="BROKEN same_again") as caught:
        assert_keeps_laws(ReadsTheClock(), matches=1)
    (shown,) = re.findall(r"Look for the clock.*", PAGE)
    assert shown in str(caught.value)
