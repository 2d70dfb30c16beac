"""Games of other installed packages, found by their entry points in the group `madang.games`.

The catalogue asks here, once; the settings ask for the folders of words. A package that is broken costs its own games
and nothing else: whatever goes wrong with it becomes a `Refused` with a sentence, never an exception.
"""

from __future__ import annotations

import gettext
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from games.rules.base import Env, Rules

GROUP = "madang.games"

AnyRules = Rules[Any, Any]


class Brought(msgspec.Struct, frozen=True):
    """A game, and the package that it came with, as "name version"."""

    rules: AnyRules
    package: str


class Refused(msgspec.Struct, frozen=True):
    """A game that is not offered, from which package, and a sentence that says why."""

    package: str
    why: str

    def __str__(self) -> str:
        return f"The package {self.package} brings no game: {self.why}"


class _Fault(Exception):
    """Why one entry point is refused."""


@cache
def entries() -> tuple[EntryPoint, ...]:
    """All entry points of the group, in the order of their packages."""
    # Reading the metadata of a hundred packages takes about 10 ms: once for a process.
    return tuple(sorted(entry_points(group=GROUP), key=lambda one: (_package(one), one.name)))


def brought(own: Collection[str]) -> tuple[tuple[Brought, ...], tuple[Refused, ...]]:
    """The games of all packages, and what is refused of them. `own`: names that no package may take.

    A name belongs to one package: otherwise a record would fold with whatever happens to be installed.
    """
    games: list[Brought] = []
    refused: list[Refused] = []
    for entry in entries():
        try:
            games.append(Brought(_loaded(entry), _package(entry)))
        except _Fault as fault:
            refused.append(Refused(_package(entry), str(fault)))
    clashes = _clashes(games, own)
    refused += [Refused(one.package, clashes[one.rules.name]) for one in games if one.rules.name in clashes]
    return tuple(one for one in games if one.rules.name not in clashes), tuple(refused)


def _clashes(games: list[Brought], own: Collection[str]) -> Mapping[str, str]:
    """Names that two claim, each with a sentence about both. Neither gets it: which of them came first is chance."""
    found: dict[str, str] = {}
    for name in {one.rules.name for one in games}:
        claimed = [one for one in games if one.rules.name == name]
        packages = sorted({one.package for one in claimed})
        editions = Counter(one.rules.edition for one in claimed)
        if name in own:
            found[name] = f"Madang itself has a game named {name!r}; give yours another name."
        elif len(packages) > 1:
            found[name] = f"{' and '.join(packages)} both have a game named {name!r}; uninstall one of them."
        elif max(editions.values()) > 1:
            twice = [path_of(one.rules) for one in claimed if editions[one.rules.edition] > 1]
            found[name] = f"{' and '.join(twice)} are the same edition of {name!r}; raise the edition of the newer."
    return found


def path_of(rules: AnyRules) -> str:
    """Where a game is written, for people."""
    return f"{type(rules).__module__}.{type(rules).__qualname__}"


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "(unknown)"


def _loaded(entry: EntryPoint) -> AnyRules:
    """The game of an entry point, held to what the pages need of every game; raises _Fault."""
    where = f"its entry point {entry.name} = {entry.value}"
    try:
        kind = entry.load()
        if not (isinstance(kind, type) and issubclass(kind, Rules)):
            raise _Fault(f"{where} is not a subclass of games.rules.base.Rules.")
        rules: AnyRules = kind()
        _sound(rules)
    except _Fault:
        raise
    except (Exception, SystemExit) as fault:  # code of others: it may even try to end the process
        raise _Fault(f"{where} cannot be used ({type(fault).__name__}: {fault}).") from fault
    if unreadable := next(_unreadable(entry), None):
        raise _Fault(f"its words in {unreadable} cannot be read; compile them again.")
    return rules


def _sound(rules: AnyRules) -> None:
    """Every page lists the games and shows a board at rest: what is declared must hold, and a first view exist."""
    # Imported here: a server without such packages needs no law.
    from games.rules.laws.declared import declared

    declared(rules)
    state = rules.setup(rules.options(), min(rules.seats), Env(seed=bytes(32), n=0, ms=0))
    msgspec.json.encode(rules.view(state, None, rules.shared(None, state)))


# ── what packages bring beside their rules ──────────────────────────────────────────────────────────────────


def folders(name: str) -> dict[str, tuple[Path, ...]]:
    """The folders `name` ("static") that lie in the packages, by package; nothing is imported for it."""
    found: dict[str, tuple[Path, ...]] = {}
    for entry in entries():
        found[_package(entry)] = tuple(folder / name for folder in _homes(entry) if (folder / name).is_dir())
    return found


def words() -> list[Path]:
    """The folders of compiled catalogues of words that can be read, for Django's LOCALE_PATHS."""
    broken = {folder for entry in entries() for folder in _homes(entry) if next(_unreadable(entry), None)}
    every = {folder for places in folders("locale").values() for folder in places}
    return sorted(folder for folder in every if folder.parent not in broken)


def _homes(entry: EntryPoint) -> tuple[Path, ...]:
    """The folders of the top package of an entry point; none for a single module, or where there is none."""
    try:
        spec = find_spec(entry.module.partition(".")[0])
    except (ImportError, ValueError):
        return ()
    return tuple(map(Path, spec.submodule_search_locations or ())) if spec else ()


def _unreadable(entry: EntryPoint) -> Iterator[Path]:
    """Compiled words that gettext cannot read: Django would fail on every page of that language."""
    for home in _homes(entry):
        for path in sorted(home.glob("locale/*/LC_MESSAGES/*.mo")):
            try:
                with path.open("rb") as file:
                    gettext.GNUTranslations(file)
            except (OSError, ValueError, LookupError, SyntaxError):
                yield path
