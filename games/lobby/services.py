"""Writes who is here and what is watched. Called by `presence.py` on the process's database threads."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from games.models import Presence, Watched


@transaction.atomic
def presence_change(*, host: str, came: Collection[int], left: Collection[int]) -> None:
    """These players (primary keys) have a socket at `host` now, those have none any more. Saying it twice is saying it
    once."""
    if left:
        Presence.objects.filter(host_id=host, player_id__in=left).delete()
    Presence.objects.bulk_create([Presence(host_id=host, player_id=player) for player in came], ignore_conflicts=True)


@transaction.atomic
def watched_set(*, host: str, spectators: Mapping[int, int]) -> None:
    """So many watch these matches (primary keys) of `host` now, and its others nobody."""
    Watched.objects.filter(host_id=host).exclude(match_id__in=spectators).delete()
    Watched.objects.bulk_create(
        [Watched(host_id=host, match_id=match, spectators=count) for match, count in spectators.items()],
        update_conflicts=True,
        unique_fields=["host", "match"],
        update_fields=["spectators"],
    )
