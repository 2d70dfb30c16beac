"""The addresses of WebSockets. `gameserver/asgi.py` mounts them; it must never hold a consumer's logic."""

from __future__ import annotations

from django.urls import path, re_path

from games.consumers.handshake import nowhere
from games.consumers.lobby import LobbyConsumer
from games.consumers.match import MatchConsumer

websocket_urlpatterns = [
    path("ws/match/<str:match>", MatchConsumer.as_asgi()),
    path("ws/lobby", LobbyConsumer.as_asgi()),
    re_path("", nowhere),  # type: ignore[arg-type]  # an ASGI application, as Channels has it
]
