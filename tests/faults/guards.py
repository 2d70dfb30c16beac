"""`python -m tests.faults.guards`: takes each guard away in a copy of the tree and expects its test to go red.

A guard is a line or two of the product; the working tree is never touched. First all named tests must be green as the
tree stands. Exit code 1 where a test stays green without its guard, or where the guard is not found any more.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.servers import ROOT

# One test of one guard; starting PostgreSQL takes most of it.
PATIENCE_S = 180
FAILED = 1  # pytest: tests ran, and some failed; other codes mean that they could not even run
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv*", ".tools", "var", "dist", "build", "node_modules", "__pycache__", "*_cache", ".hypothesis")
)


class Guard(NamedTuple):
    """`without` stands where `line` stood, which must occur exactly once in `file`."""

    name: str
    file: str
    line: str
    without: str
    test: str


GUARDS = (
    Guard(
        "idempotency by c",
        "games/host/match.py",
        '            return self._again(connection, seat, c, "move", text(message.m))\n',
        "",
        "tests/host/test_match.py::test_the_same_input_again_gets_the_same_ack_and_another_with_its_number_is_refused",
    ),
    Guard(
        "no gap of c",
        "games/host/match.py",
        "            if c > last:\n                return self.reject(connection, c, Code.C_GAP)\n",
        "",
        "tests/host/test_numbering.py",
    ),
    Guard(
        "fence: the epoch of the lease",
        "games/journal/postgres.py",
        " AND lease.epoch = w.epoch",
        "",
        "tests/games/test_journal_core.py::test_a_stale_epoch_is_refused_and_stores_nothing",
    ),
    Guard(
        "fence: the lease is locked",
        "games/journal/postgres.py",
        " FOR SHARE OF lease SKIP LOCKED",
        "",
        "tests/games/test_journal_postgres.py::test_a_takeover_waits_for_an_append_under_way",
    ),
    Guard(
        "fence on SQLite",
        "games/journal/sqlite.py",
        "WHERE lease.epoch = json_extract(w.value, '$[1]')",
        "WHERE true",
        "tests/games/test_journal_core.py::test_a_stale_epoch_is_refused_and_stores_nothing",
    ),
    Guard(
        "stored before acknowledged and shown",
        "games/host/match.py",
        '        return self.tail.append("move", seat, message.c, body, now_ms=now_ms, move=message.m, '
        "forgiven_ms=forgiven_ms)\n",
        '        effects = self.tail.append("move", seat, message.c, body, now_ms=now_ms, move=message.m)\n'
        "        return effects + self.stored(self.fold.n, now_ms, 0)\n",
        "tests/host/test_match.py::test_nothing_is_shown_or_acknowledged_before_it_is_stored",
    ),
    Guard(
        "bound of the outbox",
        "games/pending.py",
        "return self._bytes > PENDING_BYTES or self._events > PENDING_EVENTS",
        "return False",
        "tests/games/test_delivery.py::test_the_last_event_that_may_wait_and_the_first_that_may_not",
    ),
    Guard(
        "epoch: who comes back",
        "games/host/audience.py",
        "hello.v is None or hello.e != self.facts.epoch or (",
        "hello.v is None or (",
        "tests/host/test_match.py::test_coming_back_gets_what_was_missed_or_the_whole_and_never_a_gap",
    ),
    Guard(
        "epoch: through a relay",
        "games/relay/relays.py",
        "if epoch < self.epoch:",
        "if False:",
        "tests/relay/test_loss.py::test_a_frame_of_a_lower_epoch_is_not_shown",
    ),
    Guard(
        "origin of a handshake",
        "games/origins.py",
        'len(found) == 1 and found[0].decode("latin-1") in ours',
        "len(found) == 1",
        "tests/games/test_origins.py",
    ),
    Guard(
        "gap detection: one process's stream",
        "games/relay/hearing.py",
        "        if missing is not None:\n",
        "        if False:\n",
        "tests/relay/test_loss.py::test_a_lost_frame_is_made_up_for_by_a_full_view",
    ),
    Guard(
        "gap detection: a match's stream",
        "games/relay/hearing.py",
        "        if relay.stream.missing(packet.s) is not None:\n",
        "        if relay.stream.missing(packet.s) is not None and False:\n",
        "tests/relay/test_loss.py::test_a_lost_frame_of_the_matchs_own_stream_is_made_up_for",
    ),
    Guard(
        "three heartbeats before a takeover",
        "games/driver/pulse.py",
        "return row is not None and self._sent_s - row >= TTL_S and not self.lapsed",
        "return not self.lapsed",
        "tests/games/test_pulse.py::test_a_beat_that_failed_begins_the_row_anew",
    ),
    Guard(
        "pause without renewal",
        "games/driver/pulse.py",
        "return now_s - self.renewed_s > PAUSE_S",
        "return False",
        "tests/games/test_ownership_driver.py::"
        "test_past_four_seconds_without_renewal_nothing_is_accepted_and_nobody_new_is_shown_anything",
    ),
)


class Tested(NamedTuple):
    """pytest's exit code, and its last words."""

    code: int
    words: str


def tested(tree: Path, *tests: str) -> Tested:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests]
    try:
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return Tested(-1, f"no end within {PATIENCE_S} s")
    return Tested(done.returncode, (done.stdout or done.stderr).strip()[-1500:])


def without(tree: Path, guard: Guard) -> Tested | str:
    """The test's end where the guard is gone; a sentence where it could not be taken away. The copy is whole again."""
    file = tree / guard.file
    whole = file.read_text()
    if whole.count(guard.line) != 1:
        return f"{guard.file} does not hold this guard once any more: name its new line in tests/faults/guards.py"
    file.write_text(whole.replace(guard.line, guard.without))
    try:
        return tested(tree, guard.test)
    finally:
        file.write_text(whole)


def verdict(end: Tested | str) -> str:
    if isinstance(end, str):
        return end
    if end.code == FAILED and " failed" in end.words:
        return "red"
    return "**stays green**" if end.code == 0 else f"**could not run**: {end.words}"


def main() -> int:
    chosen = [guard for guard in GUARDS if not sys.argv[1:] or any(word in guard.name for word in sys.argv[1:])]
    with tempfile.TemporaryDirectory(prefix="madang-guards-") as folder:
        tree = Path(shutil.copytree(ROOT, Path(folder) / "tree", ignore=LEFT_OUT))
        green = tested(tree, *dict.fromkeys(guard.test for guard in chosen))
        if green.code != 0:
            print(f"With all guards in place these tests are not green:\n{green.words}")
            return 1
        print("| guard taken away | its test | |\n|---|---|---|")
        ends = []
        for guard in chosen:
            ends.append(verdict(without(tree, guard)))
            print(f"| {guard.name} (`{guard.file}`) | `{guard.test}` | {ends[-1]} |", flush=True)
    return int(any(end != "red" for end in ends))


if __name__ == "__main__":
    sys.exit(main())
