"""Rows about the machine: a full disk, a wrong clock, a cut network. Each says what it needs where that lacks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg

from tests.faults.faults import LEASE_S
from tests.faults.figures import Figure, some
from tests.faults.fleet import Fleet, fleet
from tests.faults.owners import SURE_S, again_s, playing
from tests.servers import ROOT, Unavailable, temporary_folder
from tests.soak.history import percentile

RECOVERED_S = 10.0
# With 16 MiB a segment of its WAL and its own tables of some 40 MiB, PostgreSQL has a few segments before it is full.
DISK_MIB = 160
# Set in the process that runs in a network of its own.
INSIDE = "MADANG_FAULTS_INSIDE"


@contextlib.contextmanager
def small_disk(mib: int) -> Iterator[Path]:
    with temporary_folder("disk") as folder:
        folder.chmod(0o755)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            raise Unavailable("no small disk: mounting a tmpfs needs root, and a machine that allows it")
        try:
            (folder / "cluster").mkdir()
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


def _fill(made: Fleet, until_s: float) -> int:
    """Someone else's table grows until nothing fits any more, and goes on trying; how often it was refused."""
    refused = 0
    while time.monotonic() < until_s:
        try:
            with psycopg.connect(made.postgres.url, autocommit=True, connect_timeout=2) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS filler (stuff text)")
                connection.execute("ALTER TABLE filler ALTER stuff SET STORAGE EXTERNAL")
                while time.monotonic() < until_s:
                    connection.execute("INSERT INTO filler SELECT repeat('x', 1000000) FROM generate_series(1, 8)")
        except psycopg.Error:
            refused += 1
            time.sleep(0.2)
    return refused


async def disk() -> Figure:
    """The disk under PostgreSQL is full for ten seconds: it refuses, or falls, and then there is room again."""
    breaches = list[str]()
    with small_disk(DISK_MIB) as folder, fleet(2, disk=folder / "cluster") as made:
        async with playing(made, breaches, matches=30, pace_s=1.5) as field:
            ballast = folder / "ballast"
            refused = await asyncio.to_thread(_fill_up, made, ballast)
            ballast.unlink()
            await asyncio.to_thread(made.postgres.revive)
            healed = time.monotonic()
            await asyncio.to_thread(_drop_filler, made)
            again = await again_s(field, {played.public_id for played in field.played}, healed)
    return Figure(
        f"disk full under PostgreSQL for 10 s ({len(again)} live matches)",
        f"0 lost, moves again < {RECOVERED_S:.0f} s",
        f"{refused} times refused, moves again p95 {percentile(again, 0.95):.1f} s, most {max(again, default=0):.1f} s",
        refused > 0 and max(again, default=99) < RECOVERED_S,
        some(breaches),
    )


def _fill_up(made: Fleet, ballast: Path) -> int:
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
    return _fill(made, time.monotonic() + 10)


def _drop_filler(made: Fleet) -> None:
    with psycopg.connect(made.postgres.url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS filler")


def faketime_library() -> Path:
    for folder in (Path("/usr/lib"), Path("/usr/local/lib")):
        for found in sorted(folder.glob("**/libfaketimeMT.so.1")):
            return found
    raise Unavailable("no libfaketime (Debian and Ubuntu: apt install faketime)")


async def clock(offset: str = "+1h") -> Figure:
    """One of two processes believes in another hour; then the other one dies, and it takes everything over."""
    breaches = list[str]()
    wrong = {"LD_PRELOAD": str(faketime_library()), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    with fleet(2, environs={1: wrong}) as made:
        await asyncio.sleep(SURE_S)
        async with playing(made, breaches, matches=30, pace_s=1.0, scattered=True) as field:
            await asyncio.sleep(5)
            moved = field.history.closes()
            ids = set(await asyncio.to_thread(made.witness.owners))
            made.kill(0)
            again = await again_s(field, ids, time.monotonic())
            await asyncio.to_thread(made.start, 0)
    p95 = percentile(again, 0.95)
    return Figure(
        f"the clock of one of two processes is off by {offset}",
        f"0 lost, nobody called dead early, a takeover by it as fast as any (p95 < {LEASE_S + 2:.0f} s)",
        f"{len(moved)} closes in peace, takeover p95 {p95:.1f} s",
        p95 < LEASE_S + 2,
        some(breaches),
    )


async def network(out_s: float = 10.0) -> Figure:
    """Packets between one process and PostgreSQL are dropped for longer than its lease; in a network of its own."""
    if not os.environ.get(INSIDE):
        return await asyncio.to_thread(_inside_own_network)
    breaches = list[str]()
    with fleet(2, listen="127.0.0.1,127.0.0.2", apart=True) as made:
        await asyncio.sleep(SURE_S)
        async with playing(made, breaches, matches=30, pace_s=1.0, scattered=True) as field:
            ids = await asyncio.to_thread(lambda: set(made.witness.owners()))
            cut = ["-p", "tcp", "-d", "127.0.0.2", "--dport", str(made.postgres.port), "-j", "DROP"]
            back = ["-p", "tcp", "-s", "127.0.0.2", "--sport", str(made.postgres.port), "-j", "DROP"]
            began = time.monotonic()
            for rule in (cut, back):
                await asyncio.to_thread(_iptables, "-A", "OUTPUT", *rule)
            await asyncio.sleep(out_s)
            await asyncio.to_thread(_iptables, "-F", "OUTPUT")
            again = await again_s(field, ids, began)
    p95 = percentile(again, 0.95)
    return Figure(
        f"packets between one process and PostgreSQL dropped for {out_s:.0f} s",
        "0 lost, 0 appends by an old epoch; the other process takes over",
        f"moves again p50 {percentile(again, 0.5):.1f} s, p95 {p95:.1f} s after the cut",
        p95 < out_s + RECOVERED_S,
        some(breaches),
    )


def _iptables(*arguments: str) -> None:
    subprocess.run(["iptables", *arguments], check=True, capture_output=True)


def _inside_own_network() -> Figure:
    """The same row once more where nobody else's packets are; its figure comes back as its last line."""
    script = 'ip link set lo up && exec "$0" -m tests.faults --inside network'
    command = ["unshare", "--net", "sh", "-c", script, sys.executable]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, INSIDE: "1"}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Unavailable(f"no network of its own: {(done.stderr or done.stdout).strip()[-400:]}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Figure)
