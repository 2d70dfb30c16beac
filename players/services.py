"""Writes players: guests, names, languages, keys. Called by views, the API and the admin; each call is one
transaction."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from players import hour, names, silenced
from players.bans import player_ban, player_unban
from players.errors import ServiceError
from players.ids import new_id
from players.models import Key, Player, Silence, TakenName
from players.selectors import is_taken, key_digest
from players.throttle import Throttle, network_of

__all__ = [
    "ServiceError",
    "guest_allow",
    "guest_create",
    "key_create",
    "name_check",
    "player_ban",
    "player_language_set",
    "player_mute",
    "player_of",
    "player_rename",
    "player_unban",
    "player_unmute",
]

_guests = Throttle(burst=settings.GUESTS_PER_MINUTE, per_minute=settings.GUESTS_PER_MINUTE)

# There are 5,000 pairs of words: three draws miss only where accounts have taken most of them.
DRAWS = 3

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@transaction.atomic
def guest_create(*, language: str) -> Player:
    """A new guest with a friendly name in `language`, who cannot sign in by password."""
    public_id = new_id()
    player = Player(
        public_id=public_id,
        username=f"guest-{public_id}",
        name=_free_name(language),
        is_guest=True,
        language=_known(language),
    )
    player.set_unusable_password()
    player.save(force_insert=True)
    return player


def guest_allow(*, address: str) -> None:
    """Count one guest from `address`; raises ServiceError("rate_limited") where it has made too many."""
    wait_s = _guests.wait_s(network_of(address))
    if wait_s:
        raise ServiceError(
            "rate_limited",
            _("Too many new players come from your network; try again in %(seconds)d seconds.") % {"seconds": wait_s},
            retry_s=wait_s,
        )


def name_check(*, name: str, by: Player | None) -> str:
    """`name` as it is kept, if `by` (None: somebody new) may have it. Raises ServiceError: bad_name, name_taken."""
    name = names.clean(name)
    if is_taken(name, except_by=by):
        raise _taken()
    return name


@transaction.atomic
def player_rename(*, player: Player, name: str) -> Player:
    """Give `player` another name; matches begun before keep the old one. Raises ServiceError: bad_name, or name_taken
    where an account has one that looks the same."""
    name = name_check(name=name, by=player)
    before, player.name = player.name, name
    if not player.is_guest:
        try:
            with transaction.atomic():
                TakenName.objects.give(player)
        except IntegrityError:  # another was faster
            player.name = before
            raise _taken() from None
    player.save(update_fields=["name"])
    return player


@transaction.atomic
def player_language_set(*, player: Player, language: str) -> Player:
    """Remember the language in which `player` reads. Raises ServiceError("bad_language")."""
    if not _known(language):
        raise ServiceError(
            "bad_language",
            _("Choose one of these languages: %(codes)s.")
            % {"codes": ", ".join(code for code, _name in settings.LANGUAGES)},
        )
    player.language = language
    player.save(update_fields=["language"])
    return player


@transaction.atomic
def player_mute(*, player: Player, term: timedelta, by: Player | None, why: str = "") -> Silence:
    """`player` may write in no chat for so long; in this process from the commit on, in others within seconds.

    Terms do not add up: the one that ends last holds.
    """
    silence = Silence.objects.create(player=player, until=Now() + term, by=by, why=why)
    until_ms = hour.now_ms() + int(term.total_seconds() * 1000)
    transaction.on_commit(lambda: silenced.hear(player.public_id, until_ms))
    return silence


@transaction.atomic
def player_unmute(*, player: Player) -> None:
    """`player` may write again. Without effect on who may."""
    Silence.objects.filter(player=player, until__gt=Now()).update(until=Now())
    transaction.on_commit(lambda: silenced.forget(player.public_id))


@transaction.atomic
def key_create(*, player: Player, label: str = "") -> str:
    """A new secret by which a program acts for `player`: 256 bits, told once, kept only as its digest."""
    secret = secrets.token_urlsafe(32)
    Key.objects.create(player=player, digest=key_digest(secret), label=label)
    return secret


def player_of(request: HttpRequest, *, create: bool = False) -> Player | None:
    """Who asks, by the cookie; with `create` a stranger becomes a guest and is signed in.

    Raises ServiceError("rate_limited") where one address makes too many guests.
    """
    if isinstance(request.user, Player):
        return request.user
    if not create:
        return None
    guest_allow(address=request.META.get("REMOTE_ADDR", ""))
    player = guest_create(language=get_language() or "")
    login(request, player, backend=_BACKEND)
    return player


def _taken() -> ServiceError:
    return ServiceError("name_taken", _("Somebody has this name, or one that looks like it; choose another one."))


def _free_name(language: str) -> str:
    """A guest's name that no account has: where the words have run out, with a number behind."""
    drawn = [names.guest_name(language) for _attempt in range(DRAWS)]
    free = next((name for name in drawn if not is_taken(name)), None)
    return free or f"{drawn[0][: names.LONGEST - 5]} {secrets.randbelow(9000) + 1000}"


def _known(language: str) -> str:
    """`language` if the pages exist in it, else nothing."""
    return language if language in dict(settings.LANGUAGES) else ""
