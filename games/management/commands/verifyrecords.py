"""`manage.py verifyrecords`: folds finished records again and compares digests, results and seats."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from games.models import Match, Status
from games.replay import Record, faults
from games.selectors import record_whole

Checked = tuple[str, list[str]]


class Command(BaseCommand):
    """Prints a line per broken record; exit code 1 where there is one."""

    help = "Fold every finished record again and compare; or check downloaded records, given as files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, help="downloaded records; none: all finished ones of the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = options["files"]
        checked, broken = self._report(_from_files(files) if files else _from_database())
        if broken:
            raise CommandError(f"{broken} of {checked} records are broken.", returncode=1)
        self.stdout.write(f"{checked} records fold to what they claim.")

    def _report(self, records: Iterable[Checked]) -> tuple[int, int]:
        checked = broken = 0
        for name, wrong in records:
            checked += 1
            if wrong:
                broken += 1
                self.stderr.write(f"{name}: {'; '.join(wrong)}")
        return checked, broken


def _from_database() -> Iterator[Checked]:
    finished = Match.objects.filter(status__in=(Status.OVER, Status.ABORTED)).select_related("rematch_of")
    # 200 headers at a time: their entries are read one match at a time and bound the memory anyway.
    for match in finished.order_by("finished_seq").iterator(chunk_size=200):
        try:
            wrong = faults(record_whole(match))
        except msgspec.ValidationError as error:
            wrong = [f"a column holds what no record can: {error}"]
        yield match.public_id, wrong


def _from_files(files: list[Path]) -> Iterator[Checked]:
    for path in files:
        try:
            yield path.name, faults(msgspec.json.decode(path.read_bytes(), type=Record))
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}.") from None
        except msgspec.MsgspecError as error:
            yield path.name, [f"this is not a record: {error}"]
