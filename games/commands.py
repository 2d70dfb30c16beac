"""How a page or a program asks the owner of a match for something: a row, a wake-up, and a wait for the answer.

Views, the API and the admin call `execute`; the process that owns matches registers itself with `serve`. Nobody here
changes a match.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from games import services
from games.host.entries import MatchId
from games.models import Command, Match
from players.models import Player

# A page can wait this long; after that the command is still carried out, and the page says so (202).
WAIT_S = 3.0
# Answers that came before anybody asked: another command's wake-up found the row the moment it was there. Whoever asks
# does so a few milliseconds later, so 100 are plenty; an answer that fell out is still in its row.
EARLY_ANSWERS = 100
# How often the row is looked at where the owner is, or may be, another process. The owner in this process answers
# before the first look, unless the database is slow.
LOOK_S = 0.1

Wake = Callable[[MatchId], None]

_owner: list[Wake] = []
_waiting: dict[int, Future[dict[str, Any]]] = {}
_early: dict[int, dict[str, Any]] = {}


def serve(wake: Wake | None) -> None:
    """`wake` is called, on any thread, when a match has a new command; None: this process owns no matches any more."""
    _owner[:] = [] if wake is None else [wake]


def answered(command: int, answer: dict[str, Any]) -> None:
    """The owner's answer, for whoever waits in this process."""
    future = _waiting.pop(command, None)
    if future is not None:
        if future.set_running_or_notify_cancel():  # else whoever waited has just given up
            future.set_result(answer)
        return
    _early[command] = answer
    if len(_early) > EARLY_ANSWERS:
        del _early[next(iter(_early))]


async def execute(*, match: Match, kind: str, by: Player | None, body: dict[str, Any]) -> dict[str, Any] | None:
    """Ask the owner of `match`, and return its answer: `{"ok": true, …}` or `{"ok": false, "code", "why"}`.

    None: no answer within three seconds; the command stands and will be carried out.
    """
    command = await sync_to_async(_written)(match, kind, by, body)
    if not _owner:
        return await _look(command.pk)
    if (early := _early.pop(command.pk, None)) is not None:
        return early
    future: Future[dict[str, Any]] = Future()
    _waiting[command.pk] = future
    _owner[0](MatchId(match.pk))
    heard, looked = asyncio.ensure_future(asyncio.wrap_future(future)), asyncio.ensure_future(_look(command.pk))
    try:
        # Whichever comes first: only the row tells what the owner in another process has answered.
        await asyncio.wait({heard, looked}, return_when=asyncio.FIRST_COMPLETED)
        return heard.result() if heard.done() else looked.result()
    finally:
        heard.cancel()
        looked.cancel()
        _waiting.pop(command.pk, None)


def _written(match: Match, kind: str, by: Player | None, body: dict[str, Any]) -> Command:
    """The row; and the request's connection goes back to the pool while it waits.

    A pool's worth of waiting requests would otherwise leave none to the owner, who must answer them.
    """
    try:
        return services.command_create(match=match, kind=kind, by=by, body=body)
    finally:
        close_old_connections()


async def _look(command: int) -> dict[str, Any] | None:
    for _ in range(round(WAIT_S / LOOK_S)):
        await asyncio.sleep(LOOK_S)
        answer = await sync_to_async(_answer)(command)
        if answer is not None:
            return answer
    return None


def _answer(command: int) -> dict[str, Any] | None:
    """What the row says; and between two looks the request's connection is in the pool, as after writing the row."""
    try:
        done = Command.objects.filter(pk=command, done_at__isnull=False)
        answer = done.values_list("answer", flat=True).first()
        return None if answer is None else dict(answer)
    finally:
        close_old_connections()
