"""A word of one player about another, with the log of that moment: what moderators work through."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from games.models import Match
from players.models import Player


class Reason(models.TextChoices):
    """What somebody is reported for; one click each."""

    CHEATING = "cheating", _("Cheating")
    STALLING = "stalling", _("Stalling or leaving on purpose")
    CHAT = "chat", _("Insults or spam in the chat")
    NAME = "name", _("Offensive name")
    OTHER = "other", _("Something else")


class State(models.TextChoices):
    """Where a report stands."""

    OPEN = "open", _("waits for a moderator")
    RESOLVED = "resolved", _("looked at")


class Outcome(models.TextChoices):
    """What came of a report that was looked at."""

    ACTED = "acted", _("We acted on it")
    NOTHING = "nothing", _("We found nothing against the rules")


class Report(models.Model):
    """`log`: what the database knew when it was made (`moderation/logs.py` says what is in it): it stays as it was,
    whatever is renamed or deleted later. `answer`: a sentence to who reported."""

    reporter = models.ForeignKey(
        Player, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("reported by")
    )
    about = models.ForeignKey(
        Player, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports", verbose_name=_("about")
    )
    match = models.ForeignKey(
        Match, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports", verbose_name=_("match")
    )
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    text = models.TextField(_("text"), max_length=1000, blank=True)
    log = models.JSONField(_("log"), default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN, db_default=State.OPEN)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True, default="", db_default="")
    answer = models.CharField(_("answer"), max_length=500, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("made"), db_default=Now())
    resolved_by = models.ForeignKey(
        Player, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("looked at by")
    )
    resolved_at = models.DateTimeField(_("looked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            # A second click is the first one. NULLs are distinct, so reports without a match have a line of their own.
            models.UniqueConstraint(
                fields=["reporter", "about", "match"], condition=Q(state="open"), name="report_once_of_match"
            ),
            models.UniqueConstraint(
                fields=["reporter", "about"], condition=Q(state="open", match__isnull=True), name="report_once"
            ),
            models.CheckConstraint(condition=~Q(reporter=F("about")), name="report_of_another"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_reason_known"),
            models.CheckConstraint(
                condition=Q(state="open", outcome="", resolved_at__isnull=True)
                | Q(state="resolved", outcome__in=Outcome.values, resolved_at__isnull=False),
                name="report_end_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], name="report_open", condition=Q(state="open")),
            models.Index(fields=["reporter", "-id"], name="report_of_reporter"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.about}"
