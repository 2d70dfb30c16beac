"""Tournaments as they are stored: facts for lists, the log from which all else follows, and whose matches are whose.

Services and the runner write these rows, each time with the entry that they follow from, in one transaction.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from games.models import Match
from players.ids import ID_LENGTH, new_id
from tournaments.formats.entries import KINDS


class Format(models.TextChoices):
    """How it is decided who plays whom."""

    ARENA = "arena", _("Arena")
    SWISS = "swiss", _("Swiss")
    ROUND_ROBIN = "round_robin", _("Round robin")


class Status(models.TextChoices):
    """Where a tournament stands."""

    COMING = "coming", _("coming")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


class Tournament(models.Model):
    """A tournament. What is not a fact of its creation repeats the fold, for lists; `due_at`: when the runner looks
    at it next."""

    public_id = models.CharField(_("public id"), max_length=ID_LENGTH, unique=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60)
    format = models.CharField(_("format"), max_length=12, choices=Format)
    game = models.CharField(_("game"), max_length=40)
    options = models.JSONField(_("options"), default=dict, blank=True)
    clock = models.JSONField(_("time control"), null=True, blank=True)
    rated = models.BooleanField(_("rated"), default=False)
    start_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=0)
    rounds = models.PositiveSmallIntegerField(_("rounds"), default=0)
    double = models.BooleanField(_("everyone meets everyone twice"), default=False)
    streaks = models.BooleanField(_("points double on a streak"), default=True)
    accounts_only = models.BooleanField(_("accounts only"), default=False)
    least_matches = models.PositiveSmallIntegerField(_("rated matches needed"), default=0)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.COMING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), db_default=Now())
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    players = models.PositiveIntegerField(_("players"), default=0)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)

    class Meta:
        verbose_name = _("tournament")
        verbose_name_plural = _("tournaments")
        constraints = [
            models.CheckConstraint(condition=Q(format__in=Format.values), name="tournament_format_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="tournament_status_known"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False) | Q(status__in=("finished", "cancelled")),
                name="tournament_under_way_is_due",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-start_at"], name="tournament_list"),
            models.Index(fields=["due_at"], name="tournament_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """Line `n` of a tournament's log, from 1 without gaps. `match`: of a result, so that each match has one."""

    tournament = models.ForeignKey(
        Tournament, on_delete=models.CASCADE, related_name="entries", verbose_name=_("tournament")
    )
    n = models.PositiveIntegerField(_("n"))
    kind = models.CharField(_("kind"), max_length=8)
    match = models.OneToOneField(
        Match, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("match")
    )
    body = models.TextField(_("body"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["tournament", "n"], name="tournament_entry_once"),
            models.CheckConstraint(condition=Q(n__gte=1), name="tournament_entry_from_one"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="tournament_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="result", match__isnull=False) | (~Q(kind="result") & Q(match__isnull=True)),
                name="tournament_result_of_a_match",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tournament_id}/{self.n} {self.kind}"


class Pairing(models.Model):
    """A match of a tournament. `open`: no result yet; `begun`: everybody has moved, so that nobody stays away."""

    match = models.OneToOneField(
        Match, primary_key=True, on_delete=models.PROTECT, related_name="tournament_pairing", verbose_name=_("match")
    )
    tournament = models.ForeignKey(
        Tournament, on_delete=models.CASCADE, related_name="pairings", verbose_name=_("tournament")
    )
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    board = models.PositiveIntegerField(_("board"))
    open = models.BooleanField(_("open"), default=True)
    begun = models.BooleanField(_("begun"), default=False)

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")
        constraints = [
            # A round is drawn up once, so its boards are made once, whatever two processes may think.
            models.UniqueConstraint(
                fields=["tournament", "round", "board"], condition=Q(round__gt=0), name="tournament_board_once"
            ),
        ]
        indexes = [models.Index(fields=["tournament"], name="tournament_open", condition=Q(open=True))]

    def __str__(self) -> str:
        return f"{self.tournament_id}: {self.round}/{self.board}"


class Presence(models.Model):
    """Who was on the page of a tournament, and when last: only they are paired in an arena."""

    tournament = models.ForeignKey(Tournament, on_delete=models.CASCADE, related_name="+", verbose_name=_("tournament"))
    player = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("player")
    )
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["tournament", "player"], name="tournament_presence_once")]

    def __str__(self) -> str:
        return f"{self.tournament_id} {self.player_id}"
