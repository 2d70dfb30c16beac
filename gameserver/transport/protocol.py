"""One WebSocket under uvicorn: its request, the application's task, and ASGI's `send`.

uvicorn makes one for each request to upgrade (its setting `ws` takes the class) and calls `shutdown`. Beside ASGI it
offers the application an extension: itself, with `stay`, `write` and `abort`. It negotiates no compression.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from http import HTTPStatus
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import uvicorn
from picows import WSTransport
from uvicorn.protocols.utils import (
    ClientDisconnected,
    get_client_addr,
    get_local_addr,
    get_path_with_query_string,
    get_remote_addr,
    is_ssl,
)
from uvicorn.server import ServerState

from gameserver.transport import frames, handshake
from gameserver.transport.keepalive import Keepalive
from gameserver.transport.line import Event, Line, State

logger = logging.getLogger("uvicorn.error")
_keepalives: WeakKeyDictionary[ServerState, Keepalive] = WeakKeyDictionary()


class WebSocketProtocol(Line):
    """One connection, from its request to its end."""

    __slots__ = ("_accept", "_answer", "_app_state", "_config", "_scope", "_server")

    extension: ClassVar[str] = "websocket.socket"
    """The name of the extension in the scope."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(_loop or asyncio.get_running_loop(), config.ws_max_size, config.ws_max_queue)
        self._config = config
        self._server = server_state
        self._app_state = app_state
        self._accept = b""
        self._scope: Any = None
        # Status, headers and body of a refusal, as they come.
        self._answer: tuple[int, list[tuple[bytes, bytes]], list[bytes]] = (0, [], [])

    # ── uvicorn's and the transport's calls ─────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Called with uvicorn's transport, amid its life."""
        self._transport = transport
        self._server.connections.add(self)  # type: ignore[arg-type]  # has all that uvicorn calls

    def data_received(self, data: bytes) -> None:
        """The request, whole; and at the end, what is no longer heard."""
        if self._scope is not None or self._state is not State.ASKED:
            return
        try:
            request = handshake.read(data)
        except handshake.Refused as refused:
            self._transport.write(refused.answer)
            self._hang_up()
            return
        self._accept = request.accept
        # Frames that come before the answer wait in the kernel.
        self._transport.pause_reading()
        self._start({**handshake.scope(request, self._config.root_path), **self._surroundings()})

    def eof_received(self) -> None:
        """The transport closes by itself then."""

    def on_ws_disconnected(self, _: WSTransport) -> None:
        """The parser's `connection_lost`."""
        self.connection_lost(None)

    def connection_lost(self, _: Exception | None) -> None:
        """The peer is gone."""
        self._server.connections.discard(self)
        self._lose()

    def shutdown(self) -> None:
        """The server stops."""
        if self._state in (State.ASKED, State.REFUSING):
            self._fail_request()
            return
        if self._state is State.OPEN:
            self._ended(frames.RESTART, "")
            self._transport.write(frames.close(frames.RESTART))
        if self._state is not State.LOST:
            self._hang_up()

    # ── the application ─────────────────────────────────────────────────────────────────────────────────

    def _surroundings(self) -> dict[str, Any]:
        return {
            "asgi": {"version": self._config.asgi_version, "spec_version": "2.4"},
            "scheme": "wss" if is_ssl(self._transport) else "ws",
            "server": get_local_addr(self._transport),
            "client": get_remote_addr(self._transport),
            "state": self._app_state.copy(),
            "extensions": {"websocket.http.response": {}, self.extension: self},
        }

    def _start(self, scope: dict[str, Any]) -> None:
        self._scope = scope
        self._events.append({"type": "websocket.connect"})
        context = contextvars.Context() if self._config.reset_contextvars else None
        task = self._loop.create_task(self._run(), context=context)
        task.add_done_callback(self._server.tasks.discard)
        self._server.tasks.add(task)

    async def _run(self) -> None:
        code = frames.FAILED
        try:
            result = await self._config.loaded_app(self._scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            logger.exception("Exception in ASGI application\n")
        else:
            code = frames.NORMAL
            if self._state in (State.ASKED, State.REFUSING):
                logger.error("ASGI callable returned without completing handshake.")
            elif result is not None:
                logger.error("ASGI callable should return None, but returned '%s'.", result)
        if self._state in (State.ASKED, State.REFUSING):
            self._fail_request()
        elif self._state is State.OPEN and self._over is None:
            self.close(code, "")

    async def send(self, message: Event) -> None:
        """ASGI's `send`. Raises ClientDisconnected, an OSError, where nobody is there, and RuntimeError for misuse."""
        while self._writable is not None:
            await self._writable.wait()
        if self._state in (State.ENDING, State.LOST) or self._transport.is_closing():
            raise ClientDisconnected
        self._say(message)

    def _say(self, message: Event) -> None:
        kind = message["type"]
        match self._state, kind:
            case State.OPEN, "websocket.send":
                self._send(message)
            case State.OPEN, "websocket.close":
                self.close(message.get("code") or frames.NORMAL, message.get("reason") or "")
            case State.ASKED, "websocket.accept":
                self._agree(message)
            case State.ASKED, "websocket.close":
                self._refuse(HTTPStatus.FORBIDDEN, [], b"")
            case State.ASKED, "websocket.http.response.start":
                self._answer = (message["status"], list(message.get("headers", [])), [])
                self._state = State.REFUSING
            case State.REFUSING, "websocket.http.response.body":
                self._go_on_refusing(message)
            case state, _:
                raise RuntimeError(f"Unexpected ASGI message '{kind}' for a WebSocket that is {state.name.lower()}.")

    def _send(self, message: Event) -> None:
        data = message.get("bytes")
        if data is not None:
            self._transport.write(frames.frame(frames.BINARY, data))
        else:
            self._transport.write(frames.frame(frames.TEXT, message["text"].encode()))

    def _agree(self, message: Event) -> None:
        headers = [*self._server.default_headers, *message.get("headers", [])]
        if subprotocol := message.get("subprotocol"):
            headers.append((b"sec-websocket-protocol", subprotocol.encode("latin-1")))
        answer = handshake.accepted(self._accept, headers)
        self._log("[accepted]")
        self._scope, self._accept = None, b""
        self._transport.write(answer)
        self._open(self._shared_keepalive())

    def _shared_keepalive(self) -> Keepalive | None:
        interval_s = self._config.ws_ping_interval
        if not interval_s:
            return None
        if self._server not in _keepalives:
            _keepalives[self._server] = Keepalive(interval_s, self._config.ws_ping_timeout)
        return _keepalives[self._server]

    def _go_on_refusing(self, message: Event) -> None:
        status, headers, body = self._answer
        body.append(message.get("body", b""))
        if not message.get("more_body", False):
            self._refuse(status, headers, b"".join(body))

    def _refuse(self, status: int, headers: handshake.Headers, body: bytes) -> None:
        answer = handshake.answer(status, headers, body)
        self._log(str(int(status)))
        self._ended(frames.ABNORMAL, "")
        self._transport.write(answer)
        self._hang_up()

    def _fail_request(self) -> None:
        self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, [], b"Internal Server Error")

    def _log(self, outcome: str) -> None:
        if logger.isEnabledFor(logging.INFO):
            where = get_path_with_query_string(self._scope)
            logger.info('%s - "WebSocket %s" %s', get_client_addr(self._scope), where, outcome)
