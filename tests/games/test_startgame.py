"""`manage.py startgame`: what it writes is a whole game, in a copy of this project and as a package of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from games.rules.laws import broken, laws_of, same_elsewhere, seeds
from games.scaffold import writing
from games.scaffold.names import BadName, names_of
from tests import servers

LONG = "a-name-that-is-as-long-as-a-name-may-be"
COPIED = ("games", "gameserver", "players", "tournaments", "moderation", "static", "templates", "locale")
FILES = (
    "manage.py",
    "pyproject.toml",
    ".importlinter",
    *(f"tests/{name}.py" for name in ("settings", "conftest", "servers", "prepared")),
)
Run = Callable[..., str]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a checkout has it, without the tests of other things."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(servers.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    for name in FILES:
        shutil.copy(servers.ROOT / name, folder / name)
    return folder


def runner(folder: Path, *, path: Path | None = None) -> Run:
    """Runs Python in `folder`; its output. Fails the test where the exit code is another than wanted."""

    data = Path(tempfile.gettempdir()) / "madang-startgame-data"

    def run(*arguments: str, code: int = 0) -> str:
        environ = servers.environment(data, {"PYTHONPATH": str(path) if path else ""})
        done = subprocess.run(
            [sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"{arguments}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    return run


# Of each kind two games: imports and line lengths follow from the name.
NAMES = {f"{name[: 39 - len(kind)]}-{kind}": kind for kind in writing.KINDS for name in ("dash", LONG)}


@pytest.fixture(scope="module")
def written(copy: Path) -> dict[str, str]:
    """What startgame said of each game that it wrote into the copy."""
    run = runner(copy)
    return {name: run("manage.py", "startgame", name, "--kind", kind) for name, kind in NAMES.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_a_whole_game_of_the_house(copy: Path, written: dict[str, str], name: str) -> None:
    module, run = name.replace("-", "_"), runner(copy)
    paths = f"games/rules/{module}.py", f"static/boards/{name}.js", f"tests/rules/golden/{name}.1.json"
    for path in (*paths, f"tests/rules/test_{module}.py"):
        assert f"wrote    {path}\n" in written[name]
        assert "new-game" not in (copy / path).read_text()
    assert f"{name} (edition 1): keeps every law" in run("manage.py", "checkgame", name, "--matches", "5")
    assert "you have seat 0 of 2" in run("manage.py", "playgame", name)
    again = run("manage.py", "startgame", name, "--kind", "turn", code=1)
    assert f"There is a game named '{name}' already; choose another name." in again


@pytest.mark.slow
@pytest.mark.usefixtures("written")
def test_what_is_written_passes_its_tests_and_whatever_else_is_checked(copy: Path) -> None:
    run, modules = runner(copy), [name.replace("-", "_") for name in NAMES]
    rules = [f"games/rules/{module}.py" for module in modules]
    tests = [f"tests/rules/test_{module}.py" for module in modules]
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    run("-m", "ruff", "check", "games/rules/catalog.py", *rules, *tests)
    run("-m", "ruff", "format", "--check", "games/rules/catalog.py", *rules, *tests)
    run("-m", "mypy", "--cache-dir", str(copy.parent / "mypy"), *rules, *tests)


@pytest.mark.slow
def test_the_architecture_keeps_a_new_game_apart_from_the_others(copy: Path) -> None:
    run = runner(copy)
    run("manage.py", "startgame", "apart", "--kind", "turn")
    imports = ["-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    assert "no game imports another KEPT" in run(*imports)
    rules = copy / "games" / "rules" / "apart.py"
    rules.write_text(rules.read_text() + "\nfrom games.rules import tic_tac_toe\n")
    assert "no game imports another BROKEN" in run(*imports, code=1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", writing.KINDS)
def test_a_package_of_its_own_is_whole_too(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "dash"
    told = runner(servers.ROOT)("manage.py", "startgame", "dash", "--kind", kind, "--path", str(folder))
    assert "then: madang playgame dash" in told
    run = runner(folder, path=servers.ROOT)
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:django")
    run("-m", "ruff", "check", ".")
    run("-m", "ruff", "format", "--check", ".")
    run("-m", "mypy", "--cache-dir", str(tmp_path.parent / "mypy"), "madang_dash", "tests")
    assert (folder / "madang_dash" / "static" / "boards" / "dash.js").exists()
    assert 'dash = "madang_dash.rules:Dash"' in (folder / "pyproject.toml").read_text()


@pytest.mark.parametrize("kind", writing.KINDS)
def test_the_games_that_it_begins_from_keep_every_law(kind: str) -> None:
    module = __import__(f"games.scaffold.{kind}", fromlist=["NewGame"])
    from games.protocol import patch

    game = module.NewGame()
    assert [str(one) for one in broken(game, laws_of(patch.apply), seeds(30))] == []
    assert [str(one) for one in broken(game, [same_elsewhere], seeds(1))] == []


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────


def refusal(*arguments: str, **options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("startgame", "--kind=turn", "--", *arguments, stdout=StringIO(), **options)
    return str(caught.value)


@pytest.mark.parametrize("name", ["Pig", "2048", "x_y", "-x", "x-", "x--y", "x" * 41, "", "café", "../x"])
def test_a_name_that_is_none_is_refused_with_what_is_one(name: str) -> None:
    assert refusal(name).endswith("40 characters at most, such as light-cycles.")


@pytest.mark.parametrize("name", ["pass", "state", "any", "rules", "none", "catalog-error"])
def test_a_name_that_python_or_the_game_s_own_file_uses_is_refused(name: str) -> None:
    assert "means something in Python, or in every game's file, already" in refusal(name)


def test_a_game_that_is_there_a_shared_module_of_boards_and_files_are_not_written_over(tmp_path: Path) -> None:
    assert refusal("connect-four") == "There is a game named 'connect-four' already; choose another name."
    assert refusal("grid") == "Madang's boards use boards/grid.js themselves; choose another name."
    assert "games/rules/laws.py" not in refusal("base")
    assert "base.py is there already, and nothing is written over" in refusal("base")
    (tmp_path / "mine").write_text("")
    assert "is there already and not an empty folder" in refusal("dash", path=tmp_path)
    assert "is there already and not an empty folder" in refusal("dash", path=tmp_path / "mine")
    assert list(tmp_path.iterdir()) == [tmp_path / "mine"]


def test_without_a_checkout_only_a_package_can_be_written(settings: Any) -> None:
    settings.CHECKOUT = None
    assert refusal("dash").endswith("use --path for a package of its own.")


@pytest.mark.parametrize("file", ["games/rules/catalog.py", ".importlinter"])
def test_lists_that_look_otherwise_are_left_alone_and_nothing_is_written(
    tmp_path: Path, settings: Any, file: str
) -> None:
    for name in ("games/rules/catalog.py", ".importlinter"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# empty\n" if name == file else (servers.ROOT / name).read_text())
    settings.CHECKOUT = tmp_path
    assert refusal("dash").startswith(f"{file} does not look as it did; ")
    assert not (tmp_path / "tests").exists()


def test_names_are_made_of_the_slug() -> None:
    names = names_of("twenty-48-x", set())
    assert (names.module, names.kind, names.title) == ("twenty_48_x", "Twenty48X", "Twenty 48 x")
    assert names.filled("new-game new_game NewGame New game") == "twenty-48-x twenty_48_x Twenty48X Twenty 48 x"
    with pytest.raises(BadName):
        names_of("dash", {"Dash"})


def test_imports_stand_in_their_order_in_the_catalogue() -> None:
    text = (servers.ROOT / "games" / "rules" / "catalog.py").read_text()
    for name in ("aaa", "crab", "zoo"):
        written = writing._in_catalogue(text, names_of(name, set()))
        lines = [line for line in written.splitlines() if line.startswith("from games.rules.")]
        assert lines == sorted(lines)
        assert f"    {name.capitalize()}(),\n)\n" in written
