"""The Django app of accounts and guests."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlayersConfig(AppConfig):
    name = "players"
    verbose_name = _("players")

    def ready(self) -> None:
        """Signing out, a ban and a new password end what was signed before: `signals.py` listens for them."""
        from players import signals  # its models exist only now
        from players.accounts import adapter, telling
        from players.company import telling as company

        signals.connect()
        adapter.connect()
        telling.register()
        company.register()
