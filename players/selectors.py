"""Reads players. Changes nothing."""

from __future__ import annotations

from hashlib import sha256

from players.models import Player


def key_digest(secret: str) -> str:
    """What is kept of a bearer key."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def player_by_key(secret: str) -> Player | None:
    """The active player for whom a program may act with this key. One query."""
    return Player.objects.filter(keys__digest=key_digest(secret), is_active=True).first()
