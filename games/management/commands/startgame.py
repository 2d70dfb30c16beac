"""`manage.py startgame`: writes a small whole game of the kind that is wanted, registered and playable at once.

It needs no database. What is written comes from `games/scaffold`; here only the wish is judged and the outcome told.
"""

from __future__ import annotations

import importlib
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from games.rules import catalog
from games.rules.laws import golden
from games.scaffold import writing
from games.scaffold.names import BadName, Names, names_of

_SEED = b"golden record".ljust(32, b".")


class Command(BaseCommand):
    help = "Begin a new game: rules, tests, a golden record and a board, registered and playable at once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="lower-case letters, digits and hyphens, such as light-cycles")
        parser.add_argument(
            "--kind",
            choices=writing.KINDS,
            required=True,
            help="turn: one after the other; simultaneous: all at once; realtime: many times a second",
        )
        parser.add_argument(
            "--path", type=Path, help="write a package of its own into this new folder, instead of into Madang"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names = _names(options["name"])
        try:
            plan = _plan(options["path"], options["kind"], names)
        except writing.Refused as refused:
            raise CommandError(str(refused)) from None
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename} ({error.strerror}).") from None
        record = _written(plan, names, options["path"])
        for path in sorted([*plan.files, record]):
            self.stdout.write(f"wrote    {_short(path)}")
        for path in sorted(plan.changed):
            self.stdout.write(f"changed  {_short(path)}")
        self.stdout.write(_next_steps(names, options["path"]))


def _names(slug: str) -> Names:
    if any(game.name == slug for game in catalog.every_game()):
        raise CommandError(f"There is a game named {slug!r} already; choose another name.")
    try:
        return names_of(slug, taken=writing.identifiers() | set(vars(catalog)))
    except BadName as bad:
        raise CommandError(str(bad)) from None


def _plan(path: Path | None, kind: str, names: Names) -> writing.Plan:
    # Beside a board stand modules that boards share: a board in their place would break the others.
    if (settings.FOLDERS / "static" / "boards" / f"{names.slug}.js").exists():
        raise writing.Refused(f"Madang's boards use boards/{names.slug}.js themselves; choose another name.")
    if path is not None:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise writing.Refused(f"{path} is there already and not an empty folder; choose another.")
        return writing.as_package(path.absolute(), kind, names)
    if settings.CHECKOUT is None:
        raise writing.Refused("There is no checkout of Madang here to write into; use --path for a package of its own.")
    return writing.in_checkout(settings.CHECKOUT, kind, names)


def _written(plan: writing.Plan, names: Names, package: Path | None) -> Path:
    """Writes the plan, and the golden record of what was written; returns where that lies."""
    try:
        writing.write(plan)
        if package is not None:
            sys.path.insert(0, str(package.absolute()))
        importlib.invalidate_caches()
        rules = getattr(importlib.import_module(plan.module), names.kind)()
        path = golden.path_of(rules, plan.golden)
        golden.written(golden.recorded(rules, _SEED), path)
    except OSError as error:
        raise CommandError(f"Cannot write {error.filename} ({error.strerror}).") from None
    return path


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _next_steps(names: Names, package: Path | None) -> str:
    if package is not None:
        return f"\nInstall it beside Madang (pip install --editable {package}), then: madang playgame {names.slug}"
    steps = {
        f"manage.py playgame {names.slug}": "plays it in the terminal",
        "make run": "serves it to browsers",
        "make messages": "gathers its words for translators, before you commit",
    }
    width = max(map(len, steps))
    return "".join(f"\n{command:{width}}   {what}" for command, what in steps.items())
