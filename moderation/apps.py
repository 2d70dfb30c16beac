"""Keeping order: reports, notes, bans, announcements, and the log of what admins do."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("moderation")

    def ready(self) -> None:
        """The groups are made when there is a database for them; who signs in to keep order is written down; exports
        tell what a person has reported."""
        from moderation import groups, selectors, signing  # its models exist only now
        from players import export

        post_migrate.connect(groups.make, sender=self, dispatch_uid="moderation.groups")
        signing.connect()
        export.register("reports", selectors.reports_told)


class HouseAdminConfig(AdminConfig):
    """Django's admin, as our own site."""

    default_site = "moderation.site.HouseSite"
