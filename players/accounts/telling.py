"""What this app keeps about a person, for their export. Other apps register sections of their own."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from players import export
from players.models import Player


def register() -> None:
    """Called once, when the app is ready."""
    export.register("profile", _profile)
    export.register("signing_in", _signing_in)
    export.register("keys", _keys)
    export.register("ratings", _ratings)


def _profile(player: Player) -> dict[str, Any]:
    same = ("public_id", "name", "country", "language", "is_guest", "date_joined", "last_login")
    return {name: getattr(player, name) for name in same}


def _signing_in(player: Player) -> dict[str, Any]:
    """Secrets are left out: a file lies about for longer than they should."""
    addresses = EmailAddress.objects.filter(user=player).values("email", "verified", "primary")
    factors = Authenticator.objects.filter(user=player).values("type", "created_at", "last_used_at")
    accounts = SocialAccount.objects.filter(user=player)
    told = accounts.values("provider", "uid", "date_joined", "last_login", "extra_data")
    return {
        "sign_in_name": player.username,
        "emails": list(addresses),
        "second_factors": list(factors),
        "providers": list(told),
    }


def _keys(player: Player) -> list[dict[str, Any]]:
    return [{"label": key.label, "created_at": key.created_at} for key in player.keys.order_by("pk")]


def _ratings(player: Player) -> list[dict[str, Any]]:
    """How the player stands in each pool; they follow from matches, and stay with those when the player goes."""
    same = ("rating", "deviation", "matches", "last_at")
    rows = player.ratings.select_related("pool").order_by("pool")
    return [{"pool": str(row.pool)} | {name: getattr(row, name) for name in same} for row in rows]
