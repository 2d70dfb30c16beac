"""What those who keep order know about a player, and what a player is told by them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Note(models.Model):
    """A remark about a player, for those who keep order alone. Added, never changed: a wrong one is answered by
    another."""

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes", verbose_name=_("player")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), db_default=Now())
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_says_something")]
        indexes = [models.Index(fields=["player", "-id"], name="note_by_player")]

    def __str__(self) -> str:
        return self.text[:60]


class Notice(models.Model):
    """A word to one player, shown at the head of every page until it is put away: a warning, the outcome of a
    report."""

    class Kind(models.TextChoices):
        """What it is."""

        WARNING = "warning", _("warning")
        OUTCOME = "outcome", _("outcome of a report")
        WORD = "word", _("word")

    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", verbose_name=_("player")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    text = models.TextField(_("text"), max_length=1000)
    at = models.DateTimeField(_("at"), db_default=Now())
    seen_at = models.DateTimeField(_("put away"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="notice_says_something")]
        indexes = [
            models.Index(fields=["player", "-id"], name="notice_unseen", condition=Q(seen_at=None)),
            models.Index(fields=["player", "-id"], name="notice_by_player"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
