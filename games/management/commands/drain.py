"""`manage.py drain`: a process gives its matches away and takes no new ones; ends too, if told so."""

from __future__ import annotations

import socket
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from games import hosts
from games.hosts import Standing
from games.models import Host

# 10,000 matches leave within a minute at 200 a second.
WAIT_S = 120
LOOK_S = 0.5


class Command(BaseCommand):
    """Writes one word into the process's row, which the process reads every second, and waits until it is empty."""

    help = "Have a process give its matches to the others and take no new ones, for a deploy or a smaller fleet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("host", nargs="?", help="id, name (machine:pid) or machine, as `matches` shows them")
        parser.add_argument("--here", action="store_true", help="all processes of this machine")
        parser.add_argument("--stop", action="store_true", help="end the process when it is empty")
        parser.add_argument("--undo", action="store_true", help="take matches again")
        parser.add_argument("--force", action="store_true", help="also where no other process could take the matches")
        parser.add_argument("--wait", type=int, default=WAIT_S, help=f"seconds to wait until it is empty ({WAIT_S})")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["host"]) == options["here"]:
            raise CommandError("Name a process as `matches` shows it, or say --here for all of this machine.")
        if options["undo"] and options["stop"]:
            raise CommandError("--undo and --stop exclude each other.")
        chosen = _living(options["host"] or socket.gethostname())
        if not chosen:
            raise CommandError("No living process is called so: `matches` lists them.")
        told = Host.Told.NOTHING if options["undo"] else Host.Told.STOP if options["stop"] else Host.Told.DRAIN
        if told and not options["force"] and not _others(chosen):
            raise CommandError("No other process is alive to take the matches: start one first, or say --force.")
        hosts.hosts_tell([one.host for one in chosen], told)
        for one in chosen:
            self.stdout.write(f"{one.name} ({one.host}): {'takes matches again' if not told else 'told to drain'}")
        if told:
            self._wait([one.host for one in chosen], options["wait"])

    def _wait(self, ids: list[str], seconds: int) -> None:
        deadline = time.monotonic() + seconds
        while left := sum(one.matches for one in hosts.hosts() if one.host in ids):
            if time.monotonic() > deadline:
                raise CommandError(f"{left} matches are still there after {seconds} s; the process goes on draining.")
            time.sleep(LOOK_S)
        self.stdout.write("No match is left there.")


def _living(name: str) -> list[Standing]:
    return [one for one in hosts.hosts(name) if one.alive]


def _others(chosen: list[Standing]) -> list[Standing]:
    """Processes that would take what the chosen ones give."""
    ids = {one.host for one in chosen}
    return [one for one in hosts.hosts() if one.alive and not one.told and one.host not in ids]
