"""A few threads that talk to the database, beside Django's single shared one.

Under ASGI all synchronous views share one thread: what must not wait behind a slow page runs here. Owned by whoever
starts them, who closes them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

R = TypeVar("R")


class DatabaseThreads:
    """`size` threads named `name`; calls beyond that wait their turn."""

    def __init__(self, size: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=name)

    async def run(self, call: Callable[..., R], *args: object) -> R:
        """The result of `call(*args)`, run on one of the threads with a database connection that works."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _with_connection, call, args)

    def close(self) -> None:
        """Wait for what is running; nothing runs afterwards."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _with_connection(call: Callable[..., R], args: tuple[object, ...]) -> R:
    # What Django does before and after a request: connections that are broken or too old are not used again.
    close_old_connections()
    try:
        return call(*args)
    finally:
        close_old_connections()
