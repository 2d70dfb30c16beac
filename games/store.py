"""Who owns which match, and what the owner writes beside the log: functions over the ORM, for the driver's threads.

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
from django.db.models import F, Q
from django.db.models.functions import Now

from games.host.entries import FOLD, MatchId
from games.models import Command, Host, Lease, Match, Snapshot
from games.rules.catalog import UnknownGame, edition_of
from players.ids import new_id
from players.ratings.selectors import Shown, ratings_of

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


Taken = int | Elsewhere | UnknownGame | QuarantinedError | None
"""The new epoch, or why there is none."""


class Takeovers:
    """How many matches this process has taken from hosts that are gone; for operators. Raised on many threads."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def add(self, more: int) -> None:
        """These are committed."""
        with self._lock:
            self.count += more


takeovers = Takeovers()


class Wisher(msgspec.Struct, frozen=True):
    """The player who wishes. `id`: primary key; `rating`: in the match's pool, None where it is not rated."""

    id: int
    public_id: str
    name: str
    rating: Shown | None = None


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


def unix_ms(host: str) -> int | None:
    """The database's clock; None where it does not know `host`."""
    now = Host.objects.filter(id=host).values_list(Now(), flat=True).first()
    return None if now is None else round(now.timestamp() * 1000)


def host_stop(host: str) -> None:
    """Others need not wait for the TTL: its matches are free."""
    Host.objects.filter(id=host, stopped_at=None).update(stopped_at=Now())


def hosts_bury(host: str) -> None:
    """Every host but `host` is dead. For SQLite, where the holder of the server lock knows that it is alone."""
    Host.objects.filter(stopped_at=None).exclude(id=host).update(stopped_at=Now())


# ── leases ──────────────────────────────────────────────────────────────────────────────────────────────


def lease_take(match: MatchId, host: str, *, may_expire: bool) -> int | Elsewhere | None:
    """`leases_take` for one match, raising what stands in its way."""
    taken = leases_take([match], host, may_expire=may_expire)[match]
    if isinstance(taken, Exception):
        raise taken
    return taken


@transaction.atomic
def leases_take(matches: Collection[MatchId], host: str, *, may_expire: bool) -> dict[MatchId, Taken]:
    """Own matches under a new epoch each; or who owns one; None where there is no such match, or `host` is stopped.

    UnknownGame stands for a match that this process cannot read, QuarantinedError for one that hangs: nothing of it is
    changed. `may_expire`: a host that let its TTL pass counts as dead, though nobody said that it stopped; only for who
    is sure that not the database was away (`Pulse.may_expire`).

    Also for the owner, to begin anew: after the commit no statement of the epoch before stores anything more, wherever
    it may still be on its way. So read the log after this, not before.
    """
    seen = _seen(matches)
    owners = {match: found[0] for match, found in seen.items() if isinstance(found, tuple)}
    due = {match for match, found in seen.items() if isinstance(found, tuple) and found[2]}
    living = _living({host, *owners.values()}, host, may_expire=may_expire)
    taken: dict[MatchId, Taken] = {match: None if isinstance(found, tuple) else found for match, found in seen.items()}
    if host not in living:
        return taken
    wanted: dict[MatchId, int] = {}
    for match, found in seen.items():
        if isinstance(found, tuple):
            owner, epoch, _ = found
            if owner in (None, host) or owner not in living:
                wanted[match] = epoch
            else:
                taken[match] = Elsewhere(owner)
    raised = _raised(wanted, host)
    for match, epoch in wanted.items():
        taken[match] = epoch + 1 if match in raised else _now_elsewhere(match, host)
    from_others = sum(owners[match] not in (None, host) for match in raised)
    transaction.on_commit(lambda: takeovers.add(from_others))
    if due & raised:
        # From now on its owner knows when something is due.
        Match.objects.filter(pk__in=due & raised).update(due_at=None)
    return taken


