"""The secrets by which programs act for players and sockets are admitted, and which of them are good no more."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from players.models.player import Player


class Key(models.Model):
    """A program's secret: 128 bits and more, sent as `Authorization: Bearer …`, kept only as its SHA-256."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="keys", verbose_name=_("player"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    label = models.CharField(_("what it is for"), max_length=40, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")

    def __str__(self) -> str:
        return f"{self.player} {self.digest[:8]}"


class Ticket(models.Model):
    """Admission of one connection, once, within 30 seconds; kept only as its SHA-256. Redeeming deletes it."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="+", verbose_name=_("player"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")

    def __str__(self) -> str:
        return self.digest[:8]


class Counter(models.Model):
    """How often something was tried: the table of Django's cache, which alone writes it (`CACHES` in the settings)."""

    cache_key = models.CharField(_("key"), max_length=255, primary_key=True)
    value = models.TextField(_("value"))
    expires = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")

    def __str__(self) -> str:
        return self.cache_key


class Revocation(models.Model):
    """A proof that is no longer good, for the processes that did not hear of it: a session's prefix, or all proofs of
    a player (primary key; the player may be deleted) up to `since_ms`. `banned`: because they are banned; `at`: by the
    database's clock."""

    session = models.CharField(_("session"), max_length=16, blank=True)
    player = models.BigIntegerField(_("player"), null=True, blank=True)
    # With a default of the database's own: processes of the release before revoke without naming it.
    banned = models.BooleanField(_("by a ban"), default=False, db_default=False)
    since_ms = models.BigIntegerField(_("since (Unix ms)"))
    at = models.DateTimeField(_("at"), db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")

    def __str__(self) -> str:
        return self.session or str(self.player)
