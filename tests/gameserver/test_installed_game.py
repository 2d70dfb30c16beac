"""A game from another package, as its author ships it: both wheels in a clean environment, a server, and a match."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.games.wire import Guest, Place, Table
from tests.gameserver.conftest import BUILD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # installs all packages into a new environment

EXAMPLE = servers.ROOT / "examples" / "liars_dice"


@pytest.fixture(scope="module")
def python(clean_python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The clean environment with the example in it, and a package beside it that is broken."""
    folder = tmp_path_factory.mktemp("example")
    # A copy: the build writes the compiled words beside their sources.
    source = shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([*BUILD, "--wheel-dir", str(folder), "."], cwd=source, check=True)
    (wheel,) = folder.glob("*.whl")
    pip = [clean_python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    facts = _site_packages(clean_python) / "broken_game-2.1.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-game\nVersion: 2.1\n")
    (facts / "entry_points.txt").write_text("[madang.games]\nbroken = no_such_module:Game\n")
    yield clean_python
    shutil.rmtree(facts)
    subprocess.run([*pip, "uninstall", "--yes", "madang-liars-dice"], check=True)


def _site_packages(python: str) -> Path:
    paths = sysconfig.get_paths(vars={"base": str(Path(python).parent.parent)})
    return Path(paths["purelib"])


@pytest.fixture(scope="module")
def server(python: str) -> Iterator[servers.MadangServer]:
    with servers.madang(python=python) as started:
        yield started


def fetched(server: servers.MadangServer, path: str, language: str = "ko") -> tuple[str, Any]:
    """The text at a path, and its headers."""
    wish = urllib.request.Request(server.url + path, headers={"Accept-Language": language})
    with urllib.request.urlopen(wish, timeout=5) as answer:
        return answer.read().decode(), answer.headers


def test_the_game_is_listed_and_a_broken_package_is_named_in_the_log(server: servers.MadangServer) -> None:
    games = {game["name"]: game for game in json.loads(fetched(server, "/api/games")[0])["games"]}
    assert games["liars-dice"]["title"] == "Liar's dice"
    assert games["liars-dice"]["seats"] == [2, 6]
    assert "connect-four" in games
    told = [line for line in server.output().splitlines() if "broken-game 2.1" in line]
    assert len(told) == 1
    assert "cannot be used (ModuleNotFoundError: No module named 'no_such_module')" in told[0]


def test_its_board_its_style_and_its_words_are_served_under_the_same_policy(server: servers.MadangServer) -> None:
    page, headers = fetched(server, "/new/liars-dice/")
    assert "거짓말쟁이 주사위" in page
    assert "한 사람의 주사위" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    (script,) = re.findall(r'src="(/static/boards/liars-dice\.\w+\.js)"', page)
    (style,) = re.findall(r'href="(/static/boards/liars-dice\.\w+\.css)"', page)
    board = fetched(server, script)[0]
    assert 'customElements.define("board-liars-dice"' in board
    # The module that it shares with Madang's boards is the one that those import.
    (shared,) = re.findall(r'from "\./(board\.\w+\.js)"', board)
    assert "class Board" in fetched(server, f"/static/boards/{shared}")[0]
    assert "board-liars-dice" in fetched(server, style)[0]
    (words,) = re.findall(r'src="([^"]*words[^"]*|[^"]*jsi18n[^"]*)"', page)
    # The catalogue writes other scripts as escapes.
    assert json.dumps("의심").strip('"') in fetched(server, words)[0]


def test_a_match_of_it_is_played_over_the_websocket(server: servers.MadangServer) -> None:
    table = Table([Guest(server), Guest(server)], "liars-dice")
    table.spectator.close()  # nobody reads there, and a socket that is full cannot be closed in order
    seats, mover, bid = table.seats, 0, None
    for place in seats:
        place.v = 2  # both have sat down since the first one was welcomed
    for _ in range(60):
        place = seats[mover]
        move = "doubt" if bid else {"count": 1, "face": 6}
        place.say({"type": "move", "c": place.c + 1, "on": place.v, "m": move})
        place.c += 1
        heard = [_next_version(one) for one in seats]
        if heard[0]["type"] == "over":
            break
        mover, bid = heard[0]["view"]["mover"], heard[0]["view"]["bid"]
        if max(heard[0]["view"]["dice"]) == sum(heard[0]["view"]["dice"]):
            heard = [_next_version(one) for one in seats]
            break
        assert [len(one["view"]["own"]) for one in heard] == heard[0]["view"]["dice"]
    assert heard[0]["type"] == "over"
    assert sorted(heard[0]["result"]["scores"]) == [0, 2]
    assert heard[0]["result"]["reason"] == "last-dice"
    table.close()


def _next_version(place: Place) -> Any:
    return place.hear("update", "over")


def test_it_is_played_and_checked_by_the_commands_of_the_wheel(python: str, tmp_path: Path) -> None:
    environ = servers.environment(tmp_path / "data", {})

    def told(*arguments: str, text: str = "") -> str:
        command = [python, "-m", "gameserver", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    assert "liars-dice (edition 1): keeps every law" in told("checkgame", "liars-dice", "--matches", "3")
    assert "Liar's dice, seed 1: you have seat 0 of 2." in told("playgame", "liars-dice", "--seed", "1")
    assert "The package broken-game 2.1 brings no game" in told("check")
    assert "(madang.W001)" in told("check")
    told("startgame", "dash", "--kind", "turn", "--path", "dash")
    assert (tmp_path / "dash" / "pyproject.toml").exists()


def test_the_example_passes_its_own_tests() -> None:
    environ = servers.environment(EXAMPLE / "data", {"PYTHONPATH": str(servers.ROOT)})
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:django"]
    command = [sys.executable, "-m", "pytest", *options]
    done = subprocess.run(command, cwd=EXAMPLE, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
