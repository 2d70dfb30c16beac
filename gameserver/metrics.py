"""What this process tells Prometheus, and which of its matches cost most.

Read at `/metrics` (`observers.py` says who may). Nothing is kept here: the hot path raises plain integers where they
belong, and they are turned into samples when somebody asks. Called on the event loop, whose numbers they are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from games import delivery, store
from games.counts import Buckets, merged
from games.driver.live import Live

if TYPE_CHECKING:
    from gameserver.process import Process

# Between two looks at the loop. Four a second find every delay that a player could feel, and cost nothing.
LOOK_S = 0.25
# Seconds that the loop came late: 10 ms is a busy moment, 100 ms a stall that players see.
LATE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
# Matches in the list of the costliest: what an operator reads; no match is a label, or each would stay for ever.
COSTLIEST = 20
# How long they are watched for that list.
WATCH_S = 1.0


class Lateness:
    """How late the event loop comes by; every delay of it is felt by every socket."""

    def __init__(self) -> None:
        self.late = Buckets(*LATE_S)
        self._due_s: float | None = None

    async def look(self) -> None:
        """To be called every `LOOK_S`."""
        now_s = asyncio.get_running_loop().time()
        if self._due_s is not None:
            self.late.add(max(0.0, now_s - self._due_s))
        self._due_s = now_s + LOOK_S


class Readings(Collector):
    """The numbers of one process as Prometheus's families."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def collect(self) -> Iterable[Metric]:
        """All families, read now."""
        yield from self._connections()
        yield from self._lobby()
        yield from self._matches()
        yield from self._journal()
        yield from self._time()
        yield from self._ownership()
        yield from self._relaying()

    def _connections(self) -> Iterator[Metric]:
        counts = delivery.counts
        yield _gauge("connections", "Sockets that are open, at matches and in the lobby.", counts.open)
        yield _counter("connections_opened", "Sockets ever opened.", counts.opened)
        closed = {code.name.lower(): number for code, number in counts.closed.items()}
        yield _counters("closes", "Sockets closed by the server, by why.", "why", closed)
        yield _counter("outbox_drops", "Frames dropped for a slow reader, who gets a full view instead.", counts.stale)
        yield _counter("outbox_aborts", "Sockets given up: too much, or too old, was waiting for them.", counts.slow)

    def _lobby(self) -> Iterator[Metric]:
        lobby = self._process.lobby
        yield _gauge("lobby_connections", "Sockets in the lobby; at most two frames a second go to each.", len(lobby))
        yield _counter("lobby_frames", "Frames put to sockets in the lobby.", lobby.frames)
        yield _histogram("lobby_read_seconds", "From asking for the lobby's picture until it came.", lobby.read_s)

    def _matches(self) -> Iterator[Metric]:
        driver = self._process.driver
        lives = tuple(driver.live.values())
        states = Counter((live.match.fold.rules.name, _state(live)) for live in lives)
        matches = GaugeMetricFamily("madang_matches", "Matches in memory here.", labels=("game", "state"))
        for (game, state), number in states.items():
            matches.add_metric((game, state), number)
        yield matches
        tally = driver.tally.with_all(lives)
        yield _counters("moves", "Moves shown to players.", "game", tally.moves)
        busy_s = {game: ns / 1e9 for game, ns in tally.busy_ns.items()}
        yield _counters(
            "match_busy_seconds", "Time of the loop spent on matches: rules, frames, sends.", "game", busy_s
        )
        refused = dict(delivery.counts.refused)
        merged(refused, tally.refused)
        yield _counters(
            "refused", "Inputs and frames refused, by code.", "code", {str(c): n for c, n in refused.items()}
        )
        yield _counter("faults", "Matches called off because their rules failed.", tally.faults)

    def _journal(self) -> Iterator[Metric]:
        journal = self._process.journal
        meter = journal.meter
        yield _histogram("journal_flush_seconds", "From sending a flush until its endings came.", meter.flush_s)
        yield _histogram("journal_flush_rows", "Entries in one flush.", meter.flush_rows)
        yield _counters("journal_entries", "Entries stored.", "kind", meter.stored)
        yield _counters("journal_failures", "Matches whose entries were not stored.", "ending", meter.endings)
        yield _gauge("journal_waiting_bytes", "What is in memory and not stored yet.", journal.waiting_bytes)

    def _time(self) -> Iterator[Metric]:
        ticker = self._process.driver.ticker
        yield _histogram("tick_lateness_seconds", "How late ticks were done.", ticker.late)
        yield _counter("ticks_skipped", "Ticks let go: this process could not keep up.", ticker.skipped)
        yield _histogram("loop_lateness_seconds", "How late the event loop came by.", self._process.lateness.late)

    def _relaying(self) -> Iterator[Metric]:
        relaying = self._process.relaying
        if relaying is None:
            return
        counts = relaying.counts
        yield _gauge("redis_up", "1 while the layer between processes works.", relaying.up)
        yield _gauge("relayed_connections", "Sockets here whose match another process has.", relaying.relayed)
        yield _gauge("relayed_matches", "Matches of other processes with sockets here.", relaying.matches)
        yield _gauge("remote_connections", "Sockets of other processes at matches of this one.", relaying.remote)
        yield _counter("relay_forwarded", "Inputs sent on to the owner of their match.", counts.forwarded)
        yield _counter("relay_unanswered", "Of these, without a receipt in time: told to try again.", counts.unanswered)
        yield _counter("relay_published", "Packets given to the layer.", counts.published)
        yield _counter("relay_failed", "Packets that the layer did not take in time.", counts.failed)
        yield _counter("relay_dropped", "Frames and inputs dropped before the layer: too many waited.", counts.dropped)
        yield _counter("relay_gaps", "Gaps found in what other processes sent.", counts.gaps)
        yield _counter("resyncs", "Full views asked of an owner after a gap.", counts.resyncs)
        yield _counter("relay_foreign", "Packets of a release that this one cannot read.", counts.foreign_wire)

    def _ownership(self) -> Iterator[Metric]:
        process, pulse = self._process, self._process.pulse
        yield _counter("heartbeats", "Heartbeats that reached the database.", pulse.beats)
        yield _counter("heartbeats_missed", "Heartbeats that failed.", pulse.missed)
        yield _counter("pauses", "Times this host stood still, unsure whether it still owns its matches.", pulse.pauses)
        yield _gauge("paused", "1 while it stands still.", pulse.lapsed)
        driver = process.driver
        yield _gauge("draining", "1 while it gives its matches away.", driver.draining)
        yield _counter("takeovers", "Matches taken from hosts that are gone.", store.takeovers.count)
        yield _counter("handovers", "Matches given to the process through which their players came.", driver.given)
        yield _counter("brought_back", "Matches loaded since their time ran and nobody had them.", driver.brought_back)
        yield _counter("rated", "Rated matches that this process has reckoned.", driver.rated.count)
        yield _counter("slow_steps", "Steps of rules that took more than 250 ms.", process.watchdog.slow_steps)


CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""Of the one form that every reader takes; what they ask for is not looked at."""


def page(process: Process) -> bytes:
    """All samples of this process."""
    registry = CollectorRegistry()
    registry.register(Readings(process))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    return generate_latest(registry)


async def costliest(process: Process) -> list[dict[str, Any]]:
    """The matches that cost the loop most during the second in which they are watched."""
    before = {id(live): live.busy_ns for live in process.driver.live.values()}
    await asyncio.sleep(WATCH_S)
    spent = [(live.busy_ns - before.get(id(live), live.busy_ns), live) for live in process.driver.live.values()]
    spent.sort(key=lambda one: one[0], reverse=True)
    return [_cost(ns, live) for ns, live in spent[:COSTLIEST]]


def _cost(ns: int, live: Live) -> dict[str, Any]:
    match = live.match
    return {
        "match": match.header.facts.public_id,
        "game": match.fold.rules.name,
        "state": _state(live),
        "busy_ms": round(ns / 1e6, 3),
        "busy_ms_since_loaded": round(live.busy_ns / 1e6, 1),
        "moves_since_loaded": match.moves,
        "connections": len(match.audience.everyone()),
        "epoch": match.header.facts.epoch,
    }


def _state(live: Live) -> str:
    if live.held:
        return "held"  # what it has is uncertain, or on its way to another host
    fold = live.match.shown
    return "over" if fold.over else "paused" if fold.paused_by is not None else str(fold.status)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"madang_{name}", what, value=value)


def _counter(name: str, what: str, value: float) -> Metric:
    return CounterMetricFamily(f"madang_{name}", what, value=value)


def _counters(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"madang_{name}", what, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _histogram(name: str, what: str, buckets: Buckets) -> Metric:
    upto, cumulated = 0, []
    for bound, number in zip((*map(str, buckets.bounds), "+Inf"), buckets.counts, strict=True):
        upto += number
        cumulated.append((bound, upto))
    return HistogramMetricFamily(f"madang_{name}", what, buckets=cumulated, sum_value=buckets.sum)
