"""The production server: uvicorn on uvloop, with our own listening socket and our own way to stop.

Called by `__main__.py`. uvicorn alone answers SIGTERM by closing every socket at once; here the process first drains
(stores what was accepted, tells clients to come back) and only then lets uvicorn close. It knows nothing of matches.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable
from types import FrameType

import structlog
import uvicorn
from django.conf import settings

from gameserver import health, process
from gameserver.environment import Refusal
from gameserver.transport import SocketProtocol

log = structlog.get_logger(__name__)

# The whole stop must end within 20 s, which is less than what service managers wait before they kill.
DRAIN_S = 10.0
# After the drain no socket of a match is left; what remains are HTTP answers under way, and readers that are stuck.
CLOSE_CONNECTIONS_S = 3
# Closing connections and then the application's own shutdown.
CLOSE_S = 6.0
# A thread that hangs in a database call cannot be cancelled: the process then ends as if killed, which records survive.
STOP_S = 18.0
# The second signal asks to be quick.
HURRY_S = 2.0

# Bytes of one frame; the same as the codec's bound, so that a larger one is refused before it is in memory.
WS_MAX_BYTES = 16_384
# Milliseconds that sent bytes may stay unacknowledged by a client that is gone: as long as delivery keeps a frame.
TCP_USER_TIMEOUT_MS = 10_000
# Objects made and kept until Python looks for cycles among the youngest; ten times that for older ones, a hundred times
# for all. A move keeps a few dozen, so that with Python's own 700 all objects were walked every few seconds: 0.1 s in
# which the loop stood still. A lost connection leaves some hundred objects in cycles: at worst 100 MB wait to be found.
COLLECT_AFTER = (10_000, 10, 10)
# Connections that wait to be accepted: after a restart all clients return within seconds.
BACKLOG = 2048


class Server(uvicorn.Server):
    """Stops in order: not ready, drain, close, end; each step bounded. A second signal skips the drain."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain
        self._hurry = asyncio.Event()
        self._signal = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        spare_the_collector()
        print(f"Madang is at {settings.MADANG_ORIGINS[0]} (Ctrl+C stops it)", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not uvicorn's own, which raises the signal once more at the end: an orderly stop ends with exit code 0.
        # Nothing is logged here: a signal may interrupt the logging itself.
        self._signal = signal.Signals(sig).name
        if self.should_exit and self.started:
            self.force_exit = True
            self._loop.call_soon_threadsafe(self._hurry.set)
        _end_process_after(HURRY_S if self.should_exit else STOP_S)
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("stopping", signal=self._signal)
        health.stop_accepting()
        await self._drained()
        try:
            await asyncio.wait_for(super().shutdown(sockets), CLOSE_S)
        except TimeoutError:
            log.warning("closing took too long", seconds=CLOSE_S)
        log.info("stopped")

    async def _drained(self) -> None:
        drain = asyncio.ensure_future(self._drain())
        hurry = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({drain, hurry}, timeout=DRAIN_S, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not drain.done():
            drain.cancel()
            log.error("drain did not end", seconds=DRAIN_S, hurry=self._hurry.is_set())
        elif error := drain.exception():
            log.error("drain failed", exc_info=error)


def _end_process_after(seconds: float) -> None:
    def end() -> None:
        log.error("the stop took too long; ending the process", seconds=seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True  # it must not itself keep the process alive
    timer.start()


def spare_the_collector() -> None:
    """What start-up made stays for good: it is never walked again, and what comes later is walked less often."""
    # Not collected before: that takes a tenth of the start, to find a megabyte.
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that already listens: two servers that start at once cannot both believe the port is theirs."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted sockets inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TCP_USER_TIMEOUT_MS)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Refusal(
            f"Cannot listen on {host} port {port} ({error.strerror or error}): "
            f"stop what uses it, or choose another port with PORT={port + 1 if port < 65535 else 8000}."
        ) from error
    return listener


def config(app: str | Callable[..., Awaitable[None]]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        interface="asgi3",
        lifespan="on",
        loop="uvloop",
        http="httptools",
        ws=SocketProtocol,  # type: ignore[arg-type]  # has all of asyncio.Protocol; picows wants another base
        ws_max_size=WS_MAX_BYTES,
        ws_per_message_deflate=False,  # small frames: it costs memory per socket and CPU per frame for little
        # Seconds. Proxies close silent connections after 60; a dead client is noticed within 40.
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        timeout_graceful_shutdown=CLOSE_CONNECTIONS_S,
        backlog=BACKLOG,
        proxy_headers=bool(settings.MADANG_PROXIES),
        forwarded_allow_ips=settings.MADANG_PROXIES,
        server_header=False,
        date_header=False,
        access_log=False,
        log_config=None,  # Django's LOGGING is the one
    )


def serve(listener: socket.socket) -> None:
    """Serve until told to stop. Leaves by SystemExit where the application could not start."""
    Server(config("gameserver.asgi:application"), _drain_process).run(sockets=[listener])


async def _drain_process() -> None:
    if current := process.current():
        await current.drain()
