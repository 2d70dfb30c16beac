"""What a process has cost so far, from outside: CPU time of all its threads, resident memory, its children."""

from __future__ import annotations

import os
import time
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def cpu_s(pid: int) -> float:
    """User and system time of all threads, those that have ended too: /proc/<pid>/stat in nanoseconds instead of 10 ms.

    The number is how Linux names the CPU clock of another process (`clock_getcpuclockid`).
    """
    return time.clock_gettime((~pid << 3) | 2)


def rss_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES


def family(pid: int) -> list[int]:
    """A process and its children: PostgreSQL has one for each connection."""
    found = [pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue  # it has just ended
        if parent == pid:
            found.append(int(stat.parent.name))
    return found


class Meter:
    """CPU time of processes, or of families, between two moments. A process that is None takes none."""

    def __init__(self, *pids: int | None, children: bool = False) -> None:
        self._pids, self._children = [pid for pid in pids if pid is not None], children
        self._before: dict[int, float] = {}

    def begin(self) -> None:
        self._before = self._now()

    def spent_s(self) -> float:
        return sum(now - self._before.get(pid, 0.0) for pid, now in self._now().items())

    def _now(self) -> dict[int, float]:
        read = {}
        for pid in [one for head in self._pids for one in (family(head) if self._children else [head])]:
            try:
                read[pid] = cpu_s(pid)
            except OSError:
                continue  # it has just ended
        return read
