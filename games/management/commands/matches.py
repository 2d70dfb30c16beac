"""`manage.py matches`: which process owns which match, and which processes are alive."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from games import hosts
from games.hosts import Owned, Standing
from games.models import Status

UNDER_WAY = (Status.WAITING, Status.LIVE)
# What a terminal scrolls through; more only for those who ask.
LIMIT = 200


class Command(BaseCommand):
    """Two tables, or one JSON object. Reads only, and nothing of the processes themselves: the database says it all."""

    help = "Show who owns which match: processes, then matches under way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--game", help="only this game")
        parser.add_argument("--status", choices=Status.values, help="only these; those under way if not given")
        parser.add_argument("--host", help="only of this process: its id, its name (machine:pid), or the machine's")
        parser.add_argument("--limit", type=int, default=LIMIT, help=f"at most so many matches ({LIMIT})")
        parser.add_argument("--json", action="store_true", help="as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit is a number above 0.")
        statuses = [options["status"]] if options["status"] else UNDER_WAY
        standings = hosts.hosts(options["host"])
        limit: int = options["limit"]
        found = hosts.matches(statuses=statuses, game=options["game"], host=options["host"], limit=limit + 1)
        found, more = found[:limit], len(found) > limit
        if options["json"]:
            told = {"hosts": msgspec.to_builtins(standings), "matches": msgspec.to_builtins(found), "more": more}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        self._table(("process", "id", "state", "matches", "last beat"), [_standing(one) for one in standings])
        self.stdout.write("")
        self._table(("match", "game", "status", "owner", "state", "epoch", "suspected"), [_owned(one) for one in found])
        if more:
            self.stdout.write(f"… and more: narrow it down, or ask for more with --limit {limit * 10}.")

    def _table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        for row in (head, *rows):
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write(line.rstrip())


def _standing(one: Standing) -> tuple[str, ...]:
    return one.name, one.host, _state(one.alive, one.told), str(one.matches), _ago(one.beat_at)


def _owned(one: Owned) -> tuple[str, ...]:
    owner = one.name or one.host or "–"
    state = "free" if one.host is None else _state(one.alive, one.told)
    return one.match, f"{one.game}/{one.edition}", one.status, owner, state, str(one.epoch), str(one.suspected)


def _state(alive: bool, told: str) -> str:
    if not alive:
        return "dead"
    return "draining" if told else "alive"


def _ago(then: datetime) -> str:
    return f"{(timezone.now() - then).total_seconds():.0f} s ago"
