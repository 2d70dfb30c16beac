"""A new game as files: which ones, what stands in them, and the lines that register it. Writes over nothing.

`startgame` calls it. Everything is looked at before anything is written, so a refusal leaves no half of a game behind.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from games.scaffold.names import Names

KINDS = ("turn", "simultaneous", "realtime")
HERE = Path(__file__).parent
_LINE = 120

_CATALOGUE, _CONTRACTS = Path("games/rules/catalog.py"), Path(".importlinter")
_GAMES = "GAMES: tuple[AnyRules, ...] = (\n"
_APART = re.compile(r"name = no game imports another\n.*\n(?:modules =\n)?(?:    games\.rules\.\S+\n)+")


class Refused(Exception):
    """The game cannot be written; the text says why."""


class Plan(msgspec.Struct, frozen=True):
    """`files` are new, `changed` are there already; both by path. `rules` names the class, `golden` a folder."""

    files: dict[Path, str]
    changed: dict[Path, str]
    module: str
    golden: Path


def scaffold(kind: str, suffix: str) -> str:
    """One text of the scaffold."""
    return (HERE / f"{kind}{suffix}").read_text(encoding="utf-8")


def identifiers() -> set[str]:
    """All words of Python in the scaffold: none may be the name of the new class."""
    return set(re.findall(r"\w+", "".join(scaffold(kind, ".py") + scaffold(kind, "_test.py") for kind in KINDS)))


def in_checkout(root: Path, kind: str, names: Names) -> Plan:
    """The game as one of Madang's own."""
    module = f"games.rules.{names.module}"
    boards = root / "static" / "boards"
    files = {
        root / "games" / "rules" / f"{names.module}.py": names.filled(scaffold(kind, ".py")),
        root / "tests" / "rules" / f"test_{names.module}.py": _test(kind, "_test.py", module, names, own=True),
    }
    changed = {
        root / _CATALOGUE: _in_catalogue((root / _CATALOGUE).read_text(encoding="utf-8"), names),
        root / _CONTRACTS: _in_contracts((root / _CONTRACTS).read_text(encoding="utf-8"), module),
    }
    return _sound(Plan(files | _board(boards, kind, names), changed, module, root / "tests" / "rules" / "golden"))


def as_package(folder: Path, kind: str, names: Names) -> Plan:
    """The game as a package of its own, found by its entry point."""
    package = f"madang_{names.module}"
    module = f"{package}.rules"
    home, tests = folder / package, folder / "tests"
    files = {
        folder / "pyproject.toml": names.filled(scaffold("package", ".toml")),
        folder / "README.md": names.filled(scaffold("package", ".md")),
        home / "__init__.py": f'"""{names.title}, a game for Madang."""\n',
        home / "py.typed": "",
        # To a package Madang is one of the libraries, and ruff sorts it among them.
        home / "rules.py": names.filled(scaffold(kind, ".py")).replace("msgspec\n\nfrom games", "msgspec\nfrom games"),
        tests / f"test_{names.module}.py": _test(kind, "_test.py", module, names, own=False),
        tests / "test_promises.py": _test("package", "_test.py", module, names, own=False),
    }
    return _sound(Plan(files | _board(home / "static" / "boards", kind, names), {}, module, tests / "golden"))


def write(plan: Plan) -> None:
    """Puts everything in its place."""
    for path, text in (plan.files | plan.changed).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _sound(plan: Plan) -> Plan:
    there = [path for path in plan.files if path.exists()]
    if there:
        raise Refused(f"{there[0]} is there already, and nothing is written over; choose another name or folder.")
    return plan


def _board(boards: Path, kind: str, names: Names) -> dict[Path, str]:
    suffixes = [suffix for suffix in (".js", ".css") if (HERE / f"{kind}{suffix}").exists()]
    return {boards / f"{names.slug}{suffix}": names.filled(scaffold(kind, suffix)) for suffix in suffixes}


# ── lines whose place depends on the name ───────────────────────────────────────────────────────────────────


def _test(kind: str, suffix: str, module: str, names: Names, *, own: bool) -> str:
    """A test, with its imports as ruff sorts them: `own`, beside the rest of Madang; else after it, as a package's."""
    text = scaffold(kind, suffix)
    found = re.search(r"from games\.scaffold\.\w+ import (.+)\nfrom games\.testing import .+\n", text)
    assert found, f"{kind}{suffix} has no imports of the game and the kit"
    game, kit = found[0].splitlines(keepends=True)
    game = _import(module, [names.filled(name) for name in found[1].split(", ")])
    lines = game + kit if own else f"{kit}\n{game}"
    return names.filled(text[: found.start()]) + lines + names.filled(text[found.end() :])


def _import(module: str, imported: list[str]) -> str:
    ordered = sorted(imported, key=lambda name: (not (len(name) > 1 and name.isupper()), name.lower()))
    line = f"from {module} import {', '.join(ordered)}\n"
    if len(line) <= _LINE + 1:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")\n"


def _in_catalogue(text: str, names: Names) -> str:
    """The catalogue with an import in its order, and the game at the end of `GAMES`."""
    imports = list(re.finditer(r"^from games\.rules\.(\w+) import .+\n", text, re.MULTILINE))
    begin = text.find(_GAMES)
    end = text.find("\n)\n", begin) + 1
    if not imports or begin < 0 or not end:
        raise Refused(f"{_CATALOGUE} does not look as it did; register the game there by hand, or use --path.")
    before = next((one.start() for one in imports if _order(one[1]) > _order(names.module)), imports[-1].end())
    line = f"from games.rules.{names.module} import {names.kind}\n"
    return f"{text[:before]}{line}{text[before:end]}    {names.kind}(),\n{text[end:]}"


def _order(module: str) -> list[tuple[int, str]]:
    """Modules as ruff orders them: numbers within a name by their value."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", module)]


def _in_contracts(text: str, module: str) -> str:
    """The contract by which no game imports another, with one more game."""
    found = _APART.search(text)
    if not found:
        raise Refused(f"{_CONTRACTS} does not look as it did; add {module} to it by hand, or use --path.")
    return f"{text[: found.end()]}    {module}\n{text[found.end() :]}"
