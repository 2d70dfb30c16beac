"""Hints that something between two people has changed, for the pages that the other one has open."""

from __future__ import annotations

from django.db import transaction

from games import hints
from players.models import Player


def tell(other: Player) -> None:
    """Something about friendship has changed for `other`, when it is stored."""
    transaction.on_commit(lambda: hints.give(hints.PLAYER, other.public_id))
