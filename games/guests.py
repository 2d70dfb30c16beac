"""Guests who were here once and never played: their rows are cleared away, so that the table is of people.

The process object looks here every few minutes, on a thread. Whoever sat at a match stays, for records name them; so
does whoever a program acts for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models.functions import Now

from players.models import Player
from players.threads import DatabaseThreads

LOOK_S: Final = 600.0
# A month: who opened an invitation before a holiday still finds their name after it.
KEPT: Final = timedelta(days=30)
# Rows looked at in one go, in the order of their keys: no index is needed, and a million players are gone through in
# a week.
STRETCH: Final = 1_000


class Guests:
    """Goes through the players again and again, a stretch at a time."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads
        self._after = 0

    async def look(self) -> None:
        """One stretch. Raises DatabaseError; the next look makes up."""
        self._after = await self._threads.run(clear_stretch, self._after)


def clear_stretch(after: int) -> int:
    """Clear among the next players behind this primary key; where to go on, 0 at the end."""
    stretch = list(Player.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:STRETCH])
    idle = Player.objects.filter(pk__in=stretch, is_guest=True, date_joined__lt=Now() - KEPT, seats=None, keys=None)
    # By primary key once more: a row that is joined cannot be deleted in one statement.
    Player.objects.filter(pk__in=list(idle.values_list("pk", flat=True))).delete()
    return stretch[-1] if len(stretch) == STRETCH else 0
