"""Shutting players out and letting them in again: the one place that writes bans and `is_active`.

Called by moderation, by the sweep, and by whoever must tell a person why they cannot come in. `signals.py` hears that a
player is inactive and closes what they have open, in every process.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from players.errors import ServiceError
from players.models import Ban, Player
from players.selectors import key_digest

LONGEST = timedelta(days=3650)
"""Beyond ten years a ban is for ever, and should say so."""

# Bans that ended since the last sweep: a few. After a long stop of the servers the rest follows with the next sweeps.
_AT_ONCE = 100


@transaction.atomic
def player_ban(*, player: Player, by: Player | None, reason: str, term: timedelta | None, words: str = "") -> Ban:
    """Shut `player` out for `term`, None: for ever; a ban in force is replaced. Their sockets close within a second.

    Raises ServiceError: bad_reason, bad_term, bad_words, cannot_ban (oneself).
    """
    if reason not in Ban.Reason.values:
        raise ServiceError("bad_reason", _("Choose one of the reasons of the list."))
    if term is not None and not timedelta(0) < term <= LONGEST:
        raise ServiceError("bad_term", _("A ban lasts from one hour to ten years, or for ever."))
    if len(words) > 500 or "\x00" in words:
        raise ServiceError("bad_words", _("Tell the player in at most 500 characters."))
    if by is not None and by.pk == player.pk:
        raise ServiceError("cannot_ban", _("Nobody bans themselves; ask another administrator."))
    banned = Player.objects.select_for_update().get(pk=player.pk)
    Ban.objects.filter(player=banned, lifted_at=None).update(lifted_at=Now(), lifted_by=by)
    ban = Ban.objects.create(
        player=banned, by=by, reason=reason, until=None if term is None else Now() + term, words=words.strip()
    )
    banned.is_active = player.is_active = False
    banned.save(update_fields=["is_active"])
    ban.refresh_from_db()
    return ban


@transaction.atomic
def player_unban(*, player: Player, by: Player | None) -> bool:
    """Let `player` in again; False where no ban is in force."""
    freed = Player.objects.select_for_update().get(pk=player.pk)
    lifted = Ban.objects.filter(player=freed, lifted_at=None).update(lifted_at=Now(), lifted_by=by)
    if lifted and freed.deleted_at is None:  # who deleted themselves meanwhile does not come back
        freed.is_active = player.is_active = True
        freed.save(update_fields=["is_active"])
    return bool(lifted)


@transaction.atomic
def bans_lapse() -> int:
    """Let everybody in whose term is over, by the database's clock; how many. For the sweep of every process."""
    over = Ban.objects.filter(lifted_at=None, until__lte=Now())
    lapsed = list(over.select_for_update(skip_locked=True, of=("self",)).order_by("until")[:_AT_ONCE])
    Ban.objects.filter(pk__in=[ban.pk for ban in lapsed]).update(lifted_at=F("until"))
    Player.objects.filter(pk__in=[ban.player_id for ban in lapsed], deleted_at=None).update(is_active=True)
    return len(lapsed)


def ban_of(player: int | None) -> Ban | None:
    """The ban in force of the player with this primary key."""
    found = Ban.objects.select_related("player").filter(player=player, lifted_at=None)
    return None if player is None else found.first()


def ban_by_key(secret: str) -> Ban | None:
    """The ban in force of the player whose program sent this key."""
    return ban_of(Player.objects.filter(keys__digest=key_digest(secret)).values_list("pk", flat=True).first())


def told(ban: Ban) -> str:
    """The ban in a sentence or two, in the active language: why, and until when."""
    reason = ban.get_reason_display()
    if ban.until is None:
        said = _("You are banned for good: %(reason)s.") % {"reason": reason}
    else:
        until = date_format(localtime(ban.until), "DATETIME_FORMAT")
        said = _("You are banned until %(until)s (UTC): %(reason)s.") % {"until": until, "reason": reason}
    return f"{said} {ban.words}".strip()
