"""The gateway of a process: a connection goes to the live match here, or to the process that has it.

Consumers know it as `ports.Gateway`. It is asked once for each connection; where the match is here, the consumer is
handed the live match itself, and nothing of this package lies between them.
"""

from __future__ import annotations

import asyncio
import random
from typing import Final

from games.driver import Driver
from games.host.ports import Connection, Link
from games.protocol.codes import Close
from games.protocol.messages import Hello
from games.relay.core import Relaying
from games.store import Elsewhere

# An owner that died is found out when its lease lapses, within 6 s, and then the match is this process's. Who waits
# here plays on at once; sent away as busy, they would come back some seconds later.
PATIENCE_S: Final = 8.0
# Between looks at the lease. A load for many who wait is one.
LOOK_S: Final = (0.3, 0.7)


class Router:
    """`relaying`: None where this process can reach no other."""

    def __init__(self, driver: Driver, relaying: Relaying | None) -> None:
        self._driver, self._relaying = driver, relaying

    async def attach(self, connection: Connection, match: str, hello: Hello) -> Link | Close:
        """Find whoever has the match, and take a place there."""
        clock = asyncio.get_running_loop().time
        deadline_s = clock() + PATIENCE_S
        while True:
            found, elsewhere = await self._look(connection, match, hello)
            settled = found not in (Close.BUSY, Close.MOVED) or not elsewhere
            if settled or self._driver.stopping or clock() > deadline_s:
                return found
            await asyncio.sleep(random.uniform(*LOOK_S))  # noqa: S311 - against marching in step, not for secrets

    async def _look(self, connection: Connection, match: str, hello: Hello) -> tuple[Link | Close, bool]:
        """A place or a refusal, and whether another process has the match."""
        if self._relaying is None:
            found = await self._driver.attach(connection, match, hello)
            return (Close.BUSY, False) if isinstance(found, Elsewhere) else (found, False)
        host = self._relaying.followed(match, hello)
        if host is None:
            found = await self._driver.attach(connection, match, hello)
            if not isinstance(found, Elsewhere):
                return found, False
            host = found.host
        return await self._relaying.attach(connection, match, host, hello), True
