"""The Django app of matches and their records."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GamesConfig(AppConfig):
    name = "games"
    verbose_name = _("games")

    def ready(self) -> None:
        """Django collects the checks of apps that have registered them by now; exports, what is kept about people."""
        from games import checks, personal, spoken  # noqa: F401 - importing checks registers them
        from players import export

        export.register("matches", personal.matches_of, forget=personal.seats_forget)
        export.register("chat", spoken.lines_by, forget=spoken.lines_forget)
