"""The ASGI application: HTTP to Django, WebSockets to consumers, and the process object round both.

uvicorn starts the process by the lifespan; daphne knows none, so there the first scope does. The reloader's parent gets
no scope and so starts nothing.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

# Only now: these modules need Django's models.
from channels.routing import ProtocolTypeRouter, URLRouter

from games.routing import websocket_urlpatterns
from gameserver.process import Process

_protocols = ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(websocket_urlpatterns)})


class Application:
    """One process object for all scopes."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._starting: asyncio.Lock | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        process = await self._started()
        await _protocols({**scope, "gateway": process.gateway, "lobby": process.lobby}, receive, send)

    async def _started(self) -> Process:
        if self._process is None:
            self._starting = self._starting or asyncio.Lock()
            async with self._starting:
                if self._process is None:
                    process = Process()
                    await process.start()
                    self._process = process
        return self._process

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self._started()
                except Exception as error:  # noqa: BLE001 - told to the server, which ends with it
                    await send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._process is not None:
                    await self._process.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Application()
