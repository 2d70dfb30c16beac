"""The log of each match, line by line, and its snapshots.

Written by SQL of the journal and the store alone, so they carry no database foreign key to `Match`: an append must
never lock or touch it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from games.models.match import Match


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
    RULED = "ruled", _("ruled")


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
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="entry_kind_one_of"),
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
