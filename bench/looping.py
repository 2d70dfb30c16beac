"""What a move costs the event loop where there is neither a socket nor a database: `python -m bench loop`.

Frames go in where the transport calls, ready bytes come out where it is called; in between everything is the server's
own, journal and its thread included, whose flushes end at once and as stored. What a served move costs beyond this is
the kernel's, the transport's, the database's, and what caches forget between two moves.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import uvloop

from bench import table
from bench.forgetful import ForgetfulLog
from bench.prepare import lines_of_play, moves
from games.host.entries import FOLD, SEED_BYTES, MatchId, Sit, chained, genesis, seed_hash, text
from games.host.fold import Fold
from games.host.greeting import Facts
from games.protocol.messages import Hello
from games.rules.connect_four import ConnectFour

if TYPE_CHECKING:
    from games.driver.core import Driver

# Moves that arrive together and are stored together.
TOGETHER: Final = (1, 8, 64)

Hear = Callable[[str | bytes], None]


class Pace(NamedTuple):
    matches: int
    rounds: int


FULL: Final = Pace(200, 12)
QUICK: Final = Pace(20, 2)


def run(pace: Pace) -> None:
    """Measure and print: the least of some rounds, since whatever else the machine does only adds."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
    django.setup()
    print(
        f"\nload {table.load()} before the run; {pace.matches} matches of Connect Four, least of {pace.rounds} rounds\n"
    )
    print("| moves stored together | µs of the loop's thread a move | an update |\n|---|---|---|")
    for together in TOGETHER:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            cost_us = min(runner.run(_round(pace.matches, together)) for _ in range(pace.rounds))
        print(f"| {together} | {cost_us:.1f} | {cost_us / 2:.1f} |", flush=True)


class _Socket:
    """Takes everything."""

    def __init__(self) -> None:
        self.written = 0

    def stay(self, hear: Hear, ended: Callable[[], None]) -> None:
        raise AssertionError("no consumer runs here")

    def write(self, ready: bytes) -> None:
        self.written += 1

    def abort(self) -> None:
        raise AssertionError("nobody is slow")


async def _round(matches: int, together: int) -> float:
    """CPU µs of this thread for each move of one round of all matches, until no column is left."""
    from games.driver.core import Driver
    from games.driver.pulse import Pulse
    from games.journal.core import Journal
    from players.threads import DatabaseThreads

    threads, found = DatabaseThreads(1, "bench-loop"), list[Driver]()
    # The driver is made after the journal that it needs.
    journal = Journal(ForgetfulLog(), settled=lambda match, ending: found[0].settled(match, ending))  # noqa: PLW0108
    found.append(Driver(host="bench", journal=journal, threads=threads, pulse=Pulse()))
    await journal.start()
    sockets: list[_Socket] = []
    frames = list(_frames(found[0], matches, sockets))
    gc.collect()
    before, began_s = sum(one.written for one in sockets), time.thread_time()
    for at in range(0, len(frames), together):
        for hear, frame in frames[at : at + together]:
            hear(frame)
        await journal.flushed()
    spent_s = time.thread_time() - began_s
    assert sum(one.written for one in sockets) - before == 2 * len(frames), "each move is told to both"
    await journal.close()
    threads.close()
    return 1e6 * spent_s / len(frames)


def _frames(driver: Driver, matches: int, sockets: list[_Socket]) -> Iterator[tuple[Hear, str]]:
    """What is heard, the first move of each match, then the second of each, and so on."""
    played = [moves(columns) for columns in lines_of_play(random.Random(4))]
    hears = [_seated(driver, MatchId(n), sockets) for n in range(1, matches + 1)]
    for turn in range(min(map(len, played))):
        for n, (first, second) in enumerate(hears):
            seat, frame = played[n % len(played)][turn]
            yield (first, second)[seat], frame


def _seated(driver: Driver, match: MatchId, sockets: list[_Socket]) -> tuple[Hear, Hear]:
    """A live match whose two players are connected; where their frames go in."""
    from games.consumers.match import MatchConsumer, _hear
    from games.delivery import Connection
    from games.driver.live import Live, now_ms, unix_ms
    from games.host.match import LiveMatch
    from games.host.tail import Header

    fold = _begun(match)
    facts = Facts(public_id=f"match-{match}", epoch=1, options=fold.options, seed_hash=seed_hash(fold.seed))
    header = Header(id=match, facts=facts, listed=False, players={})
    made = LiveMatch(header, fold, now_ms=now_ms(), new_match=lambda: ("", b""))
    live = driver.live[match] = Live(driver, made)
    hears = []
    for sit in fold.sitting.values():
        socket = _Socket()
        sockets.append(socket)
        connection = Connection(_never, lambda: None, socket)
        connection.player, connection.name = sit.player, sit.name
        live.run(made.attach, connection, Hello(), now_ms(), unix_ms())
        hears.append(partial(MatchConsumer()._called, connection, partial(_hear, connection, live)))
    return hears[0], hears[1]


def _begun(match: int) -> Fold:
    """Both have sat down, nobody has moved."""
    rules, seed = ConnectFour(), bytes(SEED_BYTES)
    options = rules.options()
    hashed = seed_hash(seed)
    digest = genesis(game=rules.name, edition=rules.edition, fold=FOLD, options=options, seats=2, hashed_seed=hashed)
    fold = Fold.begin(rules, options=options, seats=2, seed=seed, genesis=digest)
    for seat in range(2):
        body = text(Sit(name=f"Player {seat}", player=f"{match}-{seat}"))
        fold.apply(chained(fold.digest, seat + 1, "sit", seat, None, 0, body))
    return fold


async def _never(event: dict[str, Any]) -> None:
    raise AssertionError(f"{event} goes by the socket")
