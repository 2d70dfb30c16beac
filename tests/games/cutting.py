"""A TCP proxy before PostgreSQL that loses what a test tells it to lose. Threads of its own; closed by `with`."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any, Literal

Mode = Literal["pass", "drop request", "drop answer", "hold"]


class Proxy:
    """`mode` applies to the next bytes of a client: "drop request": they never arrive, the connection is cut; "drop
    answer": the server does what it is asked, the connection is cut when its answer comes; "hold": they wait, with the
    connection open, until `release`."""

    def __init__(self, host: str, port: int) -> None:
        self.mode: Mode = "pass"
        self.cuts = 0
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = [self._listener]
        self._released = threading.Event()
        self._threads = [self._thread(self._accept)]

    def release(self) -> None:
        self.mode = "pass"
        self._released.set()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *error: object) -> None:
        self._released.set()
        for one in self._open:
            _cut(one)
        for thread in self._threads:
            thread.join(5)

    def _thread(self, work: Any, *args: Any) -> threading.Thread:
        thread = threading.Thread(target=work, args=args, daemon=True)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._open += [client, server]
            self._threads.append(self._thread(self._up, client, server))
            self._threads.append(self._thread(self._down, client, server))

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while sent := client.recv(65536):
                if self.mode == "drop request":
                    break
                if self.mode == "hold":
                    self._released.wait()
                server.sendall(sent)
        if self.mode == "drop request":
            self._once(client, server)
        else:
            _cut(server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while answer := server.recv(65536):
                if self.mode == "drop answer":
                    self._once(client, server)
                    return
                client.sendall(answer)
        _cut(client)

    def _once(self, *both: socket.socket) -> None:
        self.mode = "pass"
        self.cuts += 1
        for one in both:
            _cut(one)


def _cut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
