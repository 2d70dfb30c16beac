"""`manage.py checkgame`: holds a game to every law and says what breaks it, for authors of rules.

It needs no database. The laws themselves are in `games/rules/laws`; nothing is judged here.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from games.host.entries import SEED_BYTES
from games.protocol import patch
from games.rules import catalog
from games.rules.base import Rules
from games.rules.laws import Broken, broken, golden, laws_of, report, same_elsewhere, seeds

# With 50 matches each law of the catalogue's games is judged in about a second.
_MATCHES = 50
# Each of these starts two processes; what depends on the order of a set shows in the first match or two.
_MATCHES_ELSEWHERE = 3
_GOLDEN_SEED = b"golden record".ljust(32, b".")


class Command(BaseCommand):
    help = "Check a game against the laws that every game keeps, and print the shortest match that breaks one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("game", help='a name from the catalogue, "all", or module:Class for a game not in it yet')
        parser.add_argument("--matches", type=_count, default=_MATCHES, help="matches to play (default: %(default)s)")
        parser.add_argument("--seed", type=_seed, help="play this one match only, as a finding names it")
        parser.add_argument("--write-golden", action="store_true", help="keep a golden record of this edition")
        parser.add_argument(
            "--golden-folder",
            type=Path,
            default=Path("tests/rules/golden"),
            help="where golden records are kept, and looked at (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        games = games_named(options["game"])
        tried = [options["seed"]] if options["seed"] else list(seeds(options["matches"]))
        folder = options["golden_folder"]
        faulty = [game for game in games if not self._keeps_laws(game, tried, golden.path_of(game, folder))]
        if faulty:
            raise CommandError(f"{len(faulty)} of {len(games)} games break a law.")
        for game in games:
            if options["write_golden"]:
                self._write_golden(game, golden.path_of(game, folder))

    def _keeps_laws(self, game: Rules[Any, Any], tried: list[bytes], record: Path) -> bool:
        findings = list(broken(game, laws_of(patch.apply), tried))
        # Other processes only once a match can be played at all: their faults are the harder ones to read.
        findings = findings or list(broken(game, [same_elsewhere], tried[:_MATCHES_ELSEWHERE]))
        if not findings and record.exists() and (why := golden.fault(game, record)):
            findings = [Broken("golden_record", None, None, f"{record}: {why}")]
        self.stdout.write(f"{report.heading(game)}: {'BROKEN' if findings else 'keeps every law'}")
        for found in findings:
            self.stdout.write(report.finding(found))
        return not findings

    def _write_golden(self, game: Rules[Any, Any], path: Path) -> None:
        try:
            golden.written(golden.recorded(game, _GOLDEN_SEED), path)
        except FileExistsError:
            raise CommandError(
                f"{path} is there already. A golden record is never written over: raise the edition of {game.name},"
                " or delete the file yourself while no match of this edition has been played."
            ) from None
        self.stdout.write(f"Wrote {path}")


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError("a whole number from 1 is wanted")
    return int(text)


def _seed(text: str) -> bytes:
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        raise ArgumentTypeError(f"{2 * SEED_BYTES} hexadecimal digits are wanted")
    return seed


def games_named(wanted: str, *, several: bool = True) -> list[Rules[Any, Any]]:
    """The game of this name or class, or "all"; raises CommandError where there is none. `playgame` asks too."""
    if several and wanted == "all":
        return list(catalog.every_game())
    if ":" in wanted:
        return [_imported(wanted)]
    try:
        return [catalog.newest(wanted)]
    except catalog.UnknownGame as unknown:
        raise CommandError(str(unknown)) from None


def _imported(path: str) -> Rules[Any, Any]:
    module, name = path.split(":", 1)
    try:
        rules = getattr(import_module(module), name)()
    except (ImportError, AttributeError, TypeError) as fault:
        raise CommandError(f"{path} is no game: {fault}") from None
    if not isinstance(rules, Rules):
        raise CommandError(f"{path} is no game: it is not a subclass of games.rules.base.Rules")
    return rules
