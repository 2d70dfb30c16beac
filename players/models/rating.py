"""Ratings as they are kept: a line for each player in each pool, how it came about, and how far a pool is rated.

All of it follows from finished matches and resets, in order: `manage.py recomputeratings` makes the same rows anew.
Written by `players/ratings/services.py` alone.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from players.models.player import Player


class Pool(models.Model):
    """The ratings of one game at one pace. `applied_seq`: finished matches up to this number have been rated; whoever
    rates further locks the row."""

    game = models.CharField(_("game"), max_length=40)
    name = models.CharField(_("pool"), max_length=16)
    applied_seq = models.BigIntegerField(_("rated up to"), default=0)

    class Meta:
        verbose_name = _("pool of ratings")
        verbose_name_plural = _("pools of ratings")
        constraints = [models.UniqueConstraint(fields=["game", "name"], name="pool_once")]

    def __str__(self) -> str:
        return f"{self.game} {self.name}"


class Rating(models.Model):
    """How a player stands in a pool after their last counted match, without what absence does since.

    `listed`: on the leaderboard, as far as the match says; cleared when it is long ago.
    """

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="ratings", verbose_name=_("player"))
    pool = models.ForeignKey(
        Pool, on_delete=models.CASCADE, related_name="ratings", db_index=False, verbose_name=_("pool")
    )
    # Double precision holds what the arithmetic gives to the last digit; a decimal type would round once more.
    rating = models.FloatField(_("rating"))
    deviation = models.FloatField(_("deviation"))
    volatility = models.FloatField(_("volatility"))
    matches = models.PositiveIntegerField(_("counted matches"))
    last_at = models.DateTimeField(_("last match"))
    last_seq = models.BigIntegerField(_("last match's number"))
    listed = models.BooleanField(_("listed"), default=False)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["player", "pool"], name="rating_once"),
            models.CheckConstraint(condition=Q(deviation__gt=0, volatility__gt=0), name="rating_is_possible"),
        ]
        indexes = [
            # The leaderboard, in its order; and those who leave it, the longest absent first.
            models.Index("pool", F("rating").desc(), "id", name="rating_board", condition=Q(listed=True)),
            models.Index(fields=["last_at"], name="rating_listed", condition=Q(listed=True)),
        ]

    def __str__(self) -> str:
        return f"{self.player_id}: {self.rating:.0f} ± {self.deviation:.0f}"


class RatingChange(models.Model):
    """One counted match in the history of a rating: what it was afterwards. `seq`: the match's finish number."""

    player = models.ForeignKey(
        Player, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("player")
    )
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("pool"))
    seq = models.BigIntegerField(_("match's number"))
    at = models.DateTimeField(_("at"))
    rating = models.FloatField(_("rating"))
    deviation = models.FloatField(_("deviation"))

    class Meta:
        verbose_name = _("change of a rating")
        verbose_name_plural = _("changes of ratings")
        constraints = [models.UniqueConstraint(fields=["pool", "seq", "player"], name="change_once")]
        indexes = [models.Index(fields=["player", "pool", "at"], name="change_by_time")]

    def __str__(self) -> str:
        return f"{self.player_id}/{self.seq}: {self.rating:.0f}"


class RatingReset(models.Model):
    """A player began anew in a pool, by an admin's word, after the matches up to `after_seq`."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+", verbose_name=_("player"))
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="resets", verbose_name=_("pool"))
    after_seq = models.BigIntegerField(_("after match"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("reset of a rating")
        verbose_name_plural = _("resets of ratings")

    def __str__(self) -> str:
        return f"{self.player_id} after {self.after_seq}"
