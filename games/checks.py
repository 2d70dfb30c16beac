"""What `manage.py check` says about the games: those of installed packages that cannot be used.

Registered by the app. The production server, which runs no checks, tells the same in its log (`gameserver/prepare.py`).
"""

from __future__ import annotations

from typing import Any

from django.core import checks

from games.rules import catalog


@checks.register()
def installed_games_can_be_used(**_: Any) -> list[checks.CheckMessage]:
    """A warning and no error: the server runs without them."""
    return [
        checks.Warning(str(refused), hint="Repair the package or uninstall it.", id="madang.W001")
        for refused in catalog.refused()
    ]
