"""Matches for a bench: `python -m bench.prepare moves COUNT [ENTRIES]` prints `Script`s as JSON, `python -m
bench.prepare ticks COUNT` prints `Ride`s.

Runs with the server's own environment. Every match has all players seated. Connect Four has a script of legal moves
that nobody wins before the board is almost full, so that as few matches as possible must be replaced while the load
runs; Light cycles is set to its most rounds, so that none must.
"""

from __future__ import annotations

import os
import random
import secrets
import sys
from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING, Any

import msgspec

from bench.load import Script
from bench.ticking import RIDERS, Ride
from games.host.effects import NewMatch, SeatTaken
from games.host.entries import FOLD, SEED_BYTES, Answered, Entry, Offered, Sit, chained, genesis, seed_hash, text
from games.rules.base import Env
from games.rules.connect_four import ConnectFour
from games.rules.light_cycles import LightCycles

if TYPE_CHECKING:
    from games.rules.catalog import AnyRules
    from players.models import Player

# A full board has 42 moves; random play that avoids winning nearly always gets beyond this.
MOVES_AT_LEAST = 38
# Different matches: more would only make the preparation longer.
LINES = 25
PLAYERS = 200


def some_lines() -> list[list[int]]:
    """The lines that every server plays whose matches end."""
    return lines_of_play(random.Random(4))


def lines_of_play(rng: random.Random) -> list[list[int]]:
    """Columns, by turns from seat 0; no line ends before its last move."""
    found: list[list[int]] = []
    while len(found) < LINES:
        columns = _line(rng)
        if len(columns) >= MOVES_AT_LEAST:
            found.append(columns)
    return found


def _line(rng: random.Random) -> list[int]:
    rules, env, played = ConnectFour(), Env(seed=b"", n=0, ms=0), list[int]()
    state = rules.setup(rules.options(), 2, env)
    while True:
        ((seat, columns),) = rules.turns(state).items()
        steps = {column: rules.step(state, {seat: column}, env) for column in columns}
        quiet = [column for column, after in steps.items() if rules.result(after) is None]
        if not quiet:
            return played
        played.append(rng.choice(quiet))
        state = steps[played[-1]]


def moves(columns: list[int], before: int = 0) -> tuple[tuple[int, str], ...]:
    """As messages. Two entries seat the players, so the first move answers version 2, or so many more."""
    return tuple(
        (n % 2, f'{{"type":"move","c":{n // 2 + 1},"on":{n + 2 + before},"m":{column}}}')
        for n, column in enumerate(columns)
    )


def new_match(
    public_id: str, players: list[Player], rules: AnyRules, options: dict[str, Any], before: int = 0
) -> NewMatch:
    """All seated, begun, nobody has moved; `before` lines of draws that were offered and declined."""
    seed, seats = secrets.token_bytes(SEED_BYTES), len(players)
    hashed = seed_hash(seed)
    digest = genesis(
        game=rules.name, edition=rules.edition, fold=FOLD, options=options, seats=seats, hashed_seed=hashed
    )
    entries: list[Entry] = []
    for seat, player in enumerate(players):
        body = text(Sit(name=player.name, player=player.public_id))
        entries.append(chained(digest, n=seat + 1, kind="sit", seat=seat, c=None, ms=0, body=body))
        digest = entries[-1].digest
    for number in range(before):
        kind, body = (("offer", text(Offered("draw"))), ("answer", text(Answered("draw", yes=False))))[number % 2]
        entries.append(chained(digest, n=seats + number + 1, kind=kind, seat=number % 2, c=None, ms=0, body=body))
        digest = entries[-1].digest
    return NewMatch(
        public_id=public_id,
        game=rules.name,
        edition=rules.edition,
        fold=FOLD,
        options=options,
        seats=seats,
        listed=False,
        seed=seed.hex(),
        seed_hash=hashed,
        created_by=players[0].pk,
        rematch_of=None,
        entries=tuple(entries),
        sitting=tuple(SeatTaken(seat, player.name, player.pk, "") for seat, player in enumerate(players)),
        began=True,
    )


def scripts(count: int, before: int = 0) -> list[Script]:
    """`count` matches in the database, their records so long already, and how each is played."""
    from django.db import connection, transaction

    from games.journal import records
    from players.ids import new_id
    from players.services import guest_create

    with transaction.atomic(), connection.cursor() as cursor:
        people = cycle([guest_create(language="en") for _ in range(PLAYERS)])
        lines = cycle([moves(columns, before) for columns in some_lines()])
        made = []
        for _ in range(count):
            players, public_id = [next(people), next(people)], new_id()
            records.new_match(cursor, new_match(public_id, players, ConnectFour(), {}, before))
            made.append(Script((f"/ws/match/{public_id}",) * 2, _hellos(public_id, players), next(lines)))
    return made


def rides(count: int) -> list[Ride]:
    """`count` matches of Light cycles in the database. Their time begins with the first connection."""
    from django.db import connection, transaction

    from games.journal import records
    from players.ids import new_id
    from players.services import guest_create

    with transaction.atomic(), connection.cursor() as cursor:
        people = cycle([guest_create(language="en") for _ in range(PLAYERS)])
        made = []
        for _ in range(count):
            players, public_id = [next(people) for _ in range(RIDERS)], new_id()
            records.new_match(cursor, new_match(public_id, players, LightCycles(), {"rounds": 5}))
            made.append(Ride((f"/ws/match/{public_id}",) * RIDERS, _hellos(public_id, players)))
    return made


def _hellos(match: str, players: list[Player]) -> tuple[str, ...]:
    """Resume tokens, as everyone has who comes back: what is measured is play, not signing in."""
    import time

    from players import resume
    from players.identity import Identity

    now_ms = time.time_ns() // 1_000_000
    people = [Identity(player.pk, player.public_id, player.name, "", now_ms) for player in players]
    tokens = [resume.issue(person, match, seat) for seat, person in enumerate(people)]
    return tuple(f'{{"type":"hello","token":"{token}"}}' for token in tokens)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    make: Callable[..., object] = {"moves": scripts, "ticks": rides}[sys.argv[1]]
    sys.stdout.buffer.write(msgspec.json.encode(make(*map(int, sys.argv[2:]))))


if __name__ == "__main__":
    main()
