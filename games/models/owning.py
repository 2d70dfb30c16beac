"""Who owns which match now, and what is wished of the owner.

Hosts and leases are written by the store, without a database foreign key to `Match`; commands by services.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from games.models.match import Match
from players.ids import ID_LENGTH, new_id


class Host(models.Model):
    """A process that may own matches; alive while `beat_at`, by the database's clock, is younger than the TTL."""

    class Told(models.TextChoices):
        """What an operator wants of the process; it looks every second."""

        NOTHING = "", _("nothing")
        DRAIN = "drain", _("give its matches away and take none")
        STOP = "stop", _("the same, then end")

    id = models.CharField(_("incarnation"), max_length=ID_LENGTH, primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=200)
    started_at = models.DateTimeField(_("started"))
    beat_at = models.DateTimeField(_("last beat"), db_index=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    # With a default of the database's own: processes of the release before register themselves without naming it.
    told = models.CharField(_("told"), max_length=8, choices=Told, blank=True, default=Told.NOTHING, db_default="")

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Who may append to a match. Narrow and apart from `Match`, since every append locks it for share."""

    match = models.OneToOneField(
        Match,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="lease",
        verbose_name=_("match"),
    )
    host = models.ForeignKey(
        Host,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="leases",
        verbose_name=_("host"),
    )
    epoch = models.PositiveIntegerField(_("epoch"), default=0)
    suspect = models.PositiveSmallIntegerField(_("suspected"), default=0)

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        # For the admin: of a million leases the few that hung a process.
        indexes = [models.Index(fields=["match"], name="lease_suspect", condition=Q(suspect__gt=0))]

    def __str__(self) -> str:
        return f"{self.match_id} e{self.epoch}"


class Command(models.Model):
    """A wish of HTTP or admin that only the owner of the match may grant; the answer comes back in the row."""

    class Wish(models.TextChoices):
        SIT = "sit", _("sit down")
        ABORT = "abort", _("call off")
        RULE = "rule", _("decide the result")
        SAY = "say", _("say to all at the match")

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="commands", verbose_name=_("match"))
    kind = models.CharField(_("kind"), max_length=16, choices=Wish)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    body = models.JSONField(_("body"), default=dict)
    answer = models.JSONField(_("answer"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("command")
        verbose_name_plural = _("commands")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(answer__isnull=False), name="command_done_has_answer"
            ),
        ]
        indexes = [models.Index(fields=["match", "id"], name="command_open", condition=Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.match_id}"
