"""Reads tournaments: lists, one by its address, the tournament of a match. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Now

from players.ids import ALPHABET, ID_LENGTH
from players.models import Player
from tournaments.formats.entries import PlayerId
from tournaments.models import Pairing, Status, Tournament


def tournament_get(public_id: str) -> Tournament | None:
    """The tournament with this public id; `now`: the database's time."""
    # Compared here first, since PostgreSQL raises on a NUL in a parameter, and addresses may hold anything.
    if len(public_id) != ID_LENGTH or not set(public_id) <= set(ALPHABET):
        return None
    found = Tournament.objects.select_related("created_by").annotate(now=Now())
    return found.filter(public_id=public_id).first()


def tournaments_of(status: Status) -> QuerySet[Tournament]:
    """Tournaments of one status: what comes next first, of others the newest; callers slice it."""
    order = "start_at" if status == Status.COMING else "-start_at"
    return Tournament.objects.select_related("created_by").filter(status=status).order_by(order, "-pk")


def tournament_of(match_pk: int) -> Tournament | None:
    """The tournament to which a match belongs."""
    pairing = Pairing.objects.select_related("tournament").filter(match_id=match_pk).first()
    return pairing.tournament if pairing else None


def names_of(players: Iterable[PlayerId]) -> dict[PlayerId, str]:
    """What players are called now."""
    rows = Player.objects.filter(public_id__in=set(players)).values_list("public_id", "name")
    return {PlayerId(public_id): name for public_id, name in rows}
