"""What the house tells everybody, on all pages."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Announcement(models.Model):
    """A banner from `begins_at` to `ends_at` (None: until it is taken down), by the database's clock."""

    class Level(models.TextChoices):
        """How loud it is."""

        INFO = "info", _("news")
        WARNING = "warning", _("a warning")
        URGENT = "urgent", _("urgent")

    text_en = models.CharField(_("text in English"), max_length=300)
    text_ko = models.CharField(_("text in Korean"), max_length=300, blank=True)
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.INFO)
    begins_at = models.DateTimeField(_("from"), db_default=Now())
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("begins_at")), name="announcement_ends_after_it_began"
            ),
            models.CheckConstraint(condition=~Q(text_en=""), name="announcement_says_something"),
        ]
        indexes = [models.Index(fields=["-begins_at"], name="announcement_newest")]

    def __str__(self) -> str:
        return self.text_en[:60]
