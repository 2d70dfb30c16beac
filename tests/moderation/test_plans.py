"""Every list of the admin on a database with a long history: what PostgreSQL plans for each query that a page makes.

The plans at 60,000 matches are those at a million: both are far beyond what a planner reads whole. Figures at a
million are in docs/moderation.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from games.models import Match
from moderation.models import Report
from players.models import Player
from tests import servers
from tests.games.callers import client_of, page
from tests.games.worlds import PostgresWorld, django_on, migrate

# Filling takes a minute on a busy machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MATCHES, PLAYERS = 60_000, 20_000
# What grows with the site. The rest stays a page long, and PostgreSQL rightly reads it whole.
LARGE = {
    "games_match",
    "games_entry",
    "games_seat",
    "games_lease",
    "games_command",
    "games_chatline",
    "games_snapshot",
    "players_player",
    "players_ban",
    "players_rating",
    "moderation_act",
    "moderation_note",
    "moderation_notice",
    "moderation_report",
}
OURS = ("games", "players", "moderation")

_MANY = """
INSERT INTO moderation_act (at, by_id, by_name, what, model, key, about, words, network, digest)
SELECT now(), NULL, 'Warden', (ARRAY['ban','note','warn','change'])[i % 4 + 1], 'players.player',
    CAST(i % 20000 AS text), 'Ada', '', '', '' FROM generate_series(1, 100000) i;
INSERT INTO players_ban (player_id, reason, since, until, lifted_at, words)
SELECT id, 'spam', now() - interval '9 days', now() - interval '1 day', now() - interval '1 day', ''
FROM players_player, generate_series(1, 2);
INSERT INTO games_snapshot (match_id, n, state, digest, created_at)
SELECT id, 2, '', '', now() FROM games_match ORDER BY id LIMIT 20000;
INSERT INTO players_pool (game, name, applied_seq) VALUES ('connect-four', 'blitz', 0);
INSERT INTO players_rating (player_id, pool_id, rating, deviation, volatility, matches, last_at, last_seq, listed)
SELECT p.id, o.id, 1500, 100, 0.06, 9, now(), 1, false FROM players_player p, players_pool o;
INSERT INTO moderation_note (player_id, text, at) SELECT id, 'Seen.', now() FROM players_player;
INSERT INTO moderation_notice (player_id, kind, text, at) SELECT id, 'warning', 'Be kind.', now() FROM players_player;
INSERT INTO moderation_report (reporter_id, about_id, reason, text, log, state, outcome, answer, created_at,
    resolved_at)
SELECT id, id + 1, 'chat', '', '{}', 'resolved', 'acted', '', now(), now() FROM players_player
WHERE id < (SELECT max(id) FROM players_player);
"""


@pytest.fixture(scope="module")
def long_history(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[PostgresWorld]:
    with servers.database(postgres_url) as url:
        migrate(tmp_path_factory.mktemp("plans"), DATABASE_URL=url)
        world = PostgresWorld(url)
        del world.django["OPTIONS"]["pool"]
        with django_db_blocker.unblock(), django_on(world):
            call_command("filldatabase", matches=MATCHES, players=PLAYERS, entries_per_match=6, verbosity=0)
            with connection.cursor() as cursor:
                cursor.execute(_MANY)
                cursor.execute("UPDATE games_lease SET suspect = 2 WHERE match_id = (SELECT max(id) FROM games_match)")
                # As autovacuum does on a site that lives: until then no index alone can answer, and counts read all.
                cursor.execute("VACUUM ANALYZE")
            yield world


def client() -> Client:
    root, _made = Player.objects.get_or_create(username="root", name="Root", is_staff=True, is_superuser=True)
    return client_of(root)


def addresses() -> list[str]:
    """Every list, its filters, its searches, its later pages; and the pages about one player, match, report."""
    match, player = Match.objects.order_by("-pk")[0], Player.objects.filter(name__startswith="Amber").order_by("-pk")[0]
    report = Report.objects.order_by("-pk")[0]
    found = ["/admin/", "/admin/?span=day"]
    for model in admin.site._registry:
        if model._meta.app_label in OURS:
            at = page(model, "changelist")
            found += [at, f"{at}?p=3"]
            found += [
                f"{at}?q={q}" for q in (match.public_id, player.public_id, player.username, "amber", "a@b.c", "zz")
            ]
    matches, players = page(Match, "changelist"), page(Player, "changelist")
    found += [f"{matches}?status__exact={one}" for one in ("waiting", "live", "over", "aborted")]
    found += [f"{matches}?game=connect-four", f"{matches}?game=arena", f"{matches}?game=battleship&status__exact=live"]
    found += [f"{players}?standing={one}" for one in ("out", "staff", "accounts")]
    found += [
        "/admin/games/lease/?suspected=yes",
        "/admin/players/ban/?in_force=yes",
        "/admin/moderation/report/?state=all",
    ]
    found += [f"/admin/moderation/act/?what={what}" for what in ("ban", "rename")]
    found += [page(Match, "change", match.pk), page(Player, "change", player.pk), page(Report, "change", report.pk)]
    return found


def whole_reads(plan: dict[str, Any]) -> list[str]:
    """Large tables that this plan reads from end to end."""
    here = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in LARGE else []
    return here + [table for inner in plan.get("Plans", ()) for table in whole_reads(inner)]


def plan_of(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (found,) = cursor.fetchone()
    (whole,) = json.loads(found) if isinstance(found, str) else found
    plan: dict[str, Any] = whole["Plan"]
    return plan


def test_no_page_of_the_admin_reads_a_large_table_whole(long_history: PostgresWorld) -> None:
    desk, wrong, seen = client(), [], 0
    for address in addresses():
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address).status_code == 200, address
        for query in asked.captured_queries:
            if query["sql"].startswith("SELECT"):
                seen += 1
                wrong += [f"{address} reads {table}: {query['sql']}" for table in whole_reads(plan_of(query["sql"]))]
    assert seen > 400
    assert wrong == []


def test_what_reads_a_large_table_whole_is_found(long_history: PostgresWorld) -> None:
    sql = (
        "SELECT count(*) FROM games_match JOIN games_seat ON match_id = games_match.id WHERE score = 77 OR digest = 'x'"
    )
    assert set(whole_reads(plan_of(sql))) == {"games_match", "games_seat"}
