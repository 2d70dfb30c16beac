"""`manage.py recomputeratings [--check]`: all ratings once more from all records, compared to the last digit.

May run beside a server: the applier goes on behind it.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from games.rating import recompute
from games.rating.recompute import Recomputed

# Differences that are told of each pool; beyond that their number says enough.
TOLD = 20


class Command(BaseCommand):
    help = "Reckon all ratings anew from the finished matches, in order, and replace what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="replace nothing; fail where something differs")
        parser.add_argument("--game", help="only the pools of this game")

    def handle(self, *, check: bool, game: str | None, **_: Any) -> None:
        differing = 0
        for pool in recompute.pools():
            if game in (None, pool.game):
                done = recompute.pool_recompute(pool, replace=not check)
                self._tell(done)
                differing += len(done.differences)
        if check and differing:
            raise CommandError(f"{differing} differences; run without --check to replace what is stored.")

    def _tell(self, done: Recomputed) -> None:
        self.stdout.write(
            f"{done.pool}: {done.matches} matches, {done.lines} ratings, {len(done.differences)} differences"
        )
        for one in done.differences[:TOLD]:
            self.stdout.write(f"  {one.what} {one.which}: stored {one.stored}, reckoned {one.reckoned}")
        if len(done.differences) > TOLD:
            self.stdout.write(f"  and {len(done.differences) - TOLD} more")
