"""Games of installed packages: found by entry point, refused in a sentence, their boards served and nothing else."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.core.checks import run_checks

from games.finders import BoardsFinder
from games.rules import catalog, installed
from gameserver import prepare

GAME = """
import msgspec
from games.rules.base import Result, Rules

class Pile(msgspec.Struct, frozen=True):
    left: int = 5

class Heap(Rules[Pile, int]):
    name, title, seats, state, move = "{name}", "Heap", range(1, 2), Pile, int
    edition = {edition}
    def setup(self, options, seats, env):
        return Pile()
    def turns(self, pile):
        return {{0: (1,)}} if pile.left else {{}}
    def step(self, pile, moves, env):
        return Pile(pile.left - 1)
    def result(self, pile):
        return None if pile.left else Result((1,), "done")
    def view(self, pile, seat, shared):
        return pile
"""
_numbers = itertools.count()

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package: `install("heap-game", source)` writes it with an entry point; returns its folder."""
    monkeypatch.syspath_prepend(tmp_path)
    modules = set(sys.modules)

    def installed_now(distribution: str, source: str, value: str = "", version: str = "1.0") -> Path:
        module = f"brought_{next(_numbers)}"  # a name of its own: Python keeps what it has imported
        folder = tmp_path / module
        folder.mkdir()
        (folder / "__init__.py").write_text(source)
        facts = tmp_path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        lines = value or f"heap = {module}:Heap"
        (facts / "entry_points.txt").write_text(f"[madang.games]\n{lines.format(module=module)}\n")
        catalog.forget()
        return folder

    yield installed_now
    for name in set(sys.modules) - modules:
        if name.startswith("brought_"):
            del sys.modules[name]
    monkeypatch.undo()
    catalog.forget()


def heap(name: str = "heap", edition: int = 1) -> str:
    return GAME.format(name=name, edition=edition)


def refusal() -> str:
    (one,) = catalog.refused()
    return str(one)


def test_a_game_of_an_installed_package_stands_in_the_catalogue(install: Install) -> None:
    install("heap-game", heap())
    game = catalog.newest("heap")
    assert game.title == "Heap"
    assert catalog.edition_of("heap", 1) is game
    assert game in catalog.all_newest()
    assert catalog.brought()[0].package == "heap-game 1.0"
    assert catalog.refused() == ()


def test_madangs_own_games_are_found_without_a_look_at_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked(*_: Any, **__: Any) -> Any:
        raise AssertionError("looked at what is installed")

    catalog.forget()
    monkeypatch.setattr(installed, "entry_points", looked)
    assert catalog.edition_of("connect-four", 1).name == "connect-four"


BROKEN = [
    ("import no_such_module", "cannot be used (ModuleNotFoundError: No module named 'no_such_module')"),
    ("raise SystemExit('bye')", "cannot be used (SystemExit: bye)"),
    ("def :", "cannot be used (SyntaxError: "),
    ("Heap = 7", "is not a subclass of games.rules.base.Rules"),
    ("from games.rules.base import Rules as Heap", "declared: name: a slug"),
    (heap().replace("left: int = 5", "left: float = 5.0"), "a float folds to other bytes on another Python"),
    (heap().replace("return Pile()", "return 1 // 0"), "cannot be used (ZeroDivisionError: "),
    (heap().replace("        return pile\n", "        return object()\n"), "cannot be used (TypeError: "),
]


@pytest.mark.parametrize(("source", "why"), BROKEN, ids=[why for _, why in BROKEN])
def test_a_broken_package_is_named_with_its_reason_and_nothing_else_suffers(
    install: Install, source: str, why: str
) -> None:
    install("broken-game", source)
    install("heap-game", heap())
    assert refusal().startswith("The package broken-game 1.0 brings no game: its entry point heap = brought_")
    assert why in refusal()
    assert catalog.newest("heap")
    assert catalog.newest("connect-four")


def test_an_entry_point_that_leads_nowhere_is_refused(install: Install) -> None:
    install("gone-game", "", "gone = {module}:Gone")
    assert "cannot be used (AttributeError: " in refusal()


