"""Finished rated matches for tests, by the rows that a seal leaves; no rules are run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from games.host.effects import Sealed, SeatTaken
from games.journal import records
from games.models import Match
from players.models import Player
from players.ratings.services import pool_ensure
from players.services import guest_create
from tests.games.worlds import a_new_match

GAME, POOL = "connect-four", "blitz"
WON, DRAWN, LOST = (2, 0), (1, 1), (0, 2)


def people(count: int) -> list[Player]:
    return [guest_create(language="en") for _ in range(count)]


@transaction.atomic
def finished(
    players: Sequence[Player | None],
    scores: Sequence[int] = WON,
    *,
    pool: str = POOL,
    sides: Sequence[int] | None = None,
    status: Any = "over",
    steps: int = 9,
    at: datetime | None = None,
    lasted: timedelta = timedelta(minutes=3),
) -> Match:
    """A match of these players (None: a bot), sealed as the journal seals; `at`: when it ended."""
    pool_ensure(game=GAME, pool=pool)
    seats = tuple(
        SeatTaken(i, one.name if one else "Practice", one and one.pk, "" if one else "practice")
        for i, one in enumerate(players)
    )
    new = a_new_match(game=GAME, seats=len(seats), sitting=seats, began=True, rated=True, pool=pool)
    of = tuple(range(len(seats))) if sides is None else tuple(sides)
    sealed = Sealed(status, tuple(scores), "line", 9, "0" * 32, of, steps)
    dialect = {"sqlite": records.SQLITE, "postgresql": records.POSTGRES}[connection.vendor]
    with connection.cursor() as cursor:
        match = records.new_match(cursor, new)
        records.change(cursor, match, sealed, dialect)
    at = at or timezone.now()
    Match.objects.filter(pk=match).update(finished_at=at, started_at=at - lasted)
    return Match.objects.get(pk=match)


def season(players: Sequence[Player], count: int, *, seed: int, days_ago: int = 100) -> None:
    """Matches of two and of more, draws and bots, aborts and quick ones, friends who play all night, over months."""
    chance, at = random.Random(seed), timezone.now() - timedelta(days=days_ago)
    while count:
        at += timedelta(minutes=chance.expovariate(1 / 120))
        if chance.random() < 0.05:
            at += timedelta(days=chance.randrange(12))
        company = chance.sample(list(players), chance.choice((2, 2, 2, 2, 3, 4)))
        for _ in range(min(count, chance.choice((1, 1, 1, 14)))):
            at += timedelta(seconds=chance.randrange(600), microseconds=chance.randrange(10**6))
            _one(company, chance, at)
            count -= 1


def _one(company: Sequence[Player], chance: random.Random, at: datetime) -> None:
    seated: list[Player | None] = list(company)
    if chance.random() < 0.04:
        seated[-1] = None
    if chance.random() < 0.05:
        finished(seated, (), status="aborted", at=at)
        return
    scores = chance.choice((WON, DRAWN, LOST)) if len(seated) == 2 else [chance.randrange(3) for _ in seated]
    sides = [seat % 2 for seat in range(4)] if len(seated) == 4 and chance.random() < 0.5 else None
    finished(seated, scores[:2] if sides else scores, sides=sides, steps=chance.choice((1, 9, 9, 9, 9, 9)), at=at)
