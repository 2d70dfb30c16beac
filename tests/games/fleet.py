"""Several real server processes on one PostgreSQL, for tests of who owns a match."""

from __future__ import annotations

import contextlib
import json
import secrets
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests import servers
from tests.games.wire import Guest, Place
from tests.servers import MadangServer

# Longer than any takeover may take, on a busy machine too.
PATIENCE_S = 25.0
# The close code of a token that is used up.
TOKEN = 4014


class Fleet:
    """`servers` share players, tickets and matches; each can be started, killed, frozen and asked by itself."""

    def __init__(self, folder: Path, url: str, count: int, environ: Mapping[str, str]) -> None:
        self.url = url
        shared = {"DATABASE_URL": url, "MADANG_SECRET_KEY": secrets.token_urlsafe(48), **environ}
        self.servers = []
        for number in range(count):
            (folder / str(number)).mkdir()
            self.servers.append(MadangServer(folder / str(number), shared))
        self.servers[0].command("migrate", "--verbosity=0")

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query, params)
            return cursor.fetchall() if cursor.description else []

    def lease(self, public_id: str) -> tuple[str | None, int, int]:
        """The name of the host that holds it, its epoch, and how often it was suspected."""
        query = """SELECT host.name, epoch, suspect FROM games_lease JOIN games_match m ON m.id = match_id
            LEFT JOIN games_host host ON host.id = host_id WHERE m.public_id = %s"""
        return self.sql(query, public_id)[0]

    def close(self) -> None:
        for server in self.servers:
            server.close()


@contextlib.contextmanager
def fleet(url: str, count: int, environ: Mapping[str, str] | None = None) -> Iterator[Fleet]:
    with servers.temporary_folder("fleet") as folder:
        made = Fleet(folder, url, count, environ or {})
        try:
            for server in made.servers:
                server.start()
            yield made
        finally:
            made.close()


class Match:
    """A match of two guests, who can come to it at any server."""

    def __init__(self, server: MadangServer, game: str, **wish: Any) -> None:
        self.players = [Guest(server), Guest(server)]
        given = {"game": game, "seat": 0, "listed": False, **wish}
        self.id: str = self.players[0].post("matches", given)["id"]
        self.players[1].post(f"matches/{self.id}/join", {"seat": 1})
        self.tokens = [player.post("tickets", {})["ticket"] for player in self.players]

    def come(self, seat: int, server: MadangServer, **seen: int) -> Place:
        """As a page that has its token; raises `ConnectionClosed` where it is not let in."""
        place = Place.__new__(Place)
        place.server, place.match, place.v = server, self.id, 0
        place.enter({"type": "hello", "token": self.tokens[seat], **seen})
        self.tokens[seat] = place.welcome["token"]
        return place

    def come_back(self, seat: int, server: MadangServer, within_s: float = PATIENCE_S, **seen: int) -> Place:
        """Again and again, as pages do; a ticket lets in once, so that each attempt may need a new one."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                return self.come(seat, server, **seen)
            except (ConnectionClosed, InvalidHandshake, OSError, TimeoutError) as refused:
                if time.monotonic() > deadline:
                    raise
                if isinstance(refused, ConnectionClosed) and refused.rcvd and refused.rcvd.code == TOKEN:
                    self.players[seat].server = server
                    self.tokens[seat] = self.players[seat].post("tickets", {})["ticket"]
                time.sleep(0.1)


def until(true: Callable[[], Any], what: str, within_s: float = PATIENCE_S) -> float:
    """Wait; how many seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within_s, what
        time.sleep(0.05)
    return time.monotonic() - began


def install(folder: Path, name: str, source: str) -> str:
    """A package with one game, for servers whose PYTHONPATH has the returned folder."""
    module = name.replace("-", "_")
    (folder / f"{module}.py").write_text(source)
    facts = folder / f"{module}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[madang.games]\n{name} = {module}:Game\n")
    return str(folder)


_HANGING = """
import msgspec
from games.rules.base import Result, Rules

class Pile(msgspec.Struct, frozen=True):
    left: int = 9

class Game(Rules[Pile, int]):
    name, title, seats, state, move, edition = "%s", "Hanging", range(2, 3), Pile, int, 1
    def setup(self, options, seats, env):
        return Pile()
    def turns(self, pile):
        return {(9 - pile.left) %% 2: (1, 2)} if pile.left else {}
    def step(self, pile, moves, env):
        while 2 in moves.values():
            pass
        return Pile(pile.left - 1)
    def result(self, pile):
        return None if pile.left else Result((1, 1), "done")
    def view(self, pile, seat, shared):
        return pile
"""


def hanging(name: str) -> str:
    """The source of a game in which a move of 2 is never done."""
    return _HANGING % name


def answered(server: MadangServer, path: str) -> Any:
    with urllib.request.urlopen(server.url + path, timeout=5) as answer:
        return json.load(answer)
