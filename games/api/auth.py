"""Who asks: a program by its key, or a page by its cookie; and how often each may.

Used by the endpoints. A key needs no CSRF token, since no browser sends it by itself; a cookie always does when
something changes.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from players import bans
from players.errors import ServiceError
from players.models import Player
from players.selectors import player_by_key
from players.services import player_of
from players.throttle import Throttle, network_of

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# Changes per player: a person clicks a few times a minute, a bot joins a match every few seconds.
_changes = Throttle(burst=60, per_minute=60)
# Records and frames per address: each folds a log, about a millisecond for a board game; a page of miniatures asks
# for ten.
_replays = Throttle(burst=120, per_minute=240)
# Leaderboards and histories per address: each reads some hundred rows by an index.
_looks = Throttle(burst=120, per_minute=240)


class SignedIn(HttpBearer):
    """Endpoints for players. Sets `request.auth` to the player; sync, since ninja calls it beside the event loop."""

    def __call__(self, request: HttpRequest) -> Player | None:
        # A key that was sent counts alone: a wrong one is never healed by a cookie that happens to be there.
        player = super().__call__(request) if "Authorization" in request.headers else _by_cookie(request)
        if player is not None and request.method not in _SAFE:
            _count(_changes, str(player.pk))
        return player

    def authenticate(self, request: HttpRequest, token: str) -> Player | None:
        player = player_by_key(token)
        if player is None and (ban := bans.ban_by_key(token)) is not None:
            raise ServiceError("banned", bans.told(ban))
        return player


class Arriving(SignedIn):
    """The same for endpoints by which a page's stranger begins to play: they become a guest, as with the pages'
    buttons."""

    def __call__(self, request: HttpRequest) -> Player | None:
        player = super().__call__(request)
        if player is not None or "Authorization" in request.headers:
            return player
        _refuse_forged(request)
        return player_of(request, create=True)


signed_in = SignedIn()
arriving = Arriving()


def count_replay(request: HttpRequest) -> None:
    """Raises ServiceError("rate_limited") where one address asks for too many records."""
    _count(_replays, network_of(request.META.get("REMOTE_ADDR", "")))


def count_look(request: HttpRequest) -> None:
    """Raises ServiceError("rate_limited") where one address asks for too many ratings."""
    _count(_looks, network_of(request.META.get("REMOTE_ADDR", "")))


def _by_cookie(request: HttpRequest) -> Player | None:
    player = player_of(request)
    if player is not None and request.method not in _SAFE:
        _refuse_forged(request)
    return player


def _refuse_forged(request: HttpRequest) -> None:
    if check_csrf(request) is not None:
        raise ServiceError("csrf", _("Send the CSRF token of the page with this request; reload the page if need be."))


def _count(throttle: Throttle, key: str) -> None:
    wait_s = throttle.wait_s(key)
    if wait_s:
        why = _("You are asking too often; try again in %(seconds)d seconds.") % {"seconds": wait_s}
        raise ServiceError("rate_limited", why, retry_s=wait_s)
