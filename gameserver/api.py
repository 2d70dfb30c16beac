"""The whole HTTP API: that of `games`, and what the apps above it add. `urls.py` mounts it."""

from __future__ import annotations

from games.api import api, nowhere
from games.api.errors import answer_json
from tournaments.api import router as tournaments

api.add_router("", tournaments)
api.add_router("", nowhere.router)

urls = answer_json(api.urls)

__all__ = ["api", "urls"]
