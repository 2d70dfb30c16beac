"""Who plays: accounts and guests, and the secrets by which programs act for them.

Services write these rows, selectors read them; there is no behaviour here. This app never imports `games`.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from players.ids import ID_LENGTH, new_id


class Player(AbstractUser):
    """An account or a guest. `public_id` is what others see; the primary key never leaves the server."""

    public_id = models.CharField(_("public id"), max_length=ID_LENGTH, unique=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=24)
    is_guest = models.BooleanField(_("guest"), default=False)
    language = models.CharField(_("language"), max_length=8, blank=True)

    # What `createsuperuser` asks for besides sign-in name and password; the database refuses a player without a name.
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("player")
        verbose_name_plural = _("players")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="player_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Key(models.Model):
    """A program's secret: 128 bits and more, sent as `Authorization: Bearer …`, kept only as its SHA-256."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="keys", verbose_name=_("player"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)
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


class Revocation(models.Model):
    """A proof that is no longer good, for the processes that did not hear of it: a session's prefix, or all proofs of
    a player (primary key; the player may be deleted) up to `since_ms`. `at`: by the database's clock."""

    session = models.CharField(_("session"), max_length=16, blank=True)
    player = models.BigIntegerField(_("player"), null=True, blank=True)
    since_ms = models.BigIntegerField(_("since (Unix ms)"))
    at = models.DateTimeField(_("at"), db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")

    def __str__(self) -> str:
        return self.session or str(self.player)
