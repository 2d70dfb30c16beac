"""How soon a match that nobody had in memory is there again: `python -m bench return`.

Matches of each game are in the database before the server starts. Then somebody comes to each, one after the other:
what is measured is from the first message, `hello`, to the `welcome`, on a socket that is open. `python -m
bench.returning COUNT` writes so many of each kind and prints where they are.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from bench.meters import cpu_s
from bench.targets import ROOT, Cores, on_core
from bench.wire import Socket, frame, handshake
from tests import servers

if TYPE_CHECKING:
    from games.models import Match

FULL: Final = 50
QUICK: Final = 5
# Moves of the games by turns, as far as a match lasts; the longest of them are fleets that shoot at random.
MOVES: Final = (("connect-four", 40), ("tic-tac-toe", 40), ("rock-paper-scissors", 40), ("battleship", 400))
# Seconds of two riders: 40, 400 and 4,000 entries, of which the last is as long as such a match can be.
RIDES_S: Final = (16, 160, 1600)
# A match that needs longer does not come.
PATIENCE_S: Final = 10.0


class Absent(msgspec.Struct, frozen=True):
    """A match in the database: what it is, and the path of its socket."""

    kind: str
    path: str


class Took(NamedTuple):
    """Milliseconds from hello to welcome, of each; and of the server's CPU for one connection and its match."""

    times_ms: list[float]
    cpu_ms: float


def run(count: int, cores: Cores) -> None:
    """Measure on both databases, and print the tables."""
    for name in ("SQLite", "PostgreSQL"):
        with contextlib.ExitStack() as stack:
            environ = {}
            if name == "PostgreSQL":
                with on_core(cores.others):
                    environ["DATABASE_URL"] = stack.enter_context(servers.postgres(durable=True))
            server = servers.MadangServer(stack.enter_context(servers.temporary_folder("returning")), environ)
            absent = _prepared(server, count)
            with on_core(cores.server):
                server.start()
            stack.callback(server.close)
            with on_core(cores.others):
                took = asyncio.run(_come(server, absent))
        _print(name, took)


def _prepared(server: servers.MadangServer, count: int) -> list[Absent]:
    command = [sys.executable, "-m", "bench.returning", str(count)]
    done = subprocess.run(command, cwd=ROOT, env=server.environ, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=list[Absent])


async def _come(server: servers.MadangServer, absent: Sequence[Absent]) -> dict[str, Took]:
    """By kind. The first of each loads what the others have, too, and does not count."""
    found = {}
    for kind in dict.fromkeys(one.kind for one in absent):
        first, *others = (one.path for one in absent if one.kind == kind)
        await _welcomed_ms(server.port, first)
        before_s = cpu_s(server.pid)
        times = [await _welcomed_ms(server.port, path) for path in others]
        found[kind] = Took(times, (cpu_s(server.pid) - before_s) * 1000 / len(others))
    return found


async def _welcomed_ms(port: int, path: str) -> float:
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[bytes] = loop.create_future()

    def first(said: bytes) -> None:
        if not heard.done():
            heard.set_result(said)

    _, socket = await loop.create_connection(
        lambda: Socket(handshake(path, port), first, lambda why: None), "127.0.0.1", port
    )
    await socket.opened
    began = time.perf_counter()
    socket.send(frame(b'{"type":"hello"}'))
    said = await asyncio.wait_for(heard, PATIENCE_S)
    took_ms = (time.perf_counter() - began) * 1000
    socket.end()
    if not said.startswith(b'{"type":"welcome"'):
        raise SystemExit(f"{path} was answered by {said[:200].decode(errors='replace')}")
    return took_ms


def _print(name: str, took: dict[str, Took]) -> None:
    print(f"\nfrom hello to welcome of a match that was not in memory, {name}\n")
    print("| match | times | p50 ms | p99 ms | CPU ms, with the connection |\n|---|---|---|---|---|")
    for kind, (times_ms, each_cpu_ms) in took.items():
        p99_ms = quantiles(times_ms, n=100, method="inclusive")[98]
        print(f"| {kind} | {len(times_ms)} | {median(times_ms):.1f} | {p99_ms:.1f} | {each_cpu_ms:.1f} |", flush=True)


# ── the matches ─────────────────────────────────────────────────────────────────────────────────────────────


def matches(count: int) -> list[Absent]:
    """`count` and one more of each kind: one is played, the others have the same log."""
    from bench.seek import record

    found = []
    for match in [*(played(game, moves) for game, moves in MOVES), *(record(seconds) for seconds in RIDES_S)]:
        kind = f"{match.game}, {match.entries.count()} entries"
        found += [Absent(kind, f"/ws/match/{copied(match)}") for _ in range(count + 1)]
    return found


def played(game: str, most: int) -> Match:
    """A match that practice opponents would have played so far; not to its end."""
    from django.db import connection, transaction

    from bench.prepare import new_match
    from bench.seek import insert, tail_of
    from games.host import bots
    from games.host.effects import Append
    from games.host.entries import text
    from games.journal import records
    from games.models import Match
    from games.rules.catalog import newest
    from players.ids import new_id
    from players.services import guest_create

    with transaction.atomic(), connection.cursor() as cursor:
        players = [guest_create(language="en") for _ in range(2)]
        pk = records.new_match(cursor, new_match(new_id(), players, newest(game), {}))
        tail, rows = tail_of(pk), list[Append]()
        while tail.fold.n < most:
            seat = next(one for one in tail.fold.turns if one not in tail.fold.pool)
            move, c = bots.choose(tail.fold, seat), tail.fold.cs[seat] + 1
            appended = tail.append("move", seat, c, text(move), now_ms=0, move=move)
            if tail.fold.outcome is not None:
                break
            rows += [one for one in appended if isinstance(one, Append)]
        insert(pk, rows)
    return Match.objects.get(pk=pk)


def copied(match: Match) -> str:
    """The public id of another match with the same log: its chain hangs on no id. Nobody must have it before tomorrow,
    so that the server leaves it to whoever comes."""
    from django.utils import timezone

    from games.models import Entry, Lease, Match, Seat, Snapshot
    from players.ids import new_id

    twin = Match.objects.get(pk=match.pk)
    twin.pk, twin.public_id, twin.due_at = None, new_id(), timezone.now() + timedelta(days=1)
    twin.save(force_insert=True)
    Lease.objects.create(match=twin, host=None, epoch=0)
    for model in (Seat, Snapshot, Entry):
        rows = list(model.objects.filter(match_id=match.pk))
        for row in rows:
            row.pk, row.match_id = None, twin.pk
        model.objects.bulk_create(rows, 500)
    return twin.public_id


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    sys.stdout.buffer.write(msgspec.json.encode(matches(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
