"""The pass over a queue: who waits is brought together, once, whichever process does it.

The queue's row is the guard: who finds it locked leaves the queue to the other. What makes a pair exact is below it:
each chosen seek is locked and looked at again, and one that was withdrawn meanwhile, or is locked, takes no part.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import combinations, groupby
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now

from games import offers
from games.finding import pairing
from games.finding.pairing import Group, Unit
from games.finding.selectors import left_ms
from games.finding.services.pairings import READY, seats_filled
from games.finding.services.seeks import UNSEEN
from games.finding.services.summons import tell
from games.models import Pairing, Queue, Seek, Seeker
from players.company.selectors import blocks_among
from players.errors import ServiceError

logger = logging.getLogger(__name__)

AT_ONCE = 500
"""Tables of one pass: a fraction of a second of the database. If there are more, the next pass takes them."""


class Waiting(NamedTuple):
    """What a pass reads of a seeker; `now` is the database's."""

    seek_id: int
    player_id: int
    seek__since: datetime
    seek__practice_after_s: int | None
    seen_at: datetime
    rating: int
    deviation: int
    avoid: list[int]
    recent: list[int]
    now: datetime


def queues_pass() -> int:
    """Bring together whoever can be, in every queue in which somebody waits; how many tables were found. Where a game
    was switched off meanwhile nobody is asked to be ready for it."""
    waiting = Seek.objects.filter(pairing=None).values_list("queue_id", "queue__game").distinct()
    return sum(queue_pass(pk) for pk, game in waiting if offers.is_playable(game))


def queue_pass(queue_pk: int) -> int:
    """The same for one queue; 0 where another process is at it."""
    # Looked at before anything is locked: mostly one person waits, and nobody need wait for them.
    if not _groups(Queue.objects.get(pk=queue_pk)):
        return 0
    with transaction.atomic():
        queue = Queue.objects.select_for_update(skip_locked=True).filter(pk=queue_pk).first()
        if queue is None:
            return 0
        return _bring_together(queue)


def _bring_together(queue: Queue) -> int:
    tables = _tables(_groups(queue)[:AT_ONCE])
    for group, seekers in tables:
        if group.practice:
            _begin_with_practice(queue, group, seekers)
    asked = [seekers for group, seekers in tables if not group.practice]
    _ask(queue, asked)
    return len(tables)


def _begin_with_practice(queue: Queue, group: Group, seekers: Sequence[Seeker]) -> None:
    """Where the house does not offer it just now, they wait on for people, and it is tried again."""
    try:
        with transaction.atomic():
            seats_filled(queue, seekers, rated=False, practice=group.practice)
    except ServiceError as refused:
        logger.debug("no practice opponents for %s: %s", queue, refused.code)


def _tables(groups: Sequence[Group]) -> list[tuple[Group, list[Seeker]]]:
    """Those that still stand when all their seeks are locked, and where nobody has blocked anybody since."""
    chosen = [seek for group in groups for seek in group.seeks]
    free = Seek.objects.select_for_update(skip_locked=True).filter(pk__in=chosen, pairing=None).order_by("pk")
    locked = set(free.values_list("pk", flat=True))
    seekers = _seekers_by_seek(locked)
    apart = blocks_among([one.player_id for some in seekers.values() for one in some])
    whole = [group for group in groups if locked.issuperset(group.seeks)]
    tables = [(group, [one for seek in group.seeks for one in seekers[seek]]) for group in whole]
    return [table for table in tables if not _parted(table[1], apart)]


def _groups(queue: Queue) -> list[Group]:
    return pairing.groups(_units(queue), queue.seats)


def _units(queue: Queue) -> list[Unit]:
    """Who waits, and is there: of a party everyone."""
    rows = Seeker.objects.filter(seek__queue=queue, seek__pairing=None).annotate(now=Now()).order_by("seek", "pk")
    # Without models: of ten thousand who wait this is what takes the longest.
    waiting = [Waiting(*row) for row in rows.values_list(*Waiting._fields)]
    units = (list(one) for _seek, one in groupby(waiting, key=lambda row: row.seek_id))
    return [_unit(unit) for unit in units if all(row.seen_at > row.now - UNSEEN for row in unit)]


def _unit(waiting: Sequence[Waiting]) -> Unit:
    """A party is as strong as its members in the mean, and as uncertain as the least known of them."""
    first = waiting[0]
    waited_ms, after_s = left_ms(first.now, first.seek__since), first.seek__practice_after_s
    return Unit(
        id=first.seek_id,
        players=tuple(row.player_id for row in waiting),
        rating=sum(row.rating for row in waiting) // len(waiting),
        deviation=max(row.deviation for row in waiting),
        wait_ms=waited_ms,
        blocked=frozenset(one for row in waiting for one in row.avoid),
        recent=frozenset(one for row in waiting for one in row.recent),
        practice=after_s is not None and waited_ms >= after_s * 1000,
    )


def _seekers_by_seek(seeks: Iterable[int]) -> dict[int, list[Seeker]]:
    by_seek: defaultdict[int, list[Seeker]] = defaultdict(list)
    for row in Seeker.objects.filter(seek__in=seeks).select_related("player").order_by("pk"):
        by_seek[row.seek_id].append(row)
    return by_seek


def _parted(table: Sequence[Seeker], apart: Collection[frozenset[int]]) -> bool:
    """Whether two at the table have blocked each other since they began to wait; they are kept apart from now on."""
    found = [
        (one, other)
        for one, other in combinations(table, 2)
        if apart and frozenset((one.player_id, other.player_id)) in apart
    ]
    for one, other in found:
        Seeker.objects.filter(pk=one.pk).update(avoid=sorted({*one.avoid, other.player_id}))
    return bool(found)


def _ask(queue: Queue, tables: Sequence[Sequence[Seeker]]) -> None:
    """A ready check for each table: three statements, however many there are."""
    made = Pairing.objects.bulk_create(Pairing(queue=queue, deadline=Now() + READY) for _ in tables)
    seeks = {
        seeker.seek_id: Seek(pk=seeker.seek_id, pairing=pairing)
        for pairing, table in zip(made, tables, strict=True)
        for seeker in table
    }
    Seek.objects.bulk_update(seeks.values(), ["pairing"])
    tell(seeker.player.public_id for table in tables for seeker in table)
