"""`manage.py exportrecords`: finished records as JSON Lines, for archives and studies."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date

from games.models import Match, Status
from games.rules.catalog import UnknownGame, newest
from games.selectors import record_told

# 200 headers at a time; entries are read one match at a time, so that memory does not grow with the export.
CHUNK = 200


class Command(BaseCommand):
    """One record a line, in the order in which matches finished; `docs/records.md` describes the columns."""

    help = "Write finished records as JSON Lines, one match a line, to a file or to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, help="the file to write; default: standard output")
        parser.add_argument("--game", help="only this game")
        parser.add_argument("--since", help="only what finished on or after this day, as YYYY-MM-DD (UTC)")
        parser.add_argument(
            "--after", type=int, default=0, help="only after this finish number: to go on from an export"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        matches = _chosen(options["game"], options["since"], options["after"])
        output: Path | None = options["output"]
        try:
            with nullcontext(sys.stdout.buffer) if output is None else output.open("wb") as file:
                count = sum(file.write(line) > 0 for line in matches)
        except BrokenPipeError:
            return  # whoever read has seen enough
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror}.") from None
        self.stderr.write(f"{count} records written.")


def _chosen(game: str | None, since: str | None, after: int) -> Iterator[bytes]:
    finished = Match.objects.filter(status__in=(Status.OVER, Status.ABORTED), finished_seq__gt=after)
    if game is not None:
        try:
            finished = finished.filter(game=newest(game).name)
        except UnknownGame as unknown:
            raise CommandError(str(unknown)) from None
    if since is not None:
        day = _day(since)
        finished = finished.filter(finished_at__date__gte=day)
    return _lines(finished)


def _day(text: str) -> Any:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"{text!r} is not a day; write it as 2026-01-31.")
    return day


def _lines(finished: Any) -> Iterator[bytes]:
    for match in finished.select_related("rematch_of").order_by("finished_seq").iterator(chunk_size=CHUNK):
        record = msgspec.to_builtins(record_told(match))
        yield msgspec.json.encode({"finished_seq": match.finished_seq, **record}) + b"\n"
