"""The servers that Madang is measured beside, started as their documentation says. `contest.py` calls these.

One whose packages cannot be had here is left out, and said so.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bench import installing
from bench.generator import Dialect, Expect, Line, Room, Seat, say, upgrade
from bench.targets import ROOT, Cores, Rooms, Target, listener, on_core
from bench.wire import frame
from tests import servers

_BINARY = 2
# One line for all rooms: by turns, column after column.
_TURNS = tuple((n % 2, n // 2 + 1, n % 7) for n in range(1400))


@contextlib.contextmanager
def _started(
    name: str,
    command: Sequence[str | Path],
    port: int,
    cores: Cores,
    dialect: Dialect,
    rooms: Rooms,
    *,
    environ: dict[str, str] | None = None,
    beside: int | None = None,
    endless: bool = True,
) -> Iterator[Target]:
    with servers.temporary_folder("peer") as folder:
        log, env = folder / "log", servers.environment(folder, {"NODE_ENV": "production", **(environ or {})})
        with log.open("wb") as output, on_core(cores.server):
            child = subprocess.Popen(list(map(str, command)), cwd=folder, env=env, stdout=output, stderr=output)
        try:
            servers.wait_until(lambda: servers.listens(port), name, child, log)
            yield Target(name, port=port, pid=child.pid, beside=beside, dialect=dialect, rooms=rooms, endless=endless)
        finally:
            servers.end(child)


# ── stock Channels ──────────────────────────────────────────────────────────────────────────────────────────

_LAYERS = {
    "core": "channels_redis.core.RedisChannelLayer",
    "pub/sub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
_STOCK = Dialect(b'{"type": "update"', (b'{"type": "error"',))


@contextlib.contextmanager
def _stock(server: str, layer: str, cores: Cores) -> Iterator[Target]:
    port, application = servers.free_port(), "bench.peers.stock_channels.asgi:application"
    uvicorn = ["uvicorn", application, "--port", str(port), "--log-level", "warning", "--lifespan", "off"]
    daphne = ["daphne", "-p", str(port), "-b", "127.0.0.1", "-v", "0", application]
    line = Line(tuple((seat, say(f'{{"type":"move","c":{c},"m":{m}}}')) for seat, c, m in _TURNS))

    def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
        paths = [[f"/ws/match/m{number}/{seat}" for seat in range(2 + watchers)] for number in range(count)]
        return [line], [Room(0, tuple(Seat(upgrade(path, port), ()) for path in room)) for room in paths]

    with contextlib.ExitStack() as stack:
        with on_core(cores.others):
            url = stack.enter_context(servers.redis())
        environ = {"PYTHONPATH": str(ROOT), "REDIS_URL": url, "LAYER": _LAYERS[layer]}
        command = [sys.executable, "-m", *(uvicorn if server == "uvicorn" else daphne)]
        name = f"stock Channels, {server}, Redis {layer}"
        beside = listener(urlsplit(url).port)
        yield stack.enter_context(_started(name, command, port, cores, _STOCK, rooms, environ=environ, beside=beside))


@contextlib.contextmanager
def channels_uvicorn_pubsub(cores: Cores, supply: int) -> Iterator[Target]:
    with _stock("uvicorn", "pub/sub", cores) as target:
        yield target


@contextlib.contextmanager
def channels_uvicorn_core(cores: Cores, supply: int) -> Iterator[Target]:
    with _stock("uvicorn", "core", cores) as target:
        yield target


@contextlib.contextmanager
def channels_daphne_pubsub(cores: Cores, supply: int) -> Iterator[Target]:
    with _stock("daphne", "pub/sub", cores) as target:
        yield target


@contextlib.contextmanager
def channels_daphne_core(cores: Cores, supply: int) -> Iterator[Target]:
    with _stock("daphne", "core", cores) as target:
        yield target


# ── Flask-SocketIO ──────────────────────────────────────────────────────────────────────────────────────────

_SOCKET_IO = Dialect(b'42["game_state_update"', (b'42["refused"', b"44"), b"2", say("3"))


@contextlib.contextmanager
def _flask(mode: str, cores: Cores) -> Iterator[Target]:
    port = servers.free_port()
    request = upgrade("/socket.io/?EIO=4&transport=websocket", port)

    def seat(match: int) -> Seat:
        join = say(f'42["join",{{"match":"m{match}"}}]')
        return Seat(request, (Expect(b"0"), say("40"), Expect(b"40"), join, Expect(b'42["joined"')))

    def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
        lines = [
            Line(tuple((by, say(f'42["input",{{"match":"m{match}","m":{m}}}]')) for by, _, m in _TURNS[:14]))
            for match in range(count)
        ]
        return lines, [Room(match, (seat(match),) * (2 + watchers)) for match in range(count)]

    command = [installing.python("flask_socketio"), installing.PEERS / "flask_socketio" / "server.py", str(port), mode]
    with _started(f"Flask-SocketIO, {mode}", command, port, cores, _SOCKET_IO, rooms) as target:
        yield target


@contextlib.contextmanager
def flask_threading(cores: Cores, supply: int) -> Iterator[Target]:
    with _flask("threading", cores) as target:
        yield target


@contextlib.contextmanager
def flask_gevent(cores: Cores, supply: int) -> Iterator[Target]:
    with _flask("gevent", cores) as target:
        yield target


# ── Colyseus ────────────────────────────────────────────────────────────────────────────────────────────────

_JOIN, _DATA, _PATCH = b"\x0a", b"\x0d", b"\x0f"


@contextlib.contextmanager
def _colyseus(kind: str, name: str, update: bytes, cores: Cores) -> Iterator[Target]:
    port = servers.free_port()
    joined = frame(_JOIN, _BINARY)
    line = Line(
        tuple(
            (by, frame(_DATA + b"\xa4move\x82\xa1c" + _uint32(c) + b"\xa1m" + bytes([m]), _BINARY))
            for by, c, m in _TURNS
        )
    )

    def seat(method: str, room: str) -> tuple[str, Seat]:
        told = _posted(f"http://127.0.0.1:{port}/matchmake/{method}/{room}", {})
        path = f"/{told['processId']}/{told['roomId']}?sessionId={told['sessionId']}"
        return told["roomId"], Seat(upgrade(path, port), (Expect(_JOIN), joined))

    def room(watchers: int) -> Room:
        number, first = seat("create", kind)
        return Room(0, (first, *(seat("joinById", number)[1] for _ in range(1 + watchers))))

    def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
        return [line], [room(watchers) for _ in range(count)]

    # Reservations are kept for a minute, so that all can be made before the sockets connect.
    environ = {"COLYSEUS_SEAT_RESERVATION_TIME": "60"}
    command = ["node", installing.node("colyseus"), str(port)]
    with _started(
        name, command, port, cores, Dialect(update, (_DATA + b"\xa5error",)), rooms, environ=environ
    ) as target:
        yield target


def _uint32(value: int) -> bytes:
    return b"\xce" + value.to_bytes(4, "big")


def _posted(url: str, body: object) -> dict[str, str]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        found: dict[str, str] = json.load(answer)
    return found


@contextlib.contextmanager
def colyseus_messages(cores: Cores, supply: int) -> Iterator[Target]:
    with _colyseus("relay", "Colyseus, message broadcast", _DATA + b"\xa6update", cores) as target:
        yield target


@contextlib.contextmanager
def colyseus_patches(cores: Cores, supply: int) -> Iterator[Target]:
    with _colyseus("board", "Colyseus, state patch", _PATCH, cores) as target:
        yield target


# ── boardgame.io ────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def boardgame_io(cores: Cores, supply: int) -> Iterator[Target]:
    from bench.prepare import some_lines

    port = servers.free_port()
    request = upgrade("/socket.io/?EIO=4&transport=websocket", port)
    space = "/connect-four,"

    def room(match: str, watchers: int) -> tuple[Seat, ...]:
        hello, welcome = say(f"40{space}"), Expect(f"40{space}".encode())
        seats = [f'"{seat}"' for seat in range(2)] + ["null"] * watchers
        return tuple(
            Seat(
                request,
                (
                    Expect(b"0"),
                    hello,
                    welcome,
                    say(f'42{space}["sync","{match}",{seat},null,2]'),
                    Expect(f'42{space}["sync"'.encode()),
                ),
            )
            for seat in seats
        )

    def action(match: str, number: int, column: int) -> bytes:
        payload = f'{{"type":"drop","args":[{column}],"playerID":"{number % 2}","credentials":null}}'
        made = f'{{"type":"MAKE_MOVE","payload":{payload}}}'
        return say(f'42{space}["update",{made},{number},"{match}","{number % 2}"]')

    def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
        lines, made, played = [], [], some_lines()
        for number in range(count):
            match = _posted(f"http://127.0.0.1:{port}/games/connect-four/create", {"numPlayers": 2})["matchID"]
            columns = played[number % len(played)]
            lines.append(Line(tuple((n % 2, action(match, n, column)) for n, column in enumerate(columns))))
            made.append(Room(number, room(match, watchers)))
        return lines, made

    dialect = Dialect(f'42{space}["update"'.encode(), (b"44",), b"2", say("3"))
    command = ["node", installing.node("boardgame_io"), str(port)]
    with _started("boardgame.io", command, port, cores, dialect, rooms, endless=False) as target:
        yield target


# ── picows ──────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def bare_picows(cores: Cores, supply: int) -> Iterator[Target]:
    port = servers.free_port()
    line = Line(tuple((seat, say(f'{{"type":"move","c":{c},"on":{c},"m":{m}}}')) for seat, c, m in _TURNS))

    def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
        return [line], [Room(0, (Seat(upgrade(f"/m{number}", port), ()),) * (2 + watchers)) for number in range(count)]

    command = [installing.python("bare_picows"), installing.PEERS / "bare_picows" / "server.py", str(port)]
    with _started("bare picows, echo", command, port, cores, Dialect(b'{"type":"update"'), rooms) as target:
        yield target
