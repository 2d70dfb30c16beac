"""How fast a moment of a long real-time record is found: `python -m bench seek`.

A match of Light cycles is played without waiting, by the host's own code for the end of a log, and stored with the
snapshots that a server would keep. Then random moments are asked for, as the record page asks, through Django's test
client. `python -m bench.seek SECONDS COUNT` is the process that does it, on a database of its own.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from bench import riders
from bench.targets import ROOT, Cores, on_core
from games.host.effects import Append
from games.host.entries import MatchId
from games.host.greeting import Facts
from games.host.recovery import fold_of
from games.host.snapshot import save
from games.host.tail import Header, Tail
from games.rules.light_cycles import LightCycles, State
from tests import servers

if TYPE_CHECKING:
    from django.test import Client

    from games.models import Match

# As the driver: a server on a slow machine keeps more, none keeps fewer.
SNAPSHOT_STEPS = 1000
_ENTRIES_AT_ONCE = 500


class Sought(msgspec.Struct, frozen=True):
    """A record of `ticks` that lasts `ms`, in `entries` and `snapshots`; what each answer took, and its bytes."""

    ticks: int
    ms: int
    entries: int
    snapshots: int
    took_ms: tuple[float, ...]
    bytes: tuple[int, ...]


class Wish(msgspec.Struct, frozen=True):
    seconds: int
    count: int


FULL = Wish(seconds=20 * 60, count=50)
QUICK = Wish(seconds=60, count=5)


def run(wish: Wish, cores: Cores) -> None:
    """Build, seek, print."""
    with servers.temporary_folder("seek") as folder:
        (folder / "static").mkdir()  # whitenoise warns where it is missing
        command = [sys.executable, "-m", "bench.seek", str(wish.seconds), str(wish.count)]
        with on_core(cores.server):
            done = subprocess.run(
                command, cwd=ROOT, env=servers.environment(folder, {}), check=True, stdout=subprocess.PIPE
            )
    found = msgspec.json.decode(done.stdout, type=Sought)
    print(f"\nLight cycles, {found.ms / 60_000:.1f} min at {riders.HZ} ticks a second: {found.ticks} ticks,")
    print(f"{found.entries} entries, {found.snapshots} snapshots. {len(found.took_ms)} random moments:")
    print(f"p50 {median(found.took_ms):.0f} ms, max {max(found.took_ms):.0f} ms; answers of {_sizes(found.bytes)}.")


def _sizes(sizes: tuple[int, ...]) -> str:
    return f"{median(sizes) / 1000:.0f} kB, the largest {max(sizes) / 1000:.0f} kB, before compression"


# ── the record ──────────────────────────────────────────────────────────────────────────────────────────────


def record(seconds: int) -> Match:
    """A match of two riders that has lasted so long and goes on, in the database."""
    from django.db import connection, transaction

    from bench.prepare import new_match
    from games.journal import records
    from games.models import Match
    from players.ids import new_id
    from players.services import guest_create

    with transaction.atomic(), connection.cursor() as cursor:
        players = [guest_create(language="en") for _ in range(2)]
        pk = records.new_match(cursor, new_match(new_id(), players, LightCycles(), dict(riders.LONG)))
        tail = tail_of(pk)
        _play(tail, pk, seconds * riders.HZ)
    return Match.objects.get(pk=pk)


def tail_of(match: MatchId) -> Tail:
    """The end of its log, to play on without a server."""
    from games.loads import match_load
    from players.ids import new_id

    loaded = match_load(match)
    facts = Facts(loaded.public_id, 1, loaded.options, loaded.seed_hash)
    header = Header(match, facts, loaded.listed, loaded.players)
    return Tail(header, fold_of(loaded), now_ms=0, new_match=lambda: (new_id(), bytes(32)))


def _play(tail: Tail, pk: MatchId, ticks: int) -> None:
    """Ride, gather chunks, store them, keep snapshots."""
    from games import store

    course = _course()
    rows: list[Append] = []
    kept, c = 0, 0
    for _ in range(ticks):
        state: State = tail.fold.state
        if tail.fold.outcome is not None:
            raise RuntimeError("the riders did not last")
        c += 1
        tail.tick({seat: (c, way) for seat, way in course.get(state.tick + 1, {}).items()})
        if not tail.window_closes(tail.fold.ms):
            continue
        rows += [one for one in tail.gather() if isinstance(one, Append)]
        while tail.take(tail.fold.n, 0) is not None:
            pass
        if tail.stored_fold.step - kept >= SNAPSHOT_STEPS:
            kept, fold = tail.stored_fold.step, tail.stored_fold
            store.snapshot_save(pk, fold.n, save(fold), fold.digest)
    insert(pk, rows + [one for one in tail.gather() if isinstance(one, Append)])


def _course() -> dict[int, dict[int, str]]:
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for seat in range(2):
        for tick, way in riders.halves(seat):
            found[tick][seat] = way
    return found


def insert(pk: MatchId, appends: list[Append]) -> None:
    """Store what was appended."""
    from django.utils import timezone

    from games.models import Entry

    now = timezone.now()
    lines = [msgspec.structs.asdict(one.entry) for one in appends]
    Entry.objects.bulk_create([Entry(match_id=pk, at=now, **line) for line in lines], _ENTRIES_AT_ONCE)


# ── seeking ─────────────────────────────────────────────────────────────────────────────────────────────────


def seek(client: Client, match: Match, at_ms: int) -> tuple[float, bytes]:
    """How many milliseconds an answer takes, and the answer."""
    began = time.perf_counter()
    answer = client.get(f"/api/matches/{match.public_id}/frames", {"at": at_ms})
    took_ms = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(answer.content.decode())
    return took_ms, answer.content


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
    import django
    from django.core.management import call_command

    django.setup()
    from django.test import Client

    from games.models import Entry, Snapshot

    call_command("migrate", verbosity=0)
    seconds, count = int(sys.argv[1]), int(sys.argv[2])
    match, client, rng = record(seconds), Client(SERVER_NAME="localhost"), random.Random(7)
    seek(client, match, 0)  # the first request of a process loads what all others have
    found = [seek(client, match, rng.randrange(seconds * 1000)) for _ in range(count)]
    sought = Sought(
        ticks=seconds * riders.HZ,
        ms=seconds * 1000,
        entries=Entry.objects.filter(match=match).count(),
        snapshots=Snapshot.objects.filter(match=match).count(),
        took_ms=tuple(took_ms for took_ms, _ in found),
        bytes=tuple(len(answer) for _, answer in found),
    )
    sys.stdout.buffer.write(msgspec.json.encode(sought))


if __name__ == "__main__":
    main()
