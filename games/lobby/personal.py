"""Reads what concerns each of several players alone, for the hub's frames `you`.

Called on the process's database threads. Most who are in the lobby wait for nothing: that is found out for all of them
at once, and only the others are asked about one by one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from games.finding.selectors import personal_of
from games.finding.told import Personal
from games.models import Challenge, Missed, PartyMember, Seeker, Summons
from players.models import Friendship, Player

_NOTHING: Final = Personal()
_CONCERNED: Final = (
    (Seeker, "player_id"),
    (Challenge, "challenger_id"),
    (Challenge, "challenged_id"),
    (PartyMember, "player_id"),
    (Summons, "player_id"),
    (Missed, "player_id"),
)


def personals_of(players: Collection[str]) -> dict[str, Personal]:
    """By public id. Who is unknown is left out."""
    known = dict(Player.objects.filter(public_id__in=players).values_list("pk", "public_id"))
    concerned = _concerned(known)
    return {public_id: personal_of(pk) if pk in concerned else _NOTHING for pk, public_id in known.items()}


def _concerned(pks: Collection[int]) -> set[int]:
    """Those of whom something is told in one of the tables that `personal_of` reads."""
    found = set(Friendship.objects.filter(asked__in=pks, since__isnull=True).values_list("asked_id", flat=True))
    for model, field in _CONCERNED:
        found.update(model._default_manager.filter(**{f"{field}__in": pks}).values_list(field, flat=True))
    return found
