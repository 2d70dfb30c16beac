"""Flask-SocketIO as its tutorials run it: with threads and with gevent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from bench import installing
from bench.generator import Dialect, Expect, Line, Room, Seat, say, upgrade
from bench.rivals.started import TURNS, started
from bench.targets import Cores, Target
from tests import servers

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
            Line(tuple((by, say(f'42["input",{{"match":"m{match}","m":{m}}}]')) for by, _, m in TURNS[:14]))
            for match in range(count)
        ]
        return lines, [Room(match, (seat(match),) * (2 + watchers)) for match in range(count)]

    command = [installing.python("flask_socketio"), installing.PEERS / "flask_socketio" / "server.py", str(port), mode]
    with started(f"Flask-SocketIO, {mode}", command, port, cores, _SOCKET_IO, rooms) as target:
        yield target


@contextlib.contextmanager
def flask_threading(cores: Cores) -> Iterator[Target]:
    with _flask("threading", cores) as target:
        yield target


@contextlib.contextmanager
def flask_gevent(cores: Cores) -> Iterator[Target]:
    with _flask("gevent", cores) as target:
        yield target
