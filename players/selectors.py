"""Reads players. Changes nothing."""

from __future__ import annotations

from hashlib import sha256

from players import lookalikes
from players.ids import ALPHABET, ID_LENGTH
from players.models import Player, TakenName


def key_digest(secret: str) -> str:
    """What is kept of a bearer key."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def player_by_key(secret: str) -> Player | None:
    """The active player for whom a program may act with this key. One query."""
    return Player.objects.filter(keys__digest=key_digest(secret), is_active=True).first()


def player_get(public_id: str) -> Player | None:
    """The player with this public id; None where there is none."""
    # Compared here first, since PostgreSQL raises on a NUL in a parameter, and addresses may hold anything.
    if len(public_id) != ID_LENGTH or not set(public_id) <= set(ALPHABET):
        return None
    return Player.objects.filter(public_id=public_id).first()


def is_taken(name: str, *, except_by: Player | None = None) -> bool:
    """Whether an account other than `except_by` has `name`, or one that looks the same."""
    taken = TakenName.objects.filter(key__in=lookalikes.keys(name))
    return (taken.exclude(player=except_by) if except_by else taken).exists()


def account_named(name: str) -> Player | None:
    """The active account of this name, or of the one that looks the same; guests are found by their id alone."""
    taken = TakenName.objects.filter(key__in=lookalikes.keys(name), player__is_active=True)
    found = taken.select_related("player").first()
    return found.player if found else None
