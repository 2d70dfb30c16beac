"""One PostgreSQL, one Redis and several server processes on them: what a fault is done to.

Made once for many fields. Each process has a number, its place in `webs`, and comes back on the same port.
"""

from __future__ import annotations

import contextlib
import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.faults import backing
from tests.faults.witness import Witness, named
from tests.servers import MadangServer, end, temporary_folder

# Pages and programs of one address; the limits for strangers are not what is tested here.
ROOM = {"MADANG_GUESTS_PER_MINUTE": "100000"}


class Fleet:
    """`databases`: the URL under which each process reaches PostgreSQL, where it is not the same for all."""

    def __init__(
        self,
        folder: Path,
        postgres: backing.Postgres,
        redis: backing.Redis | None,
        environs: Sequence[Mapping[str, str]],
    ) -> None:
        self.postgres, self.redis = postgres, redis
        shared = {**ROOM, "MADANG_SECRET_KEY": secrets.token_urlsafe(48)}
        if redis is not None:
            shared["REDIS_URL"] = redis.url
        self.webs = [
            MadangServer(folder / str(number), self._environ(number, shared, environ))
            for number, environ in enumerate(environs)
        ]
        for web in self.webs:
            web.folder.mkdir()
        self.webs[0].command("migrate", "--verbosity=0")
        self.witness = Witness(postgres.url)

    def _environ(self, number: int, shared: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
        own = {**shared, **environ}
        return {**own, "DATABASE_URL": named(own.get("DATABASE_URL", self.postgres.url), _name(number))}

    def start(self, number: int) -> None:
        web = self.webs[number]
        web.start()
        self.witness.know(_name(number), web.pid)

    def kill(self, number: int) -> None:
        self.webs[number].kill()

    def freeze(self, number: int) -> None:
        self.webs[number].send(signal.SIGSTOP)

    def thaw(self, number: int) -> None:
        self.webs[number].send(signal.SIGCONT)

    def owner(self, public_id: str) -> int | None:
        """The number of the process that owns a match."""
        name = self.witness.owners().get(public_id)
        return None if name is None else int(name.rpartition("-")[2])

    def busiest(self) -> int:
        """The process that owns most matches: the one whose loss says most."""
        owners = [int(name.rpartition("-")[2]) for name in self.witness.owners().values()]
        return max(range(len(self.webs)), key=owners.count)

    def ready(self, number: int) -> bool:
        return self.webs[number].status("/readyz") == 200

    def wait_ready(self, within_s: float) -> float:
        """Until all processes say that they are ready; how many seconds that took."""
        began = time.monotonic()
        while not all(self.ready(number) for number in range(len(self.webs))):
            if time.monotonic() > began + within_s:
                raise AssertionError(f"not ready within {within_s} s")
            time.sleep(0.05)
        return time.monotonic() - began

    def metric(self, name: str) -> float:
        """The sum of a metric over all processes that run."""
        pages = [web.get("/metrics").text for number, web in enumerate(self.webs) if self.ready(number)]
        lines = [line.split() for page in pages for line in page.splitlines() if line.startswith(f"madang_{name} ")]
        return sum(float(value) for _, value in lines)

    def relayed_share(self) -> float:
        return self.metric("relayed_connections") / max(1.0, self.metric("connections"))

    def verify(self) -> None:
        """`verifyrecords`, which raises where a record is broken."""
        self.webs[0].command("verifyrecords")

    def output(self) -> str:
        return "\n".join(web.output() for web in self.webs)

    def close(self) -> None:
        for web in self.webs:
            if web.child is not None:
                web.child.send_signal(signal.SIGCONT)
                end(web.child, signal.SIGKILL)


def _name(number: int) -> str:
    return f"web-{number}"


@contextlib.contextmanager
def fleet(
    webs: int = 2,
    *,
    with_redis: bool = True,
    durable: bool = False,
    listen: str = "127.0.0.1",
    disk: Path | None = None,
    environs: Mapping[int, Mapping[str, str]] | None = None,
    started: int | None = None,
    apart: bool = False,
) -> Iterator[Fleet]:
    """Everything ready. `environs`: what one process has beside the others, by its number; `started`: so many of the
    processes run already, all where None; `apart`: each reaches PostgreSQL under a loopback address of its own."""
    with contextlib.ExitStack() as stack:
        postgres = stack.enter_context(backing.postgres(durable=durable, listen=listen, folder=disk))
        redis = stack.enter_context(backing.redis()) if with_redis else None
        folder = stack.enter_context(temporary_folder("fleet"))
        own = [dict((environs or {}).get(number, {})) for number in range(webs)]
        for number, environ in enumerate(own if apart else ()):
            environ["DATABASE_URL"] = postgres.url.replace("127.0.0.1", f"127.0.0.{number + 1}")
        made = Fleet(folder, postgres, redis, own)
        stack.callback(made.close)
        for number in range(webs if started is None else started):
            made.start(number)
        yield made
