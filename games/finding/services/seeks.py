"""Seeks: wishes to play that wait in a queue, and how they stay alive."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models.functions import Now

from games.models import Seeker

UNSEEN = timedelta(seconds=8)
"""Four looks of the lobby, or of a page that asks every two seconds: a short tunnel costs nobody their place."""
# Values in one statement: SQLite takes 32,766, and a list of 1,000 is parsed in a millisecond.
_AT_ONCE = 1000


def seekers_seen(player_pks: Collection[int]) -> None:
    """These players are there now. Whoever among them looks for a match stays in the queue for another 8 s."""
    rest = iter(player_pks)
    while some := list(islice(rest, _AT_ONCE)):
        _seen(some)


def _seen(player_pks: list[int]) -> None:
    waiting = Seeker.objects.filter(player__in=player_pks)
    # Mostly nobody looks for a match, and then nothing is locked.
    if not waiting.exists():
        return
    with transaction.atomic():
        # Skipped: another process has seen them at this very moment, or they are just leaving.
        free = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)
        Seeker.objects.filter(pk__in=list(free)).update(seen_at=Now())
