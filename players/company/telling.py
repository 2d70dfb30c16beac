"""What is kept about a person's company, for their export; and how it is forgotten when they leave."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from players import export
from players.company import selectors
from players.models import Block, Friendship, Mute, Player, Silence


def register() -> None:
    """Called once, when the app is ready."""
    export.register("friends", _friends, forget=_forget)
    export.register("distance", _distance)
    export.register("silences", _silences)


def _friends(player: Player) -> dict[str, Any]:
    return {
        "friends": _people(selectors.friends_of(player.pk)),
        "asked": _people(selectors.asked_by(player.pk)),
        "asking": _people(selectors.asking(player.pk)),
    }


def _distance(player: Player) -> dict[str, Any]:
    """Their own word alone: who has blocked them is not theirs to know."""
    return {"blocked": _people(selectors.blocked_by(player.pk)), "muted": _people(selectors.muted_by(player.pk))}


def _silences(player: Player) -> list[dict[str, Any]]:
    rows = Silence.objects.filter(player=player).order_by("pk")
    return [dict(row) for row in rows.values("at", "until", "why")]


def _people(people: list[Player]) -> list[dict[str, str]]:
    return [{"id": one.public_id, "name": one.name} for one in people]


def _forget(player: Player) -> None:
    """Silences stay: they belong to those who keep order, and name nobody any more."""
    Friendship.objects.filter(Q(asker=player) | Q(asked=player)).delete()
    Block.objects.filter(Q(player=player) | Q(blocked=player)).delete()
    Mute.objects.filter(Q(player=player) | Q(muted=player)).delete()
