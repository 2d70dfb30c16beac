"""What admins did: lines that are added and never changed, each chained to the one before by a digest."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.Model):
    """One act of an admin. The database itself refuses to change or delete a line (a trigger of the migration).

    `what`: a slug; `about`: what it was done to, in words, `model` and `key` the same for programs; `words`: the reason
    given; `before`, `after`: the values that changed; `network`: where from, an address or its /64. No foreign key
    reaches the database: a player who is deleted changes no line.
    """

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("by"),
    )
    by_name = models.CharField(_("name then"), max_length=40)
    what = models.CharField(_("what"), max_length=40)
    model = models.CharField(_("kind of thing"), max_length=80, blank=True)
    key = models.CharField(_("key"), max_length=64, blank=True)
    about = models.CharField(_("about"), max_length=200, blank=True)
    words = models.TextField(_("words"), blank=True)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)
    network = models.CharField(_("from"), max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=32)

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("audit log")
        default_permissions = ("view",)
        # What no form of Django's covers; `groups.py` gives them away.
        permissions = [
            ("call_off_match", "Can call off a match"),
            ("rule_match", "Can decide the result of a match"),
            ("say_at_match", "Can say something to all at a match"),
            ("lift_quarantine", "Can lift the quarantine of a match"),
            ("ban_player", "Can ban a player and lift a ban"),
            ("mute_player", "Can take the chat from a player and give it back"),
            ("warn_player", "Can warn a player"),
            ("rename_player", "Can rename a player"),
            ("reset_rating", "Can reset a rating"),
            ("answer_report", "Can answer a report"),
            ("note_player", "Can add a note about a player"),
        ]
        indexes = [
            models.Index(fields=["model", "key", "-id"], name="act_about"),
            models.Index(fields=["what", "-id"], name="act_what"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.what} {self.about}".strip()
