"""A private PostgreSQL and a private Redis that can be killed, frozen and started again on the same port.

Nothing here knows of Madang. Each is ended by its process id; `Unavailable` says what a machine lacks.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.servers import (
    PATIENCE_S,
    end,
    free_port,
    listens,
    postgres_answers,
    postgres_binaries,
    redis_binary,
    temporary_folder,
)


class Backing:
    """A server of someone else's on a port that stays the same."""

    name: str

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self._log = folder / "log"
        self._child: subprocess.Popen[bytes] | None = None

    def command(self) -> Sequence[str | Path]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def owner(self) -> str | None:
        return None

    def start(self) -> None:
        """And wait until it answers. One that was killed may first have to be outlived by its own children."""
        deadline = time.monotonic() + PATIENCE_S
        self._spawn()
        while not self.answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start:\n{self._log.read_text()[-4000:]}")
            time.sleep(0.05)
            if self._running().poll() is not None:
                self._spawn()

    def kill(self) -> None:
        """SIGKILL."""
        self._running().kill()
        self._running().wait()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nothing answers."""
        self._running().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._running().send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self.thaw()
            end(self._child, signal.SIGQUIT)

    def _spawn(self) -> None:
        with self._log.open("ab") as output:
            self._child = subprocess.Popen(
                list(map(str, self.command())),
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                user=self.owner(),
                cwd=self.folder,
            )

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._child is not None, "not started"
        return self._child


class Postgres(Backing):
    """`durable`: with fsync. Without it a killed server loses nothing either: only a machine that fails would."""

    name = "PostgreSQL"
    # Transactions of a WAL that small fit into a small tmpfs, beside what the disk-full test writes.
    WAL_MB = 64

    def __init__(self, folder: Path, port: int, programs: Path, *, listen: str, durable: bool) -> None:
        super().__init__(folder, port)
        self.listen, self.durable = listen, durable
        self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        self._binaries = postgres_binaries(programs, self.owner())
        init = [self._binaries / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        subprocess.run(
            [*init, "--no-sync", "--locale=C"], check=True, user=self.owner(), stdout=subprocess.DEVNULL, cwd=folder
        )
        with (folder / "data" / "pg_hba.conf").open("a") as access:
            access.write("host all all 127.0.0.0/8 trust\n")

    def owner(self) -> str | None:
        """PostgreSQL refuses to run as root."""
        return "nobody" if os.geteuid() == 0 else None

    def command(self) -> Sequence[str | Path]:
        settings = {
            "listen_addresses": self.listen,
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "on" if self.durable else "off",
            "max_connections": "200",
            "max_wal_size": f"{self.WAL_MB}MB",
        }
        return [self._binaries / "postgres", "-D", self.folder / "data", *(f"-c{k}={v}" for k, v in settings.items())]

    def answers(self) -> bool:
        return postgres_answers(self.url)

    def freeze(self) -> None:
        """All of it: a server process that was connected before would go on answering."""
        super().freeze()
        for session in self._sessions():
            os.kill(session, signal.SIGSTOP)

    def thaw(self) -> None:
        for session in self._sessions():
            os.kill(session, signal.SIGCONT)
        super().thaw()

    def _sessions(self) -> list[int]:
        pid = self._running().pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def revive(self) -> None:
        """Where it has fallen by itself, start it again; and wait until it answers."""
        if self._running().poll() is not None:
            self.start()
        deadline = time.monotonic() + PATIENCE_S
        while not self.answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} does not answer:\n{self._log.read_text()[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """The immediate stop: every session is cut, as by a failover."""
        self._running().send_signal(signal.SIGQUIT)
        self._running().wait(PATIENCE_S)


class Redis(Backing):
    """Keeps nothing on disk, so that it always comes back empty."""

    name = "Redis"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> Sequence[str | Path]:
        return [
            *(redis_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
            *("--save", "", "--appendonly", "no"),
        ]

    def answers(self) -> bool:
        return listens(self.port)


@contextlib.contextmanager
def postgres(*, durable: bool = False, listen: str = "127.0.0.1", folder: Path | None = None) -> Iterator[Postgres]:
    """Started. `folder`: a place of its own, such as a small disk."""
    owner = "nobody" if os.geteuid() == 0 else None
    with contextlib.ExitStack() as stack:
        programs = stack.enter_context(temporary_folder("programs", owner=owner))
        if folder is None:
            folder = stack.enter_context(temporary_folder("postgres", owner=owner))
        elif owner:
            shutil.chown(folder, owner)
        made = Postgres(folder, free_port(), programs, listen=listen, durable=durable)
        stack.callback(made.close)
        made.start()
        yield made


@contextlib.contextmanager
def redis() -> Iterator[Redis]:
    with temporary_folder("redis") as folder:
        made = Redis(folder, free_port())
        try:
            made.start()
            yield made
        finally:
            made.close()
