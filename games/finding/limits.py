"""How often a player may wish for what costs others something: one bucket each, for the pages and the API alike."""

from __future__ import annotations

from django.utils.translation import gettext as _

from players.errors import ServiceError
from players.models import Player
from players.throttle import Throttle

# Looks at what concerns oneself: twice a second is four times what a page without the lobby asks.
_looks = Throttle(burst=60, per_minute=120)
# Wishes to play: whoever cannot decide changes their mind every few seconds.
_seeks = Throttle(burst=10, per_minute=20)
# What reaches another person's screen, and new parties: people ask friends, not crowds.
_invitations = Throttle(burst=5, per_minute=6)


def count_look(player: Player) -> None:
    """Raises ServiceError("rate_limited") where a player asks for their own affairs too often."""
    _count(_looks, player)


def count_seek(player: Player) -> None:
    """Raises ServiceError("rate_limited") where a player begins to look for a match too often."""
    _count(_seeks, player)


def count_invitation(player: Player) -> None:
    """Raises ServiceError("rate_limited") where a player challenges others, or makes parties, too often."""
    _count(_invitations, player)


def _count(throttle: Throttle, player: Player) -> None:
    wait_s = throttle.wait_s(str(player.pk))
    if wait_s:
        why = _("You are asking too often; try again in %(seconds)d seconds.") % {"seconds": wait_s}
        raise ServiceError("rate_limited", why, retry_s=wait_s)
