"""boardgame.io: its own server, which knows the rules."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from bench import installing
from bench.generator import Dialect, Expect, Line, Room, Seat, say, upgrade
from bench.prepare import some_lines
from bench.rivals.started import posted, started
from bench.targets import Cores, Target
from tests import servers

_SPACE = "/connect-four,"


@contextlib.contextmanager
def boardgame_io(cores: Cores) -> Iterator[Target]:
    port, played = servers.free_port(), some_lines()

    def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
        lines, made = [], []
        for number in range(count):
            match = posted(f"http://127.0.0.1:{port}/games/connect-four/create", {"numPlayers": 2})["matchID"]
            columns = played[number % len(played)]
            lines.append(Line(tuple((n % 2, _action(match, n, column)) for n, column in enumerate(columns))))
            made.append(Room(number, _seats(match, watchers, port)))
        return lines, made

    dialect = Dialect(f'42{_SPACE}["update"'.encode(), (b"44",), b"2", say("3"))
    program = installing.node("boardgame_io")
    with started("boardgame.io", ["node", program, str(port)], port, cores, dialect, rooms, endless=False) as target:
        yield target


def _seats(match: str, watchers: int, port: int) -> tuple[Seat, ...]:
    request = upgrade("/socket.io/?EIO=4&transport=websocket", port)
    hello, welcome, synced = say(f"40{_SPACE}"), Expect(f"40{_SPACE}".encode()), Expect(f'42{_SPACE}["sync"'.encode())
    seats = [f'"{seat}"' for seat in range(2)] + ["null"] * watchers
    syncs = [say(f'42{_SPACE}["sync","{match}",{seat},null,2]') for seat in seats]
    return tuple(Seat(request, (Expect(b"0"), hello, welcome, sync, synced)) for sync in syncs)


def _action(match: str, number: int, column: int) -> bytes:
    payload = f'{{"type":"drop","args":[{column}],"playerID":"{number % 2}","credentials":null}}'
    made = f'{{"type":"MAKE_MOVE","payload":{payload}}}'
    return say(f'42{_SPACE}["update",{made},{number},"{match}","{number % 2}"]')
