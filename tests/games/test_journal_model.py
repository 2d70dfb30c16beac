"""The journal's law under any schedule of faults: acknowledged is stored, once, in order; nobody is wrongly refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.host.entries import Entry, MatchId
from games.journal.endings import Batch, Failed, Log, Refused, Stored
from games.journal.flush import Flusher
from tests.games.worlds import World, lines

Fault = Literal["none", "before", "after", "takeover before", "takeover after"]
DEADLINE_S = 3.0


class Gone(Exception):
    """The connection is gone."""


class Faulty:
    """A real log whose attempts go wrong by schedule. Only a takeover raises epochs."""

    def __init__(self, log: Log, world: World) -> None:
        self.log, self.world = log, world
        self.faults: list[Fault] = []
        self.taken_over = False

    def connect(self) -> None:
        self.log.connect()

    def store(self, batches: Sequence[Batch]) -> Any:
        fault = self.faults.pop(0) if self.faults else "none"
        if fault == "takeover before":
            self._take_over(batches)
        if fault.endswith("before"):
            raise Gone
        stored = self.log.store(batches)
        if fault == "takeover after":
            self._take_over(batches)
        if fault.endswith("after"):
            raise Gone
        return stored

    def standings(self, batches: Sequence[Batch]) -> Any:
        if self.faults and self.faults[0] == "none":
            self.faults.pop(0)
            raise Gone
        return self.log.standings(batches)

    def drop(self) -> None:
        self.log.drop()

    def cut(self) -> None:
        raise AssertionError("no thread here")

    def _take_over(self, batches: Sequence[Batch]) -> None:
        self.taken_over = True
        for batch in batches:
            self.world.sql("UPDATE games_lease SET epoch = epoch + 1 WHERE match_id = %s", batch.match)


class Owner:
    """What a host knows of one match."""

    def __init__(self, world: World) -> None:
        self.match: MatchId = world.match()
        self.epoch = 1
        self.tail: Entry | None = None
        self.stored: list[tuple[int, str]] = []

    def batch(self, count: int, now_s: float) -> Batch:
        return Batch(self.match, self.epoch, now_s, lines(count, self.tail, body=str(self.epoch)))

    def refold(self, world: World) -> None:
        """Take the lease anew, then read the log: as a driver does after any ending but `Stored`."""
        world.sql("UPDATE games_lease SET epoch = epoch + 1 WHERE match_id = %s", self.match)
        self.epoch = world.sql("SELECT epoch FROM games_lease WHERE match_id = %s", self.match)[0][0]
        self.tail = Entry(self.stored[-1][0], "move", None, None, 0, "", self.stored[-1][1]) if self.stored else None


faults = st.lists(st.sampled_from(["none", "before", "after", "takeover before", "takeover after"]), max_size=12)
flush = st.tuples(st.lists(st.integers(0, 4), min_size=3, max_size=3), faults)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(plan=st.lists(flush, min_size=1, max_size=6))
def test_acknowledged_is_stored_once_and_in_order_whatever_fails(
    world: World, plan: list[tuple[list[int], list[Fault]]]
) -> None:
    now_s = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    log = Faulty(world.log(), world)
    flusher = Flusher(log, deadline_s=DEADLINE_S, clock=lambda: now_s, sleep=sleep)
    owners = {owner.match: owner for owner in (Owner(world) for _ in range(3))}
    for counts, schedule in plan:
        log.faults, log.taken_over = list(schedule), False
        began_s = now_s
        batches = [owner.batch(count, now_s) for owner, count in zip(owners.values(), counts, strict=True) if count]
        sent = {batch.match: list(batch.entries) for batch in batches}
        endings = flusher.settle(batches)
        assert sorted(ending.match for ending in endings) == sorted(sent), "each match hears once"
        for ending in endings:
            owner, entries = owners[ending.match], sent[ending.match]
            before, stored = owner.stored, world.log_of(ending.match)
            came = [(entry.n, entry.digest) for entry in entries]
            assert isinstance(ending, Stored | Refused | Failed)
            if isinstance(ending, Stored):
                assert stored == before + came
                owner.tail = entries[-1]
            elif isinstance(ending, Refused):
                assert log.taken_over, "only a takeover refuses"
                assert stored == before, "what is refused is not stored"
            else:
                assert now_s - began_s >= DEADLINE_S - 1, "nobody gives up early: the longest pause is 1 s"
                assert stored in (before, before + came), "all or nothing; only a refold can tell which"
            owner.stored = stored
            if log.taken_over or not isinstance(ending, Stored):
                owner.refold(world)
    log.drop()
    for owner in owners.values():
        assert world.log_of(owner.match) == owner.stored
        assert [n for n, _ in owner.stored] == list(range(1, len(owner.stored) + 1))
