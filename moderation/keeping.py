"""What those who keep order do to a player: each is one transaction with its line in the log of acts.

Called by the admin, which has checked that the person may. The deeds themselves are services of `players`; who acts is
given by the request, so that no act is without a name.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext as _

from moderation import acts
from moderation.models import Note, Notice
from players import bans
from players import services as people
from players.errors import ServiceError
from players.models import Ban, Player
from players.ratings import services as ratings

LONGEST_NOTE = 2000
LONGEST_NOTICE = 1000
# A year: whoever should not write for longer should not be here.
LONGEST_MUTE_HOURS = 24 * 365


@transaction.atomic
def ban(*, player: Player, reason: str, hours: int | None, words: str, request: HttpRequest) -> Ban:
    """Shut `player` out for so many hours, None: for ever. Raises ServiceError, as `player_ban`, and cannot_ban."""
    by = who(request)
    spare_staff(player, by)
    before = bans.ban_of(player.pk)
    term = None if hours is None else timedelta(hours=hours)
    made = people.player_ban(player=player, by=by, reason=reason, term=term, words=words)
    acts.record(by=by, what="ban", about=player, words=words, before=_told(before), after=_told(made), request=request)
    return made


@transaction.atomic
def unban(*, player: Player, words: str, request: HttpRequest) -> None:
    """Let `player` in again. Raises ServiceError("not_banned")."""
    by, before = who(request), bans.ban_of(player.pk)
    if not people.player_unban(player=player, by=by):
        raise ServiceError("not_banned", _("Nobody has banned this player, or the ban is over."))
    acts.record(by=by, what="unban", about=player, words=words, before=_told(before), request=request)


@transaction.atomic
def mute(*, player: Player, hours: int, words: str, request: HttpRequest) -> None:
    """Take the chat from `player` for so many hours. Raises ServiceError: bad_term, cannot_ban."""
    by = who(request)
    spare_staff(player, by)
    if not 1 <= hours <= LONGEST_MUTE_HOURS:
        raise ServiceError("bad_term", _("The chat is taken for one hour to one year."))
    people.player_mute(player=player, term=timedelta(hours=hours), by=by, why=words[:200])
    acts.record(by=by, what="mute", about=player, words=words, after={"hours": hours}, request=request)


@transaction.atomic
def unmute(*, player: Player, words: str, request: HttpRequest) -> None:
    """Give `player` the chat back."""
    people.player_unmute(player=player)
    acts.record(by=who(request), what="unmute", about=player, words=words, request=request)


@transaction.atomic
def rename(*, player: Player, name: str, words: str, request: HttpRequest) -> None:
    """Give `player` another name, by the rules for names. Raises ServiceError, as `player_rename`."""
    by, before = who(request), player.name
    spare_staff(player, by)
    people.player_rename(player=player, name=name)
    acts.record(
        by=by,
        what="rename",
        about=player,
        words=words,
        before={"name": before},
        after={"name": player.name},
        request=request,
    )


@transaction.atomic
def rating_reset(*, player: Player, game: str, pool: str, words: str, request: HttpRequest) -> None:
    """`player` begins anew in this pool."""
    ratings.rating_reset(player=player, game=game, pool=pool)
    after = {"pool": f"{game} {pool}"}
    acts.record(by=who(request), what="rate", about=player, words=words, after=after, request=request)


@transaction.atomic
def warn(*, player: Player, words: str, request: HttpRequest) -> Notice:
    """Show `player` a warning at the head of every page until it is put away. Raises ServiceError("bad_words")."""
    by = who(request)
    made = notice_create(player=player, kind=Notice.Kind.WARNING, text=words, by=by)
    acts.record(by=by, what="warn", about=player, words=words, request=request)
    return made


@transaction.atomic
def note(*, player: Player, text: str, request: HttpRequest) -> Note:
    """A remark about `player` for those who keep order. Raises ServiceError("bad_words")."""
    by, text = who(request), text.strip()
    if not text or len(text) > LONGEST_NOTE or "\x00" in text:
        why = _("Write something, in at most %(count)d characters.") % {"count": LONGEST_NOTE}
        raise ServiceError("bad_words", why)
    made = Note.objects.create(player=player, by=by, text=text)
    acts.record(by=by, what="note", about=player, words=text, request=request)
    return made


@transaction.atomic
def notice_create(*, player: Player, kind: str, text: str, by: Player | None) -> Notice:
    """A word to one player. Raises ServiceError("bad_words")."""
    text = text.strip()
    if not text or len(text) > LONGEST_NOTICE or "\x00" in text:
        why = _("Write something, in at most %(count)d characters.") % {"count": LONGEST_NOTICE}
        raise ServiceError("bad_words", why)
    return Notice.objects.create(player=player, kind=kind, text=text, by=by)


def notices_put_away(*, player: Player) -> None:
    """`player` has read what was shown."""
    Notice.objects.filter(player=player, seen_at=None).update(seen_at=Now())


def who(request: HttpRequest) -> Player:
    """Who acts."""
    assert isinstance(request.user, Player)
    return request.user


def spare_staff(player: Player, by: Player) -> None:
    """Those who keep order are no matter for each other. Raises ServiceError("cannot_ban")."""
    if (player.is_staff or player.is_superuser) and not by.is_superuser:
        raise ServiceError("cannot_ban", _("This person keeps order here, too; only a superuser can do that."))


def _told(ban: Ban | None) -> dict[str, str | None] | None:
    if ban is None:
        return None
    return {"reason": ban.reason, "until": None if ban.until is None else ban.until.isoformat(timespec="seconds")}
