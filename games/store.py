"""Matches out of the database and their leases: plain functions over the ORM, for the driver's own database threads.

Owns `Host`, `Lease`, `Snapshot` and the answers of `Command`. Entries are written by the journal alone; all times here
are the database's, so that hosts need not agree on the hour. Never called on the event loop.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Now

from games.host.entries import FOLD, Entry, MatchId
from games.host.recovery import Loaded
from games.models import Command, Host, Lease, Match, Seat, Snapshot
from games.models import Entry as EntryRow
from games.rules.catalog import UnknownGame, edition_of
from players.ids import new_id

# Three beats of 2 s: two may be lost before others may think a host dead.
TTL = timedelta(seconds=6)

# Leases in one statement: each is two values and two conditions, and an update of 100 rows takes a millisecond.
_AT_ONCE = 100


# A match whose step has hung two processes is kept from the third: one may have been the machine's fault.
QUARANTINE = 2


class Elsewhere(msgspec.Struct, frozen=True):
    """Another living host has the match, or one that may not be called dead yet."""

    host: str


class QuarantinedError(Exception):
    """The match has hung `QUARANTINE` processes: nobody takes it until an admin lets it go on."""


class Takeovers:
    """How many matches this process has taken from hosts that are gone; for operators. Raised on many threads."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def one_more(self) -> None:
        """Another one, once it is committed."""
        with self._lock:
            self.count += 1


takeovers = Takeovers()


class Wisher(msgspec.Struct, frozen=True):
    """The player who wishes. `id`: primary key."""

    id: int
    public_id: str
    name: str


class Wish(msgspec.Struct, frozen=True):
    """An open `Command`."""

    id: int
    kind: str
    by: Wisher | None
    body: dict[str, Any]


# ── hosts ───────────────────────────────────────────────────────────────────────────────────────────────


def host_register(name: str) -> str:
    """A new incarnation, alive from now on; its id."""
    host = new_id()
    Host.objects.create(id=host, name=name, started_at=Now(), beat_at=Now())
    return host


def host_beat(host: str) -> bool:
    """Stay alive for another TTL; False where this incarnation was declared stopped, or is unknown."""
    return Host.objects.filter(id=host, stopped_at=None).update(beat_at=Now()) == 1


def host_stop(host: str) -> None:
    """Others need not wait for the TTL: its matches are free."""
    Host.objects.filter(id=host, stopped_at=None).update(stopped_at=Now())


def hosts_bury(host: str) -> None:
    """Every host but `host` is dead. For SQLite, where the holder of the server lock knows that it is alone."""
    Host.objects.filter(stopped_at=None).exclude(id=host).update(stopped_at=Now())


# ── leases ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def lease_take(match: MatchId, host: str, *, may_expire: bool) -> int | Elsewhere | None:
    """Own `match` under a new epoch; or who owns it; None where there is no such match, or `host` itself is stopped.

    `may_expire`: a host that let its TTL pass counts as dead, though nobody said that it stopped; only for who is sure
    that not the database was away (`Pulse.may_expire`). Raises, before anything is changed, UnknownGame where this
    process cannot read the match, and QuarantinedError.

    Also for the owner, to begin anew: after the commit no statement of the epoch before stores anything more, wherever
    it may still be on its way. So read the log after this, not before.
    """
    seen = _seen(match)
    if seen is None:
        return None
    owner, epoch = seen
    # Locked, both cannot change until we are done: a beat that comes now waits and finds the lease gone.
    hosts = Host.objects.select_for_update(no_key=True).filter(id__in={host, owner or host}).order_by("id")
    fresh = Q(id=host) | Q(beat_at__gt=Now() - TTL)
    alive = Q(stopped_at=None) & fresh if may_expire else Q(stopped_at=None)
    living = [found.id for found in hosts.annotate(alive=alive) if found.alive]
    if host not in living:
        return None
    if owner is not None and owner != host and owner in living:
        return Elsewhere(owner)
    raised = Lease.objects.filter(match_id=match, epoch=epoch).update(host_id=host, epoch=F("epoch") + 1)
    if raised and owner not in (None, host):
        transaction.on_commit(takeovers.one_more)
    # From now on its owner knows when something is due. Mostly there is no such row, and nothing is locked.
    Match.objects.filter(pk=match, due_at__isnull=False).update(due_at=None)
    return epoch + 1 if raised else _now_elsewhere(match, host)


def _seen(match: MatchId) -> tuple[str | None, int] | None:
    """Owner and epoch of a match that this process can read and that has hung nobody."""
    known = Lease.objects.filter(match_id=match)
    found = known.values_list("host_id", "epoch", "suspect", "match__game", "match__edition", "match__fold").first()
    if found is None:
        return None
    owner, epoch, suspect, game, edition, fold = found
    if suspect >= QUARANTINE:
        raise QuarantinedError(f"match {match} has hung {suspect} processes")
    if fold != FOLD:
        raise UnknownGame(f"This process folds by edition {FOLD}; the match was begun by edition {fold}.")
    edition_of(game, edition)
    return owner, epoch


def _now_elsewhere(match: MatchId, host: str) -> Elsewhere | None:
    """Who was quicker than `host`."""
    owner = Lease.objects.filter(match_id=match).values_list("host_id", flat=True).first()
    return None if owner in (None, host) else Elsewhere(owner)


