"""`python -m bench.tournament --stored`: a Swiss of 500 through services and the runner, every transaction committed.

On a throw-away SQLite; on PostgreSQL by `python -m tests.servers postgres -- python -m bench.tournament --stored`.
Matches are not played but written as won: what is measured is what the tournament itself costs.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from bench.load import quantile

PLAYERS, ROUNDS = 500, 3


class Taken(msgspec.Struct):
    """How long each of something took, in ms."""

    name: str
    each_ms: list[float] = []
    cpu_ms: list[float] = []

    def time(self, do: Callable[[], Any]) -> Any:
        """What `do` gives, timed."""
        began, cpu = time.perf_counter(), time.thread_time()
        answer = do()
        self.each_ms.append((time.perf_counter() - began) * 1000)
        self.cpu_ms.append((time.thread_time() - cpu) * 1000)
        return answer

    def row(self) -> str:
        """A line of the table."""
        each, cpu = sorted(self.each_ms), sorted(self.cpu_ms)
        cells = (len(each), f"{quantile(each, 0.5):.1f}", f"{quantile(each, 0.99):.0f}", f"{quantile(cpu, 0.5):.1f}")
        return f"| {self.name} | {' | '.join(map(str, cells))} |"


def table() -> str:
    """Play it, and tell what it took."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
        os.environ["MADANG_DATA_DIR"] = folder
        import django

        django.setup()
        return _measured()


def _measured() -> str:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from players.models import Player
    from tournaments import limits, presence, runner, services, shown
    from tournaments.models import Tournament

    call_command("migrate", verbosity=0)
    limits.MOST_OPEN = 100
    olga = Player.objects.create_superuser("olga", password=None, name="Olga")
    people = Player.objects.bulk_create(
        Player(username=f"p{number}", name=f"Player {number}", is_guest=True) for number in range(PLAYERS)
    )
    tournament = services.tournament_create(by=olga, wish=_wish(limits.Wish))
    joins, pairs, results, looks = (Taken(name) for name in ("join", "10 matches made", "results", "a page's question"))
    for player in people:
        joins.time(lambda player=player: services.tournament_join(tournament=tournament, by=player))
    presence.store()
    for _ in range(ROUNDS):
        while pairs.time(lambda: runner.advance(tournament.pk)):
            pass
        _win_all()
        while results.time(lambda: runner.advance(tournament.pk)):
            if Tournament.objects.filter(pk=tournament.pk, pairings__open=True).count() == 0:
                break
    address = f"/api/tournaments/{tournament.public_id}/live?n={shown.page_of(tournament)['n']}"
    for player in people[:50]:
        asking = Client(headers={"host": "127.0.0.1"})
        asking.force_login(player)
        for _ in range(4):
            looks.time(lambda asking=asking: asking.get(address))
    head = f"| {connection.vendor} | times | p50 ms | p99 ms | CPU of this process, p50 ms |\n|---|---|---|---|---|"
    return "\n".join([head, *(one.row() for one in (joins, pairs, results, looks))])


def _wish(make: type) -> Any:
    from django.utils import timezone

    from tournaments.formats import due

    due.BREAK_MS = 0
    return make(
        name="Measured",
        format="swiss",
        game="connect-four",
        clock={"kind": "fischer", "base_ms": 180_000},
        rounds=ROUNDS,
        start_at=timezone.now() - timedelta(seconds=5),
    )


def _win_all() -> None:
    """Every match under way is over, won by who sat first."""
    from django.db.models import F, Value
    from django.db.models.functions import Now

    from games.models import Match, Seat

    live = Match.objects.filter(status="live")
    Seat.objects.filter(match__in=live).update(score=2 - 2 * F("index"))
    ended = {"scores": [2, 0], "reason": "line"}
    live.update(
        status="over",
        result=Value(ended, Match._meta.get_field("result")),
        finished_seq=F("pk"),
        finished_at=Now(),
        end_n=20,
    )
