"""What lasts: matches, who sat at them, the log of each, and who owns it now.

`Entry`, `Snapshot`, `Lease` and `Host` are written by SQL of the journal and the store, so they carry no database
foreign key to `Match`: an append must never lock or touch it. Services write the rest; selectors read. No behaviour.
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
            models.Index(fields=["game"], name="match_live", condition=Q(status="live")),
            models.Index(fields=["started_at"], name="match_begun", condition=Q(status="live")),
            models.Index(fields=["due_at"], name="match_due", condition=Q(due_at__isnull=False)),
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


class Kind(models.TextChoices):
    """What an entry says; the words of the host's fold."""

    MOVE = "move", _("move")
    SIT = "sit", _("sit")
    LEAVE = "leave", _("leave")
    RESIGN = "resign", _("resign")
    OFFER = "offer", _("offer")
    ANSWER = "answer", _("answer")
    FLAG = "flag", _("flag")
    GONE = "gone", _("gone")
    PAUSE = "pause", _("pause")
    RESUME = "resume", _("resume")
    TAKEBACK = "takeback", _("takeback")
    ABORT = "abort", _("abort")
    END = "end", _("end")
    CHUNK = "chunk", _("chunk")


class Entry(models.Model):
    """Line `n` of a match's log, from 1 without gaps. `at`: the database's time, `ms`: the charged time."""

    match = models.ForeignKey(
        Match,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="entries",
        verbose_name=_("match"),
    )
    n = models.PositiveIntegerField(_("n"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    seat = models.PositiveSmallIntegerField(_("seat"), null=True, blank=True)
    c = models.BigIntegerField(_("c"), null=True, blank=True)
    at = models.DateTimeField(_("at"))
    ms = models.BigIntegerField(_("charged ms"))
    body = models.TextField(_("body"))
    digest = models.CharField(_("digest"), max_length=32)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["match", "n"], name="entry_once"),
            models.UniqueConstraint(fields=["match", "seat", "c"], condition=Q(c__isnull=False), name="input_once"),
            models.CheckConstraint(condition=Q(n__gte=1), name="entry_from_one"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="entry_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.match_id}/{self.n} {self.kind}"


class Snapshot(models.Model):
    """The whole fold after entry `n`: a cache, deletable."""

    match = models.ForeignKey(
        Match,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="snapshots",
        verbose_name=_("match"),
    )
    n = models.PositiveIntegerField(_("n"))
    state = models.BinaryField(_("state"))
    digest = models.CharField(_("digest"), max_length=32)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = [models.UniqueConstraint(fields=["match", "n"], name="snapshot_once")]

    def __str__(self) -> str:
        return f"{self.match_id}/{self.n}"


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

    def __str__(self) -> str:
        return f"{self.match_id} e{self.epoch}"


class Command(models.Model):
    """A wish of HTTP or admin that only the owner of the match may grant; the answer comes back in the row."""

    class Wish(models.TextChoices):
        SIT = "sit", _("sit down")
        ABORT = "abort", _("abort")

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
