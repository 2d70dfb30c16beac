"""Which matches want an owner though nobody asks for them: for the sweep of the driver, on its database threads.

Owns `Match.due_at`: when somebody must have a match that was let go. Decides nothing; `store.lease_take` does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from games.host.entries import FOLD, MatchId
from games.models import Host, Lease, Match, Status
from games.rules.catalog import every_game
from games.store import QUARANTINE, TTL

# Who begins a match comes to it within seconds; the process that is reached should own it, and not another's sweep.
UNSEEN = timedelta(seconds=10)
# For as long an operator may want to see in the admin which processes there were.
FORGOTTEN = timedelta(days=1)


@transaction.atomic
def matches_let_go(host: str, dues: Mapping[MatchId, int]) -> None:
    """In how many milliseconds somebody must have each match again. Only for what `host` still owns: call it before
    the leases are released."""
    for match, in_ms in dues.items():
        owned = Match.objects.filter(pk=match, lease__host_id=host)
        owned.update(due_at=Now() + timedelta(milliseconds=in_ms))


def matches_due(limit: int, *, may_expire: bool) -> list[MatchId]:
    """Matches that somebody must have now and nobody has, the longest due first; only such as can be taken here."""
    due = _takeable().filter(_dead(may_expire) | Q(lease__host=None), due_at__lte=Now())
    return [MatchId(pk) for pk in due.order_by("due_at").values_list("pk", flat=True)[:limit]]


def matches_orphaned(
    ticking: Collection[str], limit: int, *, may_expire: bool, begun_within: timedelta | None
) -> list[MatchId]:
    """Matches with a clock, or of the games `ticking`, whose time should run, while nobody has them and nobody said
    when they are due: their host died, or they have begun without anyone coming to look. Only such as can be taken.

    `begun_within`: of the latter only those that began so recently, None: all. A look at all of them reads every live
    match of the site, so that is for a process that has just started.
    """
    running = _takeable().filter(Q(clock__isnull=False) | Q(game__in=ticking), due_at=None)
    unseen = running.filter(lease__host=None, started_at__lte=Now() - UNSEEN)
    if begun_within is not None:
        unseen = unseen.filter(started_at__gte=Now() - begun_within)
    found = [unseen]
    # First who is dead, of whom there are few: asked together with the matches, all of these would be read.
    if dead := hosts_dead(may_expire=may_expire):
        found.append(running.filter(lease__host_id__in=dead))
    return [MatchId(pk) for matches in found for pk in matches.values_list("pk", flat=True)[:limit]]


def hosts_dead(*, may_expire: bool) -> list[str]:
    """Hosts that are not alive any more and hold leases yet. `may_expire`: as for `store.lease_take`."""
    over = Q(stopped_at__isnull=False)
    dead = Host.objects.filter(over | Q(beat_at__lte=Now() - TTL) if may_expire else over)
    return list(dead.filter(Exists(Lease.objects.filter(host_id=OuterRef("pk")))).values_list("pk", flat=True))


def hosts_forget() -> None:
    """Hosts that died long ago, and what they held that does not run: nobody misses it. So that they stay few."""
    gone = Host.objects.filter(beat_at__lte=Now() - FORGOTTEN)
    Lease.objects.filter(host__in=gone).exclude(match__status=Status.LIVE).update(host_id=None)
    gone.exclude(Exists(Lease.objects.filter(host_id=OuterRef("pk")))).delete()


def matches_stray(host: str, here: Collection[MatchId], limit: int) -> list[MatchId]:
    """Live matches whose lease `host` holds though it has them not in memory: given to it, and nobody came."""
    held = Lease.objects.filter(host_id=host)
    if held.count() <= len(here):
        return []  # mostly, and then the long list need not travel
    stray = _takeable().filter(lease__host_id=host).exclude(pk__in=here)
    return [MatchId(pk) for pk in stray.values_list("pk", flat=True)[:limit]]


def matches_lacking() -> dict[tuple[str, int, int], int]:
    """How many open matches this process cannot read, by game, edition and the host's edition."""
    lacking = Match.objects.filter(status__in=(Status.WAITING, Status.LIVE)).exclude(_readable())
    counted = lacking.values_list("game", "edition", "fold").annotate(count=Count("pk")).order_by("game", "edition")
    return {(game, edition, fold): count for game, edition, fold, count in counted}


def _takeable() -> QuerySet[Match]:
    return Match.objects.filter(_readable(), status=Status.LIVE, lease__suspect__lt=QUARANTINE)


def _readable() -> Q:
    """Of a match: this process has its game in its edition, and folds by its rules of the host."""
    known = [Q(game=rules.name, edition=rules.edition) for rules in every_game()]
    return Q(reduce(or_, known), fold=FOLD)


def _dead(may_expire: bool) -> Q:
    """Of a match: its owner is not alive any more. `may_expire`: as for `lease_take`."""
    stopped = Q(lease__host__stopped_at__isnull=False)
    return stopped | Q(lease__host__beat_at__lte=Now() - TTL) if may_expire else stopped
