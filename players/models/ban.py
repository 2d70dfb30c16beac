"""Who is shut out, since when and until when, by whom, and what they are told."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from players.models.player import Player


class Ban(models.Model):
    """A player who may not come in. Never deleted: one that is over says when it ended and by whom.

    `until` None: for ever; `words`: told to the player, beside the reason; `lifted_at`: when it ended, by its term
    (`lifted_by` None) or by an admin. All times are the database's.
    """

    class Reason(models.TextChoices):
        """What a ban is for, as it is told."""

        CHEATING = "cheating", _("cheating")
        ABUSE = "abuse", _("insults or threats")
        SPAM = "spam", _("spam or advertising")
        NAME = "name", _("a name that offends")
        SPOILING = "spoiling", _("spoiling matches on purpose")
        OTHER = "other", _("another breach of the rules")

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="bans", verbose_name=_("player"))
    by = models.ForeignKey(
        Player, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    since = models.DateTimeField(_("since"), db_default=Now())
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    words = models.CharField(_("words to the player"), max_length=500, blank=True, default="", db_default="")
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        Player, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("lifted by")
    )

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        constraints = [
            models.UniqueConstraint(fields=["player"], condition=Q(lifted_at=None), name="ban_in_force_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="ban_ends_after_it_began"),
            models.CheckConstraint(condition=Q(lifted_at__isnull=False) | Q(lifted_by=None), name="ban_lifted_when"),
        ]
        indexes = [
            models.Index(fields=["player", "-since"], name="ban_by_player"),
            models.Index(fields=["until"], name="ban_lapses", condition=Q(lifted_at=None, until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.player}: {self.get_reason_display()}"
