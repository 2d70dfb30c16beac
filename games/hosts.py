"""The processes that own matches, as an operator sees them: who is alive, who has what, and what they are told.

For management commands, and for a process that looks at its own row. Changes nothing but what a host is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from games.models import Host, Match
from games.store import TTL


class Owned(msgspec.Struct, frozen=True):
    """A match and who has it; `host` None: nobody. `alive`: whether that process is, by the database's clock."""

    match: str
    game: str
    edition: int
    status: str
    epoch: int
    suspected: int
    host: str | None
    name: str | None
    alive: bool
    told: str
    due_at: datetime | None


class Standing(msgspec.Struct, frozen=True):
    """A process and how many matches it has. `told`: see `Host.Told`."""

    host: str
    name: str
    alive: bool
    told: str
    matches: int
    started_at: datetime
    beat_at: datetime


def hosts(named: str | None = None) -> list[Standing]:
    """Processes that are alive, or dead with matches that nobody took yet; the newest first. `named`: only these."""
    found = Host.objects.annotate(owned=Count("leases"), alive=_alive("")).filter(Q(alive=True) | Q(owned__gt=0))
    if named is not None:
        found = found.filter(_named(named, ""))
    return [
        Standing(host.id, host.name, host.alive, host.told, host.owned, host.started_at, host.beat_at)
        for host in found.order_by("-started_at")
    ]


def matches(*, statuses: Collection[str], game: str | None, host: str | None, limit: int) -> list[Owned]:
    """Matches and their owners, by owner; at most `limit`. `host`: an id or a name."""
    found = Match.objects.filter(status__in=statuses, lease__isnull=False)
    if game is not None:
        found = found.filter(game=game)
    if host is not None:
        found = found.filter(_named(host, "lease__host__"))
    rows = found.order_by(F("lease__host__name").asc(nulls_first=True), "pk").values(
        "game",
        "edition",
        "status",
        "due_at",
        match=F("public_id"),
        epoch=F("lease__epoch"),
        suspected=F("lease__suspect"),
        host=F("lease__host"),
        name=F("lease__host__name"),
        told=F("lease__host__told"),
        alive=_alive("lease__host__"),
    )
    return [_owned(row) for row in rows[:limit]]


def host_told(host: str) -> str:
    """What the operator wants of this process; nothing of one that is unknown."""
    return Host.objects.filter(id=host).values_list("told", flat=True).first() or Host.Told.NOTHING


def hosts_tell(ids: Collection[str], told: str) -> int:
    """Tell these processes; they look every second. How many are there."""
    return Host.objects.filter(id__in=ids, stopped_at=None).update(told=told)


def _owned(row: Mapping[str, Any]) -> Owned:
    # What is asked of a host that is not there is unknown, not false.
    return Owned(**{**row, "alive": bool(row["alive"]), "told": row["told"] or ""})


def hosts_living(ids: Collection[str]) -> set[str]:
    """Those of `ids` that are alive by the database's clock."""
    return set(Host.objects.annotate(alive=_alive("")).filter(alive=True, id__in=ids).values_list("id", flat=True))


def living(prefix: str = "") -> Q:
    """Of a host, or of what leads to one by `prefix`: that process is alive by the database's clock."""
    return Q(**{f"{prefix}stopped_at__isnull": True, f"{prefix}beat_at__gt": Now() - TTL})


def _alive(prefix: str) -> Combinable:
    return ExpressionWrapper(living(prefix), output_field=BooleanField())


def _named(name: str, prefix: str) -> Q:
    """By id, by whole name (`machine:pid`), or by the machine's name alone."""
    return Q(**{f"{prefix}id": name}) | Q(**{f"{prefix}name": name}) | Q(**{f"{prefix}name__startswith": f"{name}:"})
