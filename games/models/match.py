"""Matches and who sat at them: what pages and programs list.

The journal alone changes a row of a match while a process holds its lease. No behaviour.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from players.ids import ID_LENGTH, new_id


class Status(models.TextChoices):
    """Where a match stands."""

    WAITING = "waiting", _("waiting for players")
    LIVE = "live", _("live")
    OVER = "over", _("over")
    ABORTED = "aborted", _("aborted")


class Match(models.Model):
    """One play of a game. The journal alone changes a row here while a process holds the lease."""

    public_id = models.CharField(_("public id"), max_length=ID_LENGTH, unique=True, default=new_id, editable=False)
    game = models.CharField(_("game"), max_length=40)
    edition = models.PositiveIntegerField(_("edition"))
    fold = models.PositiveIntegerField(_("host's edition"))
    options = models.JSONField(_("options"), default=dict)
    seats = models.PositiveSmallIntegerField(_("seats"))
    clock = models.JSONField(_("time control"), null=True, blank=True)
    listed = models.BooleanField(_("open to anyone"), default=True)
    # With defaults of the database's own: processes of the release before insert without naming them.
    rated = models.BooleanField(_("rated"), default=False, db_default=False)
    pool = models.CharField(_("pool of ratings"), max_length=16, blank=True, default="", db_default="")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    seed = models.CharField(_("seed"), max_length=64)
    seed_hash = models.CharField(_("seed's hash"), max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("created by"),
    )
    rematch_of = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="rematch",
        verbose_name=_("rematch of"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    finished_seq = models.BigIntegerField(_("finish number"), null=True, blank=True, unique=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    # Of finished matches; empty where they ended under the release before. Not "positive": that check reads the table.
    steps = models.IntegerField(_("steps"), null=True, blank=True)
    # Why a rated match changed no rating; a slug of `players.ratings.counting.Why`.
    uncounted = models.CharField(_("not counted because"), max_length=16, blank=True, default="", db_default="")
    result = models.JSONField(_("result"), null=True, blank=True)
    end_n = models.PositiveIntegerField(_("last entry of the record"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="match_has_seats"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="match_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=("over", "aborted"))
                | Q(result__isnull=False, finished_seq__isnull=False, end_n__isnull=False),
                name="match_end_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "listed", "-created_at"], name="match_open"),
            models.Index(fields=["game", "-finished_seq"], name="match_finished"),
            models.Index(fields=["game", "-id"], name="match_of_game"),
            models.Index(fields=["status", "-id"], name="match_of_status"),
            models.Index(fields=["game"], name="match_live", condition=Q(status="live")),
            models.Index(fields=["started_at"], name="match_begun", condition=Q(status="live")),
            models.Index(fields=["due_at"], name="match_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["game", "pool", "finished_seq"], name="match_rated", condition=Q(rated=True)),
        ]

    def __str__(self) -> str:
        return f"{self.game} {self.public_id}"


class Seat(models.Model):
    """Who sat where: a player or a bot. Written in the transaction of its `sit` entry; never given to another."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="sitting", verbose_name=_("match"))
    index = models.PositiveSmallIntegerField(_("seat"))
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="seats",
        verbose_name=_("player"),
    )
    bot = models.CharField(_("bot"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=40)
    score = models.IntegerField(_("score"), null=True, blank=True)
    side = models.SmallIntegerField(_("side"), null=True, blank=True)
    # Of a rated match that counted: the player's rating before it and after it, written by `games/rating/`.
    rating_before = models.FloatField(_("rating before"), null=True, blank=True)
    rating_after = models.FloatField(_("rating after"), null=True, blank=True)
    deviation_after = models.FloatField(_("deviation after"), null=True, blank=True)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(fields=["match", "index"], name="seat_once"),
            models.UniqueConstraint(
                fields=["match", "player"], condition=Q(player__isnull=False), name="player_sits_once"
            ),
            models.CheckConstraint(condition=Q(bot="") | Q(player__isnull=True), name="seat_player_or_bot"),
        ]
        indexes = [models.Index(fields=["player", "-match"], name="seat_by_player")]

    def __str__(self) -> str:
        return f"{self.index}: {self.name}"
