"""Writes accounts: a guest settles, signs out everywhere, says farewell; keys by name. Each call is one transaction."""

from __future__ import annotations

import secrets
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from players import countries, export, gone, names, revocations, revoked
from players.errors import ServiceError
from players.models import Key, Player, TakenName, Ticket

# Of 9,000 numbers; that all of so many are taken does not happen before a name has thousands of owners.
TRIES: Final = 8
MOST_KEYS: Final = 20
"""Keys of one player: a program for each machine, and a few that were forgotten."""


@transaction.atomic
def account_settle(*, player: Player) -> bool:
    """`player`, the guest, is an account and holds their name, or one with a number where it was taken meanwhile.

    False: it was one before.
    """
    if not Player.objects.select_for_update().filter(pk=player.pk, is_guest=True).exists():
        player.is_guest = False
        return False
    for name in (player.name, *(_numbered(player.name) for _try in range(TRIES))):
        player.name = name
        try:
            with transaction.atomic():
                TakenName.objects.give(player)
        except IntegrityError:
            continue
        player.is_guest = False
        player.save(update_fields=["is_guest", "name"])
        return True
    raise ServiceError("name_taken", _("Somebody has this name, or one that looks like it; choose another one."))


@transaction.atomic
def player_country_set(*, player: Player, country: str) -> None:
    """Say where `player` is from, or no more ("")). Raises ServiceError("bad_country")."""
    if country and country not in countries.codes():
        raise ServiceError("bad_country", _("There is no such country in the list; choose one, or none."))
    player.country = country
    player.save(update_fields=["country"])


@transaction.atomic
def player_sign_out_everywhere(*, player: Player) -> None:
    """No session of `player` is good any more, and their sockets close; keys of programs stay."""
    Player.objects.filter(pk=player.pk).update(era=F("era") + 1)
    player.refresh_from_db(fields=["era"])
    transaction.on_commit(lambda: revocations.keep(player=player.pk, since_ms=revoked.revoke_player(player.pk)))


@transaction.atomic
def player_delete(*, player: Player) -> None:
    """The person goes, the records stay: the row keeps its public id and nothing else.

    Apps that keep more about people forget it by `export.register(…, forget=…)`. Raises ServiceError("is_staff").
    """
    if player.is_staff or player.is_superuser:
        raise ServiceError("is_staff", _("You keep order here; have another admin take your rights away first."))
    for forget in export.forgetting():
        forget(player)
    for kept in (EmailAddress, Authenticator, SocialAccount, Key, Ticket, TakenName):
        kept._default_manager.filter(**{"player" if kept in OURS else "user": player}).delete()
    blank = dict.fromkeys(("email", "first_name", "last_name", "language", "country"), "")
    facts = blank | {"name": gone.NAME, "username": f"gone-{player.public_id}", "is_active": False, "is_guest": False}
    for field, value in facts.items():
        setattr(player, field, value)
    player.set_unusable_password()
    player.save()
    player.groups.clear()
    player.user_permissions.clear()
    Player.objects.filter(pk=player.pk).update(deleted_at=Now(), last_login=None, era=F("era") + 1)


OURS: Final = (Key, Ticket, TakenName)


@transaction.atomic
def key_revoke(*, player: Player, key: int) -> None:
    """One of the player's own keys opens nothing any more; nothing happens where it is not theirs."""
    Key.objects.filter(player=player, pk=key).delete()


def _numbered(name: str) -> str:
    return f"{name[: names.LONGEST - 5]} {secrets.randbelow(9_000) + 1_000}"
