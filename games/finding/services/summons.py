"""Telling players: a hint that something of theirs has changed, and the match that they should come to now."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models.functions import Now

from games import hints
from games.finding.selectors import REMEMBERED, SUMMONED
from games.models import Match, Missed, Summons
from players.models import Player


def tell(public_ids: Iterable[str]) -> None:
    """Each of these players is told anew what concerns them, once this transaction is committed."""
    for public_id in frozenset(public_ids):
        transaction.on_commit(lambda subject=public_id: hints.give(hints.PLAYER, subject))  # type: ignore[misc]


def wake() -> None:
    """The queues are looked at as soon as this is committed. Only in this process: others look within a second."""
    transaction.on_commit(lambda: hints.hear(hints.SEEKS, ""))


@transaction.atomic
def players_summon(*, match: Match, players: Collection[Player]) -> None:
    """`match` has begun for these players: wherever they look, they are shown the way to it."""
    calls = [Summons(player=player, match=match, at=Now()) for player in players]
    Summons.objects.bulk_create(calls, update_conflicts=True, unique_fields=["player"], update_fields=["match", "at"])
    tell(player.public_id for player in players)


def traces_sweep() -> None:
    """Forget what nobody asks for any more: old summonses, and ready checks that were missed long ago."""
    Summons.objects.filter(at__lte=Now() - 2 * SUMMONED).delete()
    Missed.objects.filter(at__lte=Now() - REMEMBERED).delete()
