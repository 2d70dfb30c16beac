"""Who likes whose company: friends, blocks, whose words a player does not want to read, and who may not write at all.

Written by `players/company`, read by its selectors. The database itself keeps what must hold: a pair is friends once,
and nobody is their own friend or their own trouble.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least, Now
from django.utils.translation import gettext_lazy as _

from players.models.player import Player


class Friendship(models.Model):
    """One row for a pair, whoever asked: a wish while `since` is null, a friendship from then on."""

    asker = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+", verbose_name=_("who asked"))
    asked = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+", verbose_name=_("who was asked"))
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    since = models.DateTimeField(_("friends since"), null=True, blank=True)

    class Meta:
        verbose_name = _("friendship")
        verbose_name_plural = _("friendships")
        constraints = [
            # Whichever way round: two who ask each other at once are one row, and the second wish accepts the first.
            models.UniqueConstraint(Least("asker", "asked"), Greatest("asker", "asked"), name="friends_once"),
            models.CheckConstraint(condition=~Q(asker=F("asked")), name="friends_are_two"),
        ]

    def __str__(self) -> str:
        return f"{self.asker} – {self.asked}"


class Block(models.Model):
    """`player` wants nothing to do with `blocked`: no challenge, no pairing, no friendship, no words."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+", verbose_name=_("player"))
    blocked = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+", verbose_name=_("blocked"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["player", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(player=F("blocked")), name="block_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.player} × {self.blocked}"


class Mute(models.Model):
    """`player` does not want to read what `muted` writes, and is shown none of it."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+", verbose_name=_("player"))
    muted = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+", verbose_name=_("muted"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        constraints = [
            models.UniqueConstraint(fields=["player", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(player=F("muted")), name="mute_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.player} – {self.muted}"


class Silence(models.Model):
    """A moderator's word: `player` may not write in any chat until `until`, by the database's clock.

    Rows stay when they have lapsed or were lifted (then `until` is that moment): they are the history.
    """

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="silences", verbose_name=_("player"))
    until = models.DateTimeField(_("until"), db_index=True)
    why = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(
        Player, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("silence")
        verbose_name_plural = _("silences")
        indexes = [models.Index(fields=["player", "-until"], name="silence_of_player")]

    def __str__(self) -> str:
        return f"{self.player} … {self.until}"
