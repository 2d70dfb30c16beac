"""Reads who is friends with whom, and who keeps whom at a distance. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from players.models import Block, Friendship, Mute, Player, Silence
from players.selectors import player_get


def blocked_between(player: int, others: Collection[int]) -> set[int]:
    """Which of `others` (primary keys) have blocked `player`, or are blocked by them. One query."""
    return set(
        Block.objects.filter(player=player, blocked__in=others)
        .values_list("blocked", flat=True)
        .union(Block.objects.filter(blocked=player, player__in=others).values_list("player", flat=True))
    )


def kept_apart(player: int) -> set[int]:
    """Everyone whom `player` has blocked, or who has blocked them. One query."""
    rows = Block.objects.filter(Q(player=player) | Q(blocked=player)).values_list("player", "blocked")
    return {other for pair in rows for other in pair} - {player}


def blocks_among(players: Collection[int]) -> set[frozenset[int]]:
    """The pairs of `players` of whom one has blocked the other. One query."""
    rows = Block.objects.filter(player__in=players, blocked__in=players).values_list("player", "blocked")
    return {frozenset(pair) for pair in rows}


def friends_of(player: int) -> list[Player]:
    """The friends of `player`, by name."""
    rows = Friendship.objects.filter(Q(asker=player) | Q(asked=player), since__isnull=False)
    pairs = rows.values_list("asker", "asked")
    return _by_name({other for pair in pairs for other in pair if other != player})


def asking(player: int) -> list[Player]:
    """Who wants to be a friend of `player` and waits for an answer, the newest first."""
    rows = Friendship.objects.filter(asked=player, since__isnull=True).order_by("-pk")
    return [row.asker for row in rows.select_related("asker")]


def asked_by(player: int) -> list[Player]:
    """Whom `player` has asked, who have not answered yet, the newest first."""
    rows = Friendship.objects.filter(asker=player, since__isnull=True).order_by("-pk")
    return [row.asked for row in rows.select_related("asked")]


def waiting_count(player: int) -> int:
    """How many wait for an answer of `player`."""
    return Friendship.objects.filter(asked=player, since__isnull=True).count()


def blocked_by(player: int) -> list[Player]:
    """Whom `player` has blocked, by name."""
    return _by_name(set(Block.objects.filter(player=player).values_list("blocked", flat=True)))


def muted_by(player: int) -> list[Player]:
    """Whose words `player` does not want to read, by name; those blocked are not among them."""
    return _by_name(set(Mute.objects.filter(player=player).values_list("muted", flat=True)))


def unread_by(player: int) -> list[str]:
    """The public ids of all whose lines `player` is not shown: muted or blocked."""
    muted = Mute.objects.filter(player=player).values_list("muted__public_id", flat=True)
    blocked = Block.objects.filter(player=player).values_list("blocked__public_id", flat=True)
    return sorted({*muted, *blocked})


def standing(player: int, other: int) -> set[str]:
    """How `player` stands to `other`: any of "friend", "asked", "asking", "blocked", "muted"."""
    found = set()
    pair = Friendship.objects.filter(Q(asker=player, asked=other) | Q(asker=other, asked=player)).first()
    if pair is not None:
        found.add("friend" if pair.since else "asked" if pair.asker_id == player else "asking")
    if Block.objects.filter(player=player, blocked=other).exists():
        found.add("blocked")
    if Mute.objects.filter(player=player, muted=other).exists():
        found.add("muted")
    return found


def player_by_public_id(public_id: str) -> Player | None:
    """The player whom others know by this id, unless they are gone."""
    found = player_get(public_id)
    return found if found is not None and found.is_active else None


def silences_now() -> list[tuple[str, timedelta]]:
    """Public ids of all who may not write now, and for how long still."""
    rows = Silence.objects.filter(until__gt=Now()).annotate(now=Now())
    found: list[tuple[str, datetime, datetime]] = list(rows.values_list("player__public_id", "until", "now"))
    return [(public_id, until - now) for public_id, until, now in found]


def _by_name(pks: Collection[int]) -> list[Player]:
    return sorted(Player.objects.filter(pk__in=pks), key=lambda one: (one.name.casefold(), one.pk))
