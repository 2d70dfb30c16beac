"""The handshake of a WebSocket: who may open one, by which subprotocol, and with which cookies.

Used by every consumer before it accepts. It reads the scope and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.http import parse_cookie

from games.origins import Origin, origin_of

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

SUBPROTOCOL: Final = "madang.v1"


class Admitted(NamedTuple):
    """What to accept with, and the cookies that count: none for programs, whose cookies nobody protects."""

    subprotocol: str | None
    cookies: dict[str, str]


class Turned(NamedTuple):
    """Turned away before the WebSocket begins, with an HTTP status and a sentence."""

    status: int
    why: str


FOREIGN: Final = Turned(403, "This page may not connect here: its origin is not one of this server's.")
UNSPOKEN: Final = Turned(400, f"This server speaks the subprotocol {SUBPROTOCOL}: offer it, or offer none.")
NOWHERE: Final = Turned(404, "There is no such address: matches are at /ws/match/<id>, the lobby at /ws/lobby.")


def judge(scope: dict[str, Any]) -> Admitted | Turned:
    """Whether to accept this handshake."""
    origin = origin_of(scope["headers"], settings.MADANG_ORIGINS)
    if origin is Origin.FOREIGN:
        return FOREIGN
    offered = scope.get("subprotocols") or []
    if offered and SUBPROTOCOL not in offered:
        return UNSPOKEN
    return Admitted(SUBPROTOCOL if offered else None, _cookies(scope) if origin is Origin.OURS else {})


async def turn_away(scope: dict[str, Any], send: Send, turned: Turned) -> None:
    """Answer the handshake by HTTP; where the server cannot (daphne), its own 403 has to do."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "websocket.http.response.start", "status": turned.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": turned.why.encode()})


async def nowhere(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """The consumer of all addresses that are none, so that a stranger's typing is no exception in the log."""
    await receive()
    await turn_away(scope, send, NOWHERE)


def _cookies(scope: dict[str, Any]) -> dict[str, str]:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"cookie"]
    return parse_cookie("; ".join(values))
