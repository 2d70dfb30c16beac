"""What ratings cost: rating matches, reckoning all anew, and leaderboards of a million.

    python -m tests.servers postgres -- python -m bench.ratings --matches 20000 --ratings 1000000

On the database of DATABASE_URL, which must be empty and is filled; plans of the leaderboard's queries are printed, and
a plan that reads a table whole is an error.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

_PLAYERS = """
INSERT INTO players_player (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
    date_joined, public_id, name, is_guest, language)
SELECT '', false, 'bench-' || n, '', '', '', false, true, now(), 'b' || lpad(n::text, 11, '0'), 'Player', true,
    '' FROM generate_series(1, %s) n"""
_RATINGS = """
INSERT INTO players_rating (player_id, pool_id, rating, deviation, volatility, matches, last_at, last_seq, listed)
SELECT id, %s, 1500 + 300 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()), 60, 0.06, 100, now(), 1, true
FROM players_player"""
_MATCHES = """
INSERT INTO games_match (public_id, game, edition, fold, options, seats, listed, rated, pool, status, seed, seed_hash,
    created_at, started_at, finished_at, finished_seq, result, end_n, digest, steps)
SELECT 'm' || lpad(n::text, 11, '0'), 'connect-four', 1, 1, '{}', 2, true, true, 'blitz', 'over', '', '', at, at,
    at + interval '3 minutes', nextval('games_finished_seq'), '{}', 9, '', 9
FROM (SELECT n, now() - interval '100 days' + n * interval '4 minutes' AS at FROM generate_series(1, %s) n) AS times"""
_SEATS = """
INSERT INTO games_seat (match_id, "index", player_id, bot, name, score, side)
SELECT id, seat, %s + (id * 7919 + seat * (1 + id %% 997)) %% %s, '', 'Player', CASE WHEN id %% 2 = seat THEN 2 ELSE 0
END, seat FROM games_match, generate_series(0, 1) seat"""


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--matches", type=int, default=20_000)
    parser.add_argument("--ratings", type=int, default=1_000_000)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
    django.setup()
    if connection.vendor != "postgresql":
        sys.exit("This is for PostgreSQL: python -m tests.servers postgres -- python -m bench.ratings")
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    _rate(given.matches)
    _lists(given.ratings)


def _rate(matches: int) -> None:
    from games.rating import recompute
    from games.rating.applier import rate_finished
    from games.rating.horizon import Horizon
    from players.ratings.services import pool_ensure

    players = max(2000, matches // 20)
    with connection.cursor() as cursor:
        cursor.execute(_PLAYERS, [players])
        cursor.execute("SELECT min(id) FROM players_player")
        first = cursor.fetchone()[0]
        cursor.execute(_MATCHES, [matches])
        cursor.execute(_SEATS, [first, players])
        cursor.execute("ANALYZE")
    pool = pool_ensure(game="connect-four", pool="blitz")
    horizon, began, count = Horizon(), _now(), 0
    while rated := rate_finished(horizon):
        count += rated
    _told("rated", count, began)
    began = _now()
    pool.refresh_from_db()
    done = recompute.pool_recompute(pool, replace=False)
    _told(f"reckoned anew ({len(done.differences)} differences)", done.matches, began)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _told(what: str, count: int, began: tuple[float, float]) -> None:
    took_s, busy_s = (now - then for now, then in zip(_now(), began, strict=True))
    own = f"{busy_s / count * 1000:.2f} ms of this process's CPU each"
    print(f"{count} matches {what} in {took_s:.1f} s: {count / took_s:.0f} a second, {own}", flush=True)


def _lists(ratings: int) -> None:
    from players.models import Player, Rating
    from players.ratings import boards
    from players.ratings.services import pool_ensure

    pool = pool_ensure(game="connect-four", pool="rapid")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE players_ratingchange, players_rating, games_seat, games_match, players_player CASCADE")
        cursor.execute(_PLAYERS, [ratings])
        cursor.execute(_RATINGS, [pool.pk])
        cursor.execute("ANALYZE")
    with connection.cursor() as cursor:  # a long history for each of them, among many
        cursor.execute(
            "INSERT INTO players_ratingchange (player_id, pool_id, seq, at, rating, deviation) SELECT id, %s, n, "
            "now() - n * interval '1 hour', 1500, 60 FROM (SELECT id FROM players_player ORDER BY id LIMIT 1000) p, "
            "generate_series(1, 500) n",
            [pool.pk],
        )
        cursor.execute("ANALYZE players_ratingchange")
    some = list(Rating.objects.order_by("pk")[:500].values_list("player"))
    asks = [Player.objects.get(pk=pk) for (pk,) in random.Random(1).sample(some, 50)]
    top = Player.objects.get(pk=Rating.objects.order_by("-rating").values_list("player", flat=True)[8000])
    print(f"Leaderboard of {ratings} ratings, milliseconds (median of 50):")
    _timed("first page", lambda n: boards.page(pool, 1))
    _timed("page 200, the deepest", lambda n: boards.page(pool, boards.DEEPEST_PAGE))
    _timed("around someone", lambda n: boards.around(pool, asks[n]))
    _timed("place 8,000 of someone", lambda n: boards.place_of(pool, top))
    _timed("history", lambda n: boards.history(pool, asks[n]))
    _plans(pool, top)


def _timed(what: str, call: Callable[[int], Any]) -> None:
    took = []
    for n in range(50):
        began_s = time.perf_counter()
        call(n)
        took.append((time.perf_counter() - began_s) * 1000)
    print(f"  {what}: {sorted(took)[25]:.1f}")


def _plans(pool: Any, player: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    from players.ratings import boards

    with CaptureQueriesContext(connection) as queries:
        boards.page(pool, 1)
        boards.page(pool, boards.DEEPEST_PAGE)
        boards.around(pool, player)
        boards.place_of(pool, player)
        boards.history(pool, player)
    with connection.cursor() as cursor:
        for query in {one["sql"] for one in queries.captured_queries}:
            cursor.execute("EXPLAIN " + query)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            if "Seq Scan" in plan:
                sys.exit(f"A table is read whole:\n{query}\n{plan}")
            print("\n" + "\n".join(line for line in plan.splitlines() if "Scan" in line))


if __name__ == "__main__":
    main()
