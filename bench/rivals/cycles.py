"""Light cycles beside Madang's: the same game on Colyseus, and the bare transport. `ticks.py` calls these."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bench import installing
from bench.rivals.colyseus import RESERVED, reserved
from bench.rivals.started import running
from bench.targets import Cores, TickTarget
from bench.ticking import RIDERS, Ride
from tests import servers

_SILENT = ("",) * RIDERS


@contextlib.contextmanager
def colyseus_cycles(cores: Cores, matches: int) -> Iterator[TickTarget]:
    port, name = servers.free_port(), "Colyseus, state patch"
    with running(name, ["node", installing.node("colyseus"), str(port)], port, cores, RESERVED) as pid:
        rides = tuple(Ride(_room(port), _SILENT) for _ in range(matches))
        yield TickTarget(name, port=port, pid=pid, beside=None, speech="colyseus", rides=rides)


def _room(port: int) -> tuple[str, ...]:
    room, first = reserved(port, "create", "cycles", {"seat": 0})
    return (first, *(reserved(port, "joinById", room, {"seat": seat})[1] for seat in range(1, RIDERS)))


@contextlib.contextmanager
def picows_ticks(cores: Cores, matches: int) -> Iterator[TickTarget]:
    port, name = servers.free_port(), "bare picows, frames of equal size"
    command = [installing.python("bare_picows"), installing.PEERS / "bare_picows" / "ticks.py", str(port)]
    with running(name, command, port, cores) as pid:
        rides = tuple(Ride((f"/m{number}",) * RIDERS, _SILENT) for number in range(matches))
        yield TickTarget(name, port=port, pid=pid, beside=None, speech="picows", rides=rides)
