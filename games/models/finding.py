"""Who looks for a match, who was found for whom, who challenged whom, and parties of friends.

Small tables: a row lives only as long as somebody waits for something. Written by `games.finding.services` alone. What
must hold whatever processes do is a constraint here: a player is in one seek, so in one pairing, and in one party.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from games.models.match import Match
from players.ids import ID_LENGTH, new_id


class Queue(models.Model):
    """One line of people who want the same. Its row is the guard: who has locked it pairs, and nobody else."""

    game = models.CharField(_("game"), max_length=40)
    pool = models.CharField(_("pool of ratings"), max_length=16)
    rated = models.BooleanField(_("rated"))
    seats = models.PositiveSmallIntegerField(_("seats"))
    # [Unix seconds, waited ms] of the last who were brought together: what the estimate is made of.
    waits = models.JSONField(_("last waits"), default=list)

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        constraints = [
            models.UniqueConstraint(fields=["game", "pool", "rated", "seats"], name="queue_once"),
            models.CheckConstraint(condition=Q(seats__gte=2), name="queue_of_several"),
        ]

    def __str__(self) -> str:
        return f"{self.game} {self.pool}"


class Party(models.Model):
    """Friends who want to play together. `refused`: primary keys of those who were sent away."""

    public_id = models.CharField(_("public id"), max_length=ID_LENGTH, unique=True, default=new_id, editable=False)
    leader = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("leader")
    )
    refused = models.JSONField(_("sent away"), default=list)
    active_at = models.DateTimeField(_("last active"), db_default=Now())

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return self.public_id


class PartyMember(models.Model):
    """One of a party; a player is in one party at most."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="members", verbose_name=_("party"))
    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("player")
    )
    joined_at = models.DateTimeField(_("joined"), db_default=Now())

    class Meta:
        verbose_name = _("member of a party")
        verbose_name_plural = _("members of parties")

    def __str__(self) -> str:
        return f"{self.player_id} in {self.party_id}"


class Pairing(models.Model):
    """Seeks that were brought together, until everyone is ready or the time for it is over."""

    public_id = models.CharField(_("public id"), max_length=ID_LENGTH, unique=True, default=new_id, editable=False)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="pairings", verbose_name=_("queue"))
    deadline = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")

    def __str__(self) -> str:
        return self.public_id


class Seek(models.Model):
    """A wish to play, of one player or of a party; `since` stays when a pairing fails."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="seeks", verbose_name=_("queue"))
    party = models.OneToOneField(
        Party, null=True, blank=True, on_delete=models.CASCADE, related_name="seek", verbose_name=_("party")
    )
    leader = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("leader")
    )
    pairing = models.ForeignKey(
        Pairing, null=True, blank=True, on_delete=models.SET_NULL, related_name="seeks", verbose_name=_("pairing")
    )
    practice_after_s = models.PositiveSmallIntegerField(_("practice opponents after (s)"), null=True, blank=True)
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("seek")
        verbose_name_plural = _("seeks")

    def __str__(self) -> str:
        return f"{self.leader_id} in {self.queue_id}"


class Seeker(models.Model):
    """A player of a seek. `seen_at`: when their page or program was last there; `avoid`: primary keys of players whom
    they have blocked or who blocked them, `recent`: of those they played last."""

    seek = models.ForeignKey(Seek, on_delete=models.CASCADE, related_name="seekers", verbose_name=_("seek"))
    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("player")
    )
    seen_at = models.DateTimeField(_("seen"), db_default=Now())
    ready = models.BooleanField(_("ready"), default=False)
    rating = models.IntegerField(_("rating"))
    deviation = models.PositiveIntegerField(_("deviation"))
    avoid = models.JSONField(_("never with"), default=list)
    recent = models.JSONField(_("played last"), default=list)

    class Meta:
        verbose_name = _("seeker")
        verbose_name_plural = _("seekers")

    def __str__(self) -> str:
        return str(self.player_id)


class Missed(models.Model):
    """Ready checks that a player let pass within the hour, and until when they cannot look for a match."""

    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("player")
    )
    times = models.PositiveSmallIntegerField(_("times"), default=1)
    until = models.DateTimeField(_("until"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("missed ready check")
        verbose_name_plural = _("missed ready checks")

    def __str__(self) -> str:
        return str(self.player_id)


class Summons(models.Model):
    """The match that a player should come to now."""

    player = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("player")
    )
    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="+", verbose_name=_("match"))
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("summons")
        verbose_name_plural = _("summonses")

    def __str__(self) -> str:
        return f"{self.player_id} to {self.match_id}"


class Challenge(models.Model):
    """A match that one player offers to another. `seat`: the challenger's, null is drawn."""

    public_id = models.CharField(_("public id"), max_length=ID_LENGTH, unique=True, default=new_id, editable=False)
    challenger = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("challenger")
    )
    challenged = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("challenged")
    )
    game = models.CharField(_("game"), max_length=40)
    options = models.JSONField(_("options"), default=dict)
    clock = models.JSONField(_("time control"), null=True, blank=True)
    rated = models.BooleanField(_("rated"), default=False)
    seat = models.PositiveSmallIntegerField(_("seat"), null=True, blank=True)
    expires_at = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        constraints = [
            models.UniqueConstraint(fields=["challenger", "challenged"], name="challenge_once"),
            models.CheckConstraint(condition=~Q(challenger=F("challenged")), name="challenge_another"),
        ]

    def __str__(self) -> str:
        return self.public_id
