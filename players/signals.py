"""What ends a person's proofs: signing out, a new password, a ban, deletion. Heard once, when the app is ready.

They are Django's signals because admin, forms and shell all raise them. Also in a command beside the server: what it
takes back reaches the server by its row.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from players import bans, revocations, revoked
from players.models import Player
from players.ratings.services import ratings_hide


def connect() -> None:
    """Listen. A second call changes nothing."""
    user_logged_out.connect(_signed_out, dispatch_uid="players.signed_out")
    post_save.connect(_saved, sender=Player, dispatch_uid="players.saved")
    post_delete.connect(_deleted, sender=Player, dispatch_uid="players.deleted")


def _signed_out(*, request: HttpRequest | None, **_: Any) -> None:
    # Sent before Django forgets the session, so its key can still be read.
    key = request.session.session_key if request is not None else None
    if key:
        revocations.end_session(key)


def _saved(*, instance: Player, created: bool, **_: Any) -> None:
    # `_password` is set between `set_password` and the end of `save`, and not when a hash is only upgraded.
    if not created and (not instance.is_active or getattr(instance, "_password", None) is not None):
        _revoke_when_stored(instance)
    if not created and not instance.is_active:
        ratings_hide(player=instance.pk)


def _deleted(*, instance: Player, **_: Any) -> None:
    _revoke_when_stored(instance)


def _revoke_when_stored(player: Player) -> None:
    # After the commit: whoever connects again before it would be let in by the row as it was.
    transaction.on_commit(partial(_revoke, player.pk))


def _revoke(player: int) -> None:
    banned = bans.ban_of(player) is not None
    revocations.keep(player=player, since_ms=revoked.revoke_player(player, banned=banned), banned=banned)
