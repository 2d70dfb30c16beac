"""Reads who is here, in whichever process their sockets are. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from games.hosts import living
from games.models import Presence


def present(players: Collection[int]) -> set[int]:
    """Which of `players` (primary keys) have a socket anywhere, at a match or in the lobby: as of two seconds ago, and
    of a process that was killed for six seconds more."""
    return set(_living().filter(player__in=players).values_list("player_id", flat=True))


def people_count() -> int:
    """How many players are here."""
    return _living().values("player_id").distinct().count()


def _living() -> QuerySet[Presence]:
    return Presence.objects.filter(living("host__"))
