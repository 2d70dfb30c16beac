"""Who is here: which player has a socket at which process, and how many watch a match.

Written by `games/lobby/`, in batches, when something has changed, and never to say that it still holds: whether a row
holds is whether its process is alive, which the process says by its heartbeat anyway. Without database foreign keys: a
batch must not fail for one player or match that was just deleted.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from games.models.match import Match
from games.models.owning import Host


class Presence(models.Model):
    """A player who has a socket at a process."""

    host = models.ForeignKey(
        Host, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+", verbose_name=_("host")
    )
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="+",
        verbose_name=_("player"),
    )

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["host", "player"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.player_id} @ {self.host_id}"


class Watched(models.Model):
    """A match that people watch at the process which has it."""

    host = models.ForeignKey(
        Host, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+", verbose_name=_("host")
    )
    match = models.ForeignKey(
        Match, on_delete=models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("match")
    )
    spectators = models.PositiveIntegerField(_("spectators"))

    class Meta:
        verbose_name = _("watched match")
        verbose_name_plural = _("watched matches")
        constraints = [models.UniqueConstraint(fields=["host", "match"], name="watched_once")]

    def __str__(self) -> str:
        return f"{self.match_id} @ {self.host_id}: {self.spectators}"
