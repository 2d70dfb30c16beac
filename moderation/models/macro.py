"""Answers to reports that are given again and again, each with one click."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from players.models import Ban


class Macro(models.Model):
    """An answer: what the reported player is told, in both languages, and what happens to them.

    `hours`: the term of a mute or ban, None: a ban for ever; `reason`: of a ban.
    """

    class Action(models.TextChoices):
        """What happens to the one who was reported."""

        DISMISS = "dismiss", _("nothing: dismiss the report")
        WARN = "warn", _("a warning")
        MUTE = "mute", _("no chat for a time")
        BAN = "ban", _("a ban")

    title = models.CharField(_("title"), max_length=80, unique=True)
    action = models.CharField(_("what happens"), max_length=8, choices=Action)
    text_en = models.CharField(_("words in English"), max_length=500, blank=True)
    text_ko = models.CharField(_("words in Korean"), max_length=500, blank=True)
    hours = models.PositiveIntegerField(_("term in hours"), null=True, blank=True)
    reason = models.CharField(_("reason of a ban"), max_length=16, choices=Ban.Reason, blank=True)
    place = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    class Meta:
        verbose_name = _("macro answer")
        verbose_name_plural = _("macro answers")
        ordering = ["place", "title"]
        constraints = [
            models.CheckConstraint(condition=~Q(action="mute", hours=None), name="macro_mute_has_a_term"),
            models.CheckConstraint(condition=~Q(action="ban", reason=""), name="macro_ban_has_a_reason"),
            models.CheckConstraint(condition=Q(hours=None) | Q(hours__gte=1), name="macro_term_is_some_time"),
            models.CheckConstraint(condition=~Q(action="warn", text_en=""), name="macro_warning_has_words"),
        ]

    def __str__(self) -> str:
        return self.title
