"""The limit: picows alone, which sends on what comes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from bench import installing
from bench.generator import Dialect, Line, Room, Seat, say, upgrade
from bench.rivals.started import TURNS, started
from bench.targets import Cores, Target
from tests import servers


@contextlib.contextmanager
def bare_picows(cores: Cores) -> Iterator[Target]:
    port = servers.free_port()
    line = Line(tuple((seat, say(f'{{"type":"move","c":{c},"on":{c},"m":{m}}}')) for seat, c, m in TURNS))

    def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
        return [line], [Room(0, (Seat(upgrade(f"/m{number}", port), ()),) * (2 + watchers)) for number in range(count)]

    command = [installing.python("bare_picows"), installing.PEERS / "bare_picows" / "server.py", str(port)]
    with started("bare picows, echo", command, port, cores, Dialect(b'{"type":"update"'), rooms) as target:
        yield target
