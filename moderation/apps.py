"""Keeping order: reports, notes, bans, announcements, and the log of what admins do."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("moderation")

    def ready(self) -> None:
        """Exports tell what a person has reported."""
        from moderation import selectors  # its models exist only now
        from players import export

        export.register("reports", selectors.reports_told)