def _seen(
    matches: Collection[MatchId],
) -> dict[MatchId, tuple[str | None, int, bool] | UnknownGame | QuarantinedError | None]:
    """Owner and epoch of each match, and whether it is due at some time; or what stands in the way; None where it does
    not exist."""
    seen: dict[MatchId, Any] = dict.fromkeys(matches)
    known = Lease.objects.filter(match_id__in=matches)
    of_match = "match__due_at", "match__game", "match__edition", "match__fold"
    columns = "match_id", "host_id", "epoch", "suspect", *of_match
    for match, owner, epoch, suspect, due_at, game, edition, fold in known.values_list(*columns):
        try:
            seen[match] = owner, epoch, due_at is not None
            if suspect >= QUARANTINE:
                seen[match] = QuarantinedError(f"match {match} has hung {suspect} processes")
            elif fold != FOLD:
                seen[match] = UnknownGame(f"This process folds by edition {FOLD}; the match was begun by {fold}.")
            else:
                edition_of(game, edition)
        except UnknownGame as lacking:
            seen[match] = lacking
    return seen


def _living(asked: Collection[str | None], host: str, *, may_expire: bool) -> set[str]:
    """Those that are alive. Locked, none can change until we are done: a beat that comes now waits."""
    hosts = Host.objects.select_for_update(no_key=True).filter(id__in=[one for one in asked if one]).order_by("id")
    fresh = Q(id=host) | Q(beat_at__gt=Now() - TTL)
    alive = Q(stopped_at=None) & fresh if may_expire else Q(stopped_at=None)
    return {found.id for found in hosts.annotate(alive=alive) if found.alive}


def _raised(wanted: Mapping[MatchId, int], host: str) -> set[MatchId]:
    """Those whose epoch was still the wanted one: they are `host`'s now, under the next."""
    if not wanted:
        return set()
    if len(wanted) == 1:
        ((match, epoch),) = wanted.items()
        alone = Lease.objects.filter(match_id=match, epoch=epoch)
        return {match} if alone.update(host_id=host, epoch=F("epoch") + 1) else set()
    which = reduce(or_, (Q(match_id=match, epoch=epoch) for match, epoch in wanted.items()))
    # In one order, so that two hosts that want the same ones wait for each other, and not both.
    locked = Lease.objects.select_for_update().filter(which).order_by("match_id")
    found = {MatchId(match) for match in locked.values_list("match_id", flat=True)}
    Lease.objects.filter(match_id__in=found).update(host_id=host, epoch=F("epoch") + 1)
    return found


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


def match_pks(public_ids: Collection[str]) -> dict[str, MatchId | None]:
    """Primary keys by public id; None where there is no such match."""
    found = Match.objects.filter(public_id__in=public_ids).values_list("public_id", "pk")
    return dict.fromkeys(public_ids) | {public_id: MatchId(pk) for public_id, pk in found}


def snapshot_save(match: MatchId, n: int, state: bytes, digest: str) -> None:
    """Keep the fold after entry `n`, which must be stored. The second of the same `n` does nothing."""
    Snapshot.objects.bulk_create([Snapshot(match_id=match, n=n, state=state, digest=digest)], ignore_conflicts=True)


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────


def commands_open(match: MatchId) -> list[Wish]:
    """Wishes for `match` without an answer, oldest first."""
    rows = list(Command.objects.filter(match_id=match, done_at=None).select_related("by").order_by("id"))
    ratings = _ratings(match, [row.by_id for row in rows if row.by_id is not None])
    return [Wish(row.pk, row.kind, _wisher(row, ratings), row.body) for row in rows]


def _ratings(match: MatchId, players: Collection[int]) -> dict[int, Shown]:
    """By primary key, where the match is rated."""
    rated = Match.objects.filter(pk=match, rated=True).values_list("game", "pool").first() if players else None
    return {} if rated is None else ratings_of(players, game=rated[0], pool=rated[1])


def matches_with_commands(matches: Collection[MatchId]) -> list[MatchId]:
    """Those of `matches` for which a wish is open. Open wishes are few, matches may be many."""
    waiting = Command.objects.filter(done_at=None).values_list("match_id", flat=True).distinct()
    return sorted({MatchId(match) for match in waiting}.intersection(matches))


def command_answer(command: int, answer: dict[str, Any]) -> None:
    """Close a wish. The first answer stays."""
    Command.objects.filter(pk=command, done_at=None).update(answer=answer, done_at=Now())


def _wisher(row: Command, ratings: Mapping[int, Shown]) -> Wisher | None:
    by = row.by
    return None if by is None else Wisher(by.pk, by.public_id, by.name, ratings.get(by.pk))
