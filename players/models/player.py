"""Who plays: accounts and guests, and which names are taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from players import lookalikes
from players.ids import ID_LENGTH, new_id


class PlayerManager(UserManager["Player"]):
    """What `createsuperuser` calls: an account is not there without its name."""

    @transaction.atomic
    def _create_user(self, *args: Any, **fields: Any) -> Player:
        player: Player = super()._create_user(*args, **fields)  # type: ignore[misc]  # not in the stubs
        TakenName.objects.give(player)
        return player


class Player(AbstractUser):
    """An account or a guest. `public_id` is what others see; the primary key never leaves the server."""

    public_id = models.CharField(_("public id"), max_length=ID_LENGTH, unique=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=24)
    is_guest = models.BooleanField(_("guest"), default=False)
    language = models.CharField(_("language"), max_length=8, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, default="", db_default="")
    # Who deleted themselves stays as a row without a person: records and ratings of others hang on it.
    # Raised to end all sessions at once: they hang on `get_session_auth_hash`. Without a check that it is positive: to
    # add one PostgreSQL would read all players under a lock.
    era = models.IntegerField(_("signed out everywhere"), default=0, db_default=0)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects: ClassVar[PlayerManager] = PlayerManager()

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

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be this player's: another one after a new password, and after each era."""
        return self._in_this_era(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the keys that SECRET_KEY was before."""
        return map(self._in_this_era, super().get_session_auth_fallback_hash())

    def _in_this_era(self, plain: str) -> str:
        return f"{plain}.{self.era}" if self.era else plain


class TakenNames(models.Manager["TakenName"]):
    """Takes names."""

    def give(self, player: Player) -> None:
        """Take the name that `player` has, and free the one before. Raises IntegrityError where another account has
        one that looks the same; call it in a transaction."""
        self.filter(player=player).delete()
        self.bulk_create(TakenName(player=player, key=key) for key in lookalikes.keys(player.name))


class TakenName(models.Model):
    """One of the keys (`lookalikes.py`) under which an account has its name. Guests take none: they are many, their
    names are drawn, and the public id tells them apart."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="taken", verbose_name=_("player"))
    key = models.CharField(_("key"), max_length=lookalikes.LONGEST, unique=True)

    objects = TakenNames()

    class Meta:
        verbose_name = _("taken name")
        verbose_name_plural = _("taken names")

    def __str__(self) -> str:
        return self.key
