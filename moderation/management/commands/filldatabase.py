"""`manage.py filldatabase`: a database with as many matches as a site of years has, to see how fast its lists are."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from games.models import Match
from moderation.filling.logs import logs
from moderation.filling.tables import Fill
from players.models import Player

# The shortest log has two who sit, a ruling and an end.
FEWEST_ENTRIES = 6


class Command(BaseCommand):
    """Refuses where a site lives, unless told."""

    help = "Fill an empty database with matches, to measure on. Its rows cannot be told from real ones afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--matches", type=int, default=1_000_000)
        parser.add_argument("--players", type=int, default=100_000)
        parser.add_argument("--entries-per-match", type=int, default=30, help="at most; some games end sooner")
        parser.add_argument("--beside-real-ones", action="store_true", help="though this database has matches already")

    def handle(self, *args: Any, **options: Any) -> None:
        if Match.objects.exists() and not options["beside_real_ones"]:
            raise CommandError(
                "This database has matches already, and they could not be told from what is filled in. Use an empty "
                "one, or say --beside-real-ones."
            )
        if options["matches"] < 1 or options["players"] < 10 or options["entries_per_match"] < FEWEST_ENTRIES:
            raise CommandError(f"Say at least 1 match, 10 players and {FEWEST_ENTRIES} entries for each match.")
        made = Fill(logs(options["entries_per_match"]), self.stdout.write)
        made.fill(players=options["players"], matches=options["matches"])
        self.stdout.write(f"{Match.objects.count()} matches, {Player.objects.count()} players.")
