"""Stock Channels: on daphne and on uvicorn, with both layers of channels-redis."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bench.generator import Dialect, Line, Room, Seat, say, upgrade
from bench.rivals.started import TURNS, started
from bench.targets import ROOT, Cores, Target, listener, on_core
from tests import servers

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
    line = Line(tuple((seat, say(f'{{"type":"move","c":{c},"m":{m}}}')) for seat, c, m in TURNS))

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
        yield stack.enter_context(started(name, command, port, cores, _STOCK, rooms, environ=environ, beside=beside))


@contextlib.contextmanager
def channels_uvicorn_pubsub(cores: Cores) -> Iterator[Target]:
    with _stock("uvicorn", "pub/sub", cores) as target:
        yield target


@contextlib.contextmanager
def channels_uvicorn_core(cores: Cores) -> Iterator[Target]:
    with _stock("uvicorn", "core", cores) as target:
        yield target


@contextlib.contextmanager
def channels_daphne_pubsub(cores: Cores) -> Iterator[Target]:
    with _stock("daphne", "pub/sub", cores) as target:
        yield target


@contextlib.contextmanager
def channels_daphne_core(cores: Cores) -> Iterator[Target]:
    with _stock("daphne", "core", cores) as target:
        yield target
