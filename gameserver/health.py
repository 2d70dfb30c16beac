"""Answers to those who run the server: `/healthz` (the process is up) and `/readyz` (send players here).

A middleware before all others, so that a probe needs no known host name, no redirect and no cookie, and gets its answer
while pages are slow. `server.py` tells it when the process stops. It never touches a match.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

from asgiref.sync import sync_to_async
from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import async_only_middleware

from gameserver import observers, process

# A probe usually gives up after a few seconds; a database that needs 2 s for `SELECT 1` serves no game.
DATABASE_TIMEOUT_S = 2.0

_stopping = threading.Event()


def stop_accepting() -> None:
    """From now on `/readyz` says no, so that a proxy sends nobody new; there is no way back in this process."""
    _stopping.set()


@async_only_middleware
def middleware(
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    async def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return _plain(200, "up")
        if request.path_info == "/readyz":
            return await _readiness()
        if request.path_info in observers.PATHS:
            return await observers.answer(request, process.current())
        return await get_response(request)

    return answer


async def _readiness() -> HttpResponse:
    if _stopping.is_set():
        return _plain(503, "stopping")
    current = process.current()
    if current is None:
        return _plain(503, "starting")
    if current.driver.draining:
        return _plain(503, "draining")
    if not await _database_answers():
        return _plain(503, "no answer from the database")
    if current.relaying is not None and not current.relaying.up:
        # Matches whose players are here go on; but who comes now may want one of another process.
        return _plain(503, "no answer from Redis")
    return _plain(200, "ready")


def _plain(status: int, text: str) -> HttpResponse:
    response = HttpResponse(f"{text}\n", status=status, content_type="text/plain")
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    return response


async def _database_answers() -> bool:
    # A thread of its own: Django's shared one may be what is stuck.
    ask = sync_to_async(_select_one, thread_sensitive=False)
    try:
        await asyncio.wait_for(ask(), DATABASE_TIMEOUT_S)
    except (Error, TimeoutError):
        return False
    return True


def _select_one() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()
