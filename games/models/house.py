"""What the house decides about its games, and what its processes tell of themselves.

`GameSetting` is written by admins and read by services; `HostMinute` is written by every process for itself and read by
the dashboard.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class GameSetting(models.Model):
    """How one game is offered; a game without a row is offered without limits.

    `most_live`: so many matches of it may go on at once, None: any number; `allowed`: of an option only these values,
    `{"option": [value, …]}`.
    """

    game = models.CharField(_("game"), max_length=40, unique=True)
    playable = models.BooleanField(_("new matches may begin"), default=True)
    rated = models.BooleanField(_("rated matches are offered"), default=True)
    practice = models.BooleanField(_("practice opponents are offered"), default=True)
    most_live = models.PositiveIntegerField(_("matches at once, at most"), null=True, blank=True)
    allowed = models.JSONField(_("allowed values of options"), default=dict, blank=True)

    class Meta:
        verbose_name = _("game")
        verbose_name_plural = _("games")

    def __str__(self) -> str:
        return self.game


class HostMinute(models.Model):
    """A minute of one process: `connections` at its newest look, the rest counted within the minute.

    `matches`: in memory by game, at the newest look; `at`: that look, by the database's clock. Kept for a day.
    """

    host = models.CharField(_("incarnation"), max_length=24)
    minute = models.DateTimeField(_("minute"))
    at = models.DateTimeField(_("at"))
    connections = models.PositiveIntegerField(_("connections"), default=0)
    moves = models.PositiveBigIntegerField(_("moves"), default=0)
    refused = models.PositiveBigIntegerField(_("refusals"), default=0)
    slow = models.PositiveIntegerField(_("slow sockets"), default=0)
    matches = models.JSONField(_("matches by game"), default=dict)

    class Meta:
        verbose_name = _("minute of a host")
        verbose_name_plural = _("minutes of hosts")
        constraints = [
            models.UniqueConstraint(fields=["host", "minute"], name="host_minute_once"),
            models.CheckConstraint(condition=~Q(host=""), name="host_minute_has_a_host"),
        ]
        indexes = [models.Index(fields=["minute"], name="host_minute_newest")]

    def __str__(self) -> str:
        return f"{self.host} {self.minute:%H:%M}"
