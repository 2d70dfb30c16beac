"""All of docker-compose.yml on a real engine, under a project's name, port and image of its own: an operator's way in.

It uses only what an operator has: the compose file, the scripts in deploy/, and an address. It must never touch
containers or volumes of another project.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from tests.servers import ROOT, Unavailable, environment, free_port

# Seconds for one command. Building fetches packages; a rolling restart waits for two processes, one after the other.
COMMAND_S = 300.0

# Runs in a web process's container, whence alone the database can be reached: a query a line, its rows a line.
READER = """
import json, sys, psycopg
url = open("/secrets/web/database_url").read().strip()
with psycopg.connect(url, autocommit=True) as connection:
    for line in sys.stdin:
        print(json.dumps(connection.execute(*json.loads(line)).fetchall()), flush=True)
"""

METRICS = """
import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:8000/metrics").read().decode())
"""


def engine() -> None:
    """Raises `Unavailable` where no engine answers."""
    if not shutil.which("docker"):
        raise Unavailable("no Docker: there is no program of that name")
    for command in (["docker", "compose", "version"], ["docker", "info"]):
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode != 0:
            raise Unavailable(f"no Docker engine: {' '.join(command)} says {asked.stderr.strip()[-200:]}")


class Site:
    """`up` makes it, `down` leaves nothing of it."""

    def __init__(self) -> None:
        self.project = f"madang-test-{os.getpid()}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = environment(
            ROOT,
            {
                "COMPOSE_PROJECT_NAME": self.project,
                "COMPOSE_FILE": str(ROOT / "docker-compose.yml"),
                "MADANG_PORT": str(self.port),
                "MADANG_TAG": self.project,
                # Players of these tests come from one address.
                "MADANG_GUESTS_PER_MINUTE": "200",
            },
        )

    def run(self, *command: str, stdin: str = "") -> str:
        """A command's output; what it says on standard error is told where it fails."""
        done = subprocess.run(
            command,
            input=stdin,
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def compose(self, *arguments: str, stdin: str = "") -> str:
        return self.run("docker", "compose", *arguments, stdin=stdin)

    def up(self, *arguments: str) -> float:
        """Until everything is healthy; the seconds that it took."""
        before = time.monotonic()
        self.compose("up", "--detach", "--wait", *arguments)
        return time.monotonic() - before

    def down(self) -> None:
        self.compose("down", "--volumes", "--remove-orphans")

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """What the engine knows of each running one."""
        ids = self.compose("ps", "--quiet", *services).split()
        return json.loads(self.run("docker", "inspect", *ids)) if ids else []

    def madang(self, *arguments: str) -> str:
        """One of Django's commands, in a web process's container."""
        return self.compose("exec", "-T", "web", "madang", *arguments)

    @contextlib.contextmanager
    def database(self) -> Iterator[Reader]:
        """To look at rows while everything runs."""
        command = ["docker", "compose", "exec", "-T", "web", "python", "-c", READER]
        with subprocess.Popen(
            command, env=self.environ, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            yield Reader(child)

    def figure(self, name: str) -> float:
        """One of the web processes' metrics, without labels, all of them together."""
        lines = [
            line.split()
            for container in self.containers("web")
            for line in self.run("docker", "exec", container["Id"], "python", "-c", METRICS).splitlines()
            if line
        ]
        return sum(float(line[1]) for line in lines if line[0] == name)

    def output(self) -> str:
        """What the web processes said last."""
        return self.compose("logs", "--tail", "20", "web", "proxy")


class Reader:
    """Rows, as the soak tests ask for them."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child

    def sql(self, query: str, *params: Any) -> list[Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        print(json.dumps([query, params]), file=self._child.stdin, flush=True)
        return json.loads(self._child.stdout.readline())