def test_a_package_cannot_take_the_name_of_madangs_own_game(install: Install) -> None:
    install("heap-game", heap("connect-four", edition=2))
    assert refusal().endswith("Madang itself has a game named 'connect-four'; give yours another name.")
    assert catalog.newest("connect-four").edition == 1


def test_two_packages_with_one_name_are_both_refused_for_neither_may_fold_the_others_records(install: Install) -> None:
    install("heap-game", heap())
    install("other-heap", heap(edition=2))
    why = "heap-game 1.0 and other-heap 1.0 both have a game named 'heap'; uninstall one of them."
    assert [one.why for one in catalog.refused()] == [why, why]
    with pytest.raises(catalog.UnknownGame):
        catalog.newest("heap")


def test_a_package_may_bring_two_editions_but_not_one_twice(install: Install) -> None:
    source = heap() + "class Newer(Heap):\n    edition = 2\nclass Twin(Heap):\n    pass\n"
    install("heap-game", source, "old = {module}:Heap\nnew = {module}:Newer")
    assert catalog.newest("heap").edition == 2
    assert catalog.edition_of("heap", 1).edition == 1
    install("pile-game", source.replace('"heap"', '"pile"'), "old = {module}:Heap\ntwin = {module}:Twin")
    why = {one.why for one in catalog.refused()}
    assert len(why) == 1
    assert "Heap and " in (sentence := why.pop())
    assert sentence.endswith("Twin are the same edition of 'pile'; raise the edition of the newer.")


def test_manage_py_check_warns_and_does_not_fail(install: Install) -> None:
    install("broken-game", "import no_such_module")
    (warning,) = [one for one in run_checks() if one.id == "madang.W001"]
    assert "broken-game 1.0" in warning.msg
    assert not warning.is_serious()


def test_the_server_says_at_its_start_which_package_it_cannot_use(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("broken-game", "import no_such_module")
    told: list[str] = []
    monkeypatch.setattr(prepare.log, "warning", told.append)
    prepare._tell_refused_games()
    assert told == [refusal()]


# ── boards and words ────────────────────────────────────────────────────────────────────────────────────────


def written(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / "static" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "static" / path).write_text(path)


def test_a_package_brings_the_board_of_its_game_and_what_belongs_to_it(install: Install) -> None:
    own = ["boards/heap.js", "boards/heap.css", "boards/heap/stick.svg", "boards/heap/deep/words.js"]
    written(install("heap-game", heap()), *own)
    assert [path for path, _ in BoardsFinder().list(None)] == own
    assert [path for path, _ in BoardsFinder().list(["*.svg", "*/words*"])] == own[:2]
    for path in own:
        assert Path(BoardsFinder().find(path)).read_text() == path
    assert BoardsFinder().find(own[0], find_all=True) == [BoardsFinder().find(own[0])]


def test_a_package_cannot_put_a_file_in_anothers_place(install: Install) -> None:
    foreign = ["boards/connect-four.js", "sdk/madang.js", "boards/heaps.js", "css/base.css", "boards/board.js"]
    written(install("heap-game", heap()), *foreign)
    assert list(BoardsFinder().list(None)) == []
    for path in [*foreign, "boards/heap/../connect-four.js"]:
        assert not BoardsFinder().find(path)


def test_a_refused_game_has_no_board(install: Install) -> None:
    written(install("heap-game", "import no_such_module\n"), "boards/heap.js")
    assert list(BoardsFinder().list(None)) == []


def words(folder: Path) -> Path:
    catalogue = Catalog(locale="ko")
    catalogue.add("Heap", "더미")
    path = folder / "locale" / "ko" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    return path


def test_the_words_of_a_package_are_among_those_that_django_reads(install: Install) -> None:
    folder = install("heap-game", heap())
    words(folder)
    assert installed.words() == [folder / "locale"]


def test_words_that_cannot_be_read_cost_the_game_and_not_every_page(install: Install) -> None:
    folder = install("heap-game", heap())
    words(folder).write_bytes(b"no catalogue")
    assert installed.words() == []
    assert f"its words in {folder}" in refusal()
    assert "compile them again" in refusal()
