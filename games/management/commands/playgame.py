"""`manage.py playgame`: one seat for you, practice opponents at the others, in the terminal, on a virtual clock.

It needs no database and no server; the host underneath is the one that serves players.
"""

from __future__ import annotations

import secrets
import sys
import traceback
from argparse import ArgumentParser
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from games.management.commands.checkgame import games_named
from games.management.sitting import Sitting
from games.rules.base import Rules

# Six figures are enough to find a match again, and can be read out.
_SEEDS = 1_000_000


class Command(BaseCommand):
    help = "Play a game in the terminal against random moves."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("game", help="a name from the catalogue, or module:Class for a game not in it yet")
        parser.add_argument("--seat", type=int, default=0, help="where you sit (default: %(default)s)")
        parser.add_argument("--seats", type=int, help="how many play (default: the fewest)")
        parser.add_argument("--seed", type=int, help="the number of a match that was played before")
        parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of the game")
        parser.add_argument("--ticks", type=int, default=1, help="ticks at each step of a real-time game")

    def handle(self, *args: Any, **options: Any) -> None:
        (rules,) = games_named(options["game"], several=False)
        seed = secrets.randbelow(_SEEDS) if options["seed"] is None else options["seed"]
        match = Sitting(rules, _setting(rules, options), seed, options["seat"], max(1, options["ticks"]))
        self.stdout.write(f"{rules.title}, seed {seed}: you have seat {match.seat} of {match.seats}. {match.help}")
        try:
            self._play(match)
        except KeyboardInterrupt:
            self.stdout.write("")
        except (AssertionError, ValueError) as fault:
            raise CommandError(str(fault)) from None
        except Exception as fault:
            raise CommandError(_blamed(fault)) from fault
        self.stdout.write(f"Once more: playgame {options['game']} --seed {seed}")

    def _play(self, match: Sitting) -> None:
        match.begin()
        while True:
            if news := match.news():
                self.stdout.write("\n".join(news))
            if match.table.result is not None:
                self.stdout.write(match.ending())
                return
            self.stdout.write(match.offered())
            self.stdout.write("> ", ending="")
            self.stdout.flush()
            line = sys.stdin.readline()
            if not line or line.strip() == "quit":
                self.stdout.write("")
                return
            answer = match.take(line.strip())
            if answer:
                self.stdout.write(answer)


def _setting(rules: Rules[Any, Any], options: dict[str, Any]) -> dict[str, Any]:
    """Seats and options as they were wished; raises CommandError where the game has no such match."""
    seats = min(rules.seats) if options["seats"] is None else options["seats"]
    if seats not in rules.seats:
        raise CommandError(f"{rules.name} is played by {rules.seats.start} to {rules.seats.stop - 1}.")
    if options["seat"] not in range(seats):
        raise CommandError(f"There are seats 0 to {seats - 1}.")
    chosen = dict(_option(text) for text in options["option"])
    try:
        msgspec.convert(chosen, rules.options)
    except (msgspec.ValidationError, ValueError) as refused:
        raise CommandError(f"These options cannot be: {refused}") from None
    return {"seats": seats, "options": chosen}


def _option(text: str) -> tuple[str, Any]:
    name, is_there, value = text.partition("=")
    if not is_there:
        raise CommandError(f"--option {text}: write it as name=value.")
    try:
        return name, msgspec.json.decode(value)
    except msgspec.DecodeError:
        return name, value


def _blamed(fault: Exception) -> str:
    """What the rules raised, and where."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{last.filename.rsplit('/', 1)[-1]}, line {last.lineno}, in {last.name}"
    return (
        f"The rules raised {type(fault).__name__} ({place}): {fault}. `checkgame` finds the shortest match that does."
    )