@transaction.atomic
def lease_give(match: MatchId, host: str, epoch: int, to_host: str) -> bool:
    """Hand a lease that `host` holds under `epoch` to another living host, under the next one; whether that was so.

    Only after everything appended has had its ending: what comes later is refused.
    """
    living = Host.objects.select_for_update(no_key=True).filter(id=to_host, stopped_at=None, beat_at__gt=Now() - TTL)
    if not living.exists():
        return False
    ours = Lease.objects.filter(match_id=match, host_id=host, epoch=epoch)
    return ours.update(host_id=to_host, epoch=F("epoch") + 1) == 1


def leases_of(host: str) -> dict[MatchId, int]:
    """Epochs of all leases that `host` holds, by match."""
    return {MatchId(match): epoch for match, epoch in Lease.objects.filter(host_id=host).values_list("match", "epoch")}


@transaction.atomic
def match_suspect(match: MatchId, host: str) -> None:
    """A step of `match` has hung `host`, which ends: it is noted, and what the host held is free at once."""
    Lease.objects.filter(match_id=match, host_id=host).update(suspect=F("suspect") + 1)
    host_stop(host)


def matches_trust(matches: Collection[MatchId]) -> None:
    """An admin has seen to them: they may be taken again."""
    Lease.objects.filter(match_id__in=matches).update(suspect=0)


def leases_release(host: str, held: Mapping[MatchId, int | None]) -> None:
    """Nobody's, so that the next one need not wait. Only after everything appended has had its ending.

    `held`: under which epoch, so that a match which has come back meanwhile stays; None: whichever.
    """
    listed = list(held.items())
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        which = [Q(match_id=match) if epoch is None else Q(match_id=match, epoch=epoch) for match, epoch in part]
        Lease.objects.filter(reduce(or_, which), host_id=host).update(host_id=None)


# ── matches ─────────────────────────────────────────────────────────────────────────────────────────────


def match_pk(public_id: str) -> MatchId | None:
    """The primary key of a public id."""
    pk = Match.objects.filter(public_id=public_id).values_list("pk", flat=True).first()
    return None if pk is None else MatchId(pk)


def match_load(match: MatchId, *, by_ms: int | None = None, whole: bool = False) -> Loaded:
    """Header, newest snapshot that lies on the stored log, and the entries after it. Raises `Match.DoesNotExist`.

    `by_ms`: the newest snapshot before that charged time instead; `whole`: no snapshot, but all entries.
    """
    row = Match.objects.get(pk=match)
    after, snapshot = (0, None) if whole else _snapshot(match, by_ms)
    entries = EntryRow.objects.filter(match_id=match, n__gt=after).order_by("n")
    lines = entries.values_list("n", "kind", "seat", "c", "ms", "body", "digest")
    seats = Seat.objects.filter(match_id=match, player__isnull=False)
    return Loaded(
        id=match,
        public_id=row.public_id,
        game=row.game,
        edition=row.edition,
        fold=row.fold,
        options=row.options,
        seats=row.seats,
        listed=row.listed,
        seed=bytes.fromhex(row.seed),
        seed_hash=row.seed_hash,
        players=dict(seats.values_list("player__public_id", "player_id")),
        snapshot=snapshot,
        entries=tuple(Entry(*line) for line in lines),  # type: ignore[arg-type]  # the column admits known kinds only
        clock=row.clock,
        gap_ms=0 if row.clock is None else _gap_ms(match),
    )


def _gap_ms(match: MatchId) -> int:
    """How long ago the last entry was stored; 0 without any."""
    age = ExpressionWrapper(Now() - F("at"), output_field=DurationField())
    found = EntryRow.objects.filter(match_id=match).order_by("-n").annotate(age=age).values_list("age", flat=True)
    last = found.first()
    return 0 if last is None else max(0, last // timedelta(milliseconds=1))


def _snapshot(match: MatchId, by_ms: int | None) -> tuple[int, bytes | None]:
    """Its n and bytes. A snapshot of something that is not in the log is passed over: it is only a cache."""
    stored = EntryRow.objects.filter(match_id=match, n=OuterRef("n")).values("digest")
    kept = Snapshot.objects.filter(match_id=match, digest=Subquery(stored))
    if by_ms is not None:
        before = EntryRow.objects.filter(match_id=match, ms__lte=by_ms).order_by("-n").values("n")[:1]
        kept = kept.filter(n__lte=Subquery(before))
    found = kept.order_by("-n").first()
    return (0, None) if found is None else (found.n, bytes(found.state))


def snapshot_save(match: MatchId, n: int, state: bytes, digest: str) -> None:
    """Keep the fold after entry `n`, which must be stored. The second of the same `n` does nothing."""
    Snapshot.objects.bulk_create([Snapshot(match_id=match, n=n, state=state, digest=digest)], ignore_conflicts=True)


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────


def commands_open(match: MatchId) -> list[Wish]:
    """Wishes for `match` without an answer, oldest first."""
    rows = Command.objects.filter(match_id=match, done_at=None).select_related("by").order_by("id")
    return [Wish(row.pk, row.kind, _wisher(row), row.body) for row in rows]


def matches_with_commands(matches: Collection[MatchId]) -> list[MatchId]:
    """Those of `matches` for which a wish is open. Open wishes are few, matches may be many."""
    waiting = Command.objects.filter(done_at=None).values_list("match_id", flat=True).distinct()
    return sorted({MatchId(match) for match in waiting}.intersection(matches))


def command_answer(command: int, answer: dict[str, Any]) -> None:
    """Close a wish. The first answer stays."""
    Command.objects.filter(pk=command, done_at=None).update(answer=answer, done_at=Now())


def _wisher(row: Command) -> Wisher | None:
    return None if row.by is None else Wisher(row.by.pk, row.by.public_id, row.by.name)
