"""Whether frames in msgpack would be smaller or faster than in JSON, by the frames of all games of this process.

`python -m bench frames`. Each game is played at random, everything that is sent is kept as the message it was made of,
and encoded both ways; a browser reads both, where playwright and its Chromium are installed. Nothing of the server
speaks msgpack: this is why (docs/decisions/0010-json.md).
"""

from __future__ import annotations

import base64
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec

from bench import table
from games.host.frames import codec
from games.rules.base import Rules
from games.rules.catalog import GAMES
from games.testing.table import Table
from tests import servers

_READER: Final = Path(__file__).with_name("msgpack.js")
_STEPS = 150
_TICKS = 400
# Ways of a server's frame: up to 125 bytes of payload have a head of two bytes, all of ours else one of four.
_SHORT, _HEADS = 125, (2, 4)
_ROUNDS = 7
_HALF_S = 0.05

json_encode: Final = msgspec.json.Encoder().encode
pack: Final = msgspec.msgpack.Encoder().encode


class Both(msgspec.Struct, frozen=True):
    """One kind of frame of one game: how many; mean bytes on the wire, with heads; mean ns to encode one, and to read
    one in a browser (0: there was none). Each in JSON and in msgpack."""

    game: str
    kind: str
    count: int
    bytes: tuple[float, float]
    encode_ns: tuple[float, float]
    read_ns: tuple[float, float]


def run(*, quick: bool) -> None:
    """Measure and print."""
    print(f"\nload {table.load()} before the run; of each figure first JSON, then msgpack\n")
    print(
        "| game | frame | of them | bytes on the wire | ratio | ns to encode | ratio | ns to read in Chromium | ratio |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with _browser() as read:
        for game in GAMES:
            for kind, sent in sorted(_played(game, quick=quick).items()):
                one = _both(game.name, kind, sent, read)
                print(f"| {one.game} | {one.kind} | {one.count} | {' | '.join(map(_pair, _measures(one)))} |")


def _measures(one: Both) -> tuple[tuple[float, float], ...]:
    return one.bytes, one.encode_ns, one.read_ns


def _pair(pair: tuple[float, float]) -> str:
    before, after = pair
    return f"{before:.0f}, {after:.0f} | {after / before:.2f}" if before else "– | –"


def _played(game: Rules[Any, Any], *, quick: bool) -> dict[str, list[Any]]:
    """What was sent while the game was played, by kinds."""
    sent: dict[str, list[Any]] = defaultdict(list)
    encode = codec.encode

    def keep(message: Any) -> bytes:
        if type(message).__name__ in ("Welcome", "Update"):
            sent[type(message).__name__.lower()].append(message)
        elif isinstance(message, tuple) and game.hz:
            sent["tick"].append(message)
        return encode(message)

    codec.encode = keep  # type: ignore[assignment]
    try:
        seats = min(max(game.seats), 8)
        played = Table(game, seats=seats)
        played.play_at_random((_TICKS if game.hz else _STEPS) // (10 if quick else 1))
    finally:
        codec.encode = encode
    return sent


def _both(game: str, kind: str, sent: list[Any], read: Callable[[list[bytes], bool], float]) -> Both:
    texts, packed = [json_encode(one) for one in sent], [pack(one) for one in sent]
    return Both(
        game,
        kind,
        len(sent),
        (_wire(texts), _wire(packed)),
        (_each_ns(json_encode, sent), _each_ns(pack, sent)),
        (read(texts, False), read(packed, True)),
    )


def _wire(frames: list[bytes]) -> float:
    return sum(len(one) + _HEADS[len(one) > _SHORT] for one in frames) / len(frames)


def _each_ns(encode: Callable[[Any], bytes], sent: list[Any]) -> float:
    """Nanoseconds of CPU time a message: the median of some rounds over all."""
    spent = []
    for _ in range(_ROUNDS):
        count, began_ns = 0, time.process_time_ns()
        while (took_ns := time.process_time_ns() - began_ns) < _HALF_S * 1e9:
            for one in sent:
                encode(one)
            count += len(sent)
        spent.append(took_ns / count)
    return median(spent)


@contextlib.contextmanager
def _browser() -> Iterator[Callable[[list[bytes], bool], float]]:
    """What reads frames in Chromium, and says how many nanoseconds each took; where there is none, always 0."""
    try:
        from playwright.sync_api import sync_playwright

        path = servers.chromium()
    except (ImportError, servers.Unavailable):
        yield lambda frames, packed: 0.0
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(path), args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(content=_READER.read_text())

        def read(frames: list[bytes], packed: bool) -> float:
            told = [base64.b64encode(one).decode() for one in frames]
            return float(page.evaluate("([told, packed]) => timed(told, packed)", [told, packed]))

        yield read
        browser.close()
