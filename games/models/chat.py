"""What was said at matches, line by line: so that talk survives a move of the match, and reports can carry it.

Written by `games/spoken.py` alone, in batches and off the hot path; read when a match is loaded, by reports and admins.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from games.models.match import Match


class Audience(models.TextChoices):
    """Who heard a line; the words of the host's talk."""

    SEATS = "seats", _("players")
    SPECTATORS = "spectators", _("spectators")
    EVERYONE = "everyone", _("everyone")


class ChatLine(models.Model):
    """`phrase`: the id of a quick phrase, whose English words are then the text. `seat`: null for a spectator."""

    match = models.ForeignKey(
        Match, on_delete=models.CASCADE, db_index=False, related_name="chat", verbose_name=_("match")
    )
    audience = models.CharField(_("heard by"), max_length=10, choices=Audience)
    seat = models.PositiveSmallIntegerField(_("seat"), null=True, blank=True)
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("player"),
    )
    name = models.CharField(_("name"), max_length=40)
    text = models.CharField(_("text"), max_length=500)
    phrase = models.CharField(_("quick phrase"), max_length=20, blank=True, default="", db_default="")
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("line of chat")
        verbose_name_plural = _("lines of chat")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="line_says_something"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="line_audience_known"),
        ]
        indexes = [models.Index(fields=["match", "-id"], name="line_of_match")]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"
