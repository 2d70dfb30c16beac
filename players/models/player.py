"""Who plays: accounts and guests."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
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
