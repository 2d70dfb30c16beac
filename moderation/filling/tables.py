"""The rows of a filled database, made by the database itself: a million matches are a few statements.

The same SQL for PostgreSQL and SQLite, but for what `DIALECTS` says. Statements come in portions, so that neither one
transaction nor the write-ahead log grows without bound. Never for a database with a site in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db import connection, transaction

from games.host.entries import FOLD, seed_hash
from moderation.filling.logs import SEED, Log

# Matches in one transaction: about 1.5 million entries, ten seconds.
PORTION = 50_000
# A match begins every so many seconds of the past.
_EVERY_S = 30
# Of so many matches one is of each of these; the rest is over.
_LIVE, _ABORTED = 200, 25
_WORDS = (
    "Amber Bold Calm Dapper Early Fair Gentle Happy Ivory Jolly Kind Lucky Merry Noble Proud Quiet Rosy Swift Tidy Wise"
)


class Dialect(NamedTuple):
    """What the two databases say differently. `ago`: so many seconds ago; `json`: a text as the column's type."""

    ago: Callable[[str], str]
    json: Callable[[str], str]


DIALECTS = {
    "postgresql": Dialect(lambda s: f"(now() - ({s}) * interval '1 second')", lambda t: f"CAST({t} AS jsonb)"),
    "sqlite": Dialect(lambda s: f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-' || ({s}) || ' seconds')", str),
}

_SERIES = "WITH RECURSIVE s(i) AS (SELECT %(first)s UNION ALL SELECT i + 1 FROM s WHERE i < %(last)s)"
# Twelve signs of the alphabet of public ids, without two alike: a letter for what it is, and the number.
_ID = "'{letter}' || replace(CAST(10000000000 + {number} AS text), '0', 'z')"

_PLAYERS = """
INSERT INTO players_player (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
    date_joined, public_id, name, is_guest, language)
{series} SELECT '!', {false}, 'fill-' || i, '', '', '', {false}, {true}, {joined}, {id},
    w.word || ' ' || i, i %% 20 <> 0, 'en'
FROM s JOIN fill_word w ON w.k = i %% {words}"""

# `m`: the match's own number in the fill, from 1; `t`: which log it is a copy of.
_MATCHES = """
INSERT INTO games_match (public_id, game, edition, fold, options, seats, listed, status, seed, seed_hash, created_at,
    started_at, finished_at, finished_seq, result, end_n, digest)
{series} SELECT {id}, t.game, t.edition, {fold}, {options}, t.seats, {true},
    CASE WHEN i %% {live} = 0 THEN 'live' WHEN i %% {aborted} = 0 THEN 'aborted' ELSE 'over' END,
    '{seed}', '{hashed}', {began}, {began},
    CASE WHEN i %% {live} = 0 THEN NULL ELSE {began} END,
    CASE WHEN i %% {live} = 0 THEN NULL ELSE %(seq)s + i END,
    CASE WHEN i %% {live} = 0 THEN NULL ELSE {result} END,
    CASE WHEN i %% {live} = 0 THEN NULL ELSE t.length END,
    CASE WHEN i %% {live} = 0 THEN '' ELSE t.digest END
FROM s JOIN fill_game t ON t.k = i %% {games}"""

_SEATS = """
INSERT INTO games_seat (match_id, "index", player_id, bot, name, score)
SELECT m.id, c.seat, p.id, '', p.name, CASE WHEN m.status = 'live' THEN NULL ELSE c.score END
FROM games_match m JOIN fill_seat c ON c.game = m.game
JOIN players_player p ON p.id = %(player)s + (m.id * 7919 + c.seat * 104729) %% %(players)s
WHERE m.id > %(after)s AND m.id <= %(upto)s"""
_ENTRIES = """
INSERT INTO games_entry (match_id, n, kind, seat, c, at, ms, body, digest)
SELECT m.id, l.n, l.kind, l.seat, l.c, m.created_at, l.ms, l.body, l.digest
FROM games_match m JOIN fill_game t ON t.game = m.game JOIN fill_log l ON l.game = m.game
WHERE m.id > %(after)s AND m.id <= %(upto)s AND (m.status <> 'live' OR l.n <= t.length / 2)"""
_LEASES = """
INSERT INTO games_lease (match_id, host_id, epoch, suspect)
SELECT m.id, NULL, 1, 0 FROM games_match m WHERE m.id > %(after)s AND m.id <= %(upto)s"""
_COMMANDS = """
INSERT INTO games_command (match_id, kind, body, answer, created_at, done_at)
SELECT m.id, 'sit', {empty}, {ok}, m.created_at, m.created_at FROM games_match m
WHERE m.id > %(after)s AND m.id <= %(upto)s AND m.id %% 4 = 0"""
_OK = """'{"ok": true}'"""
_TALK = """
INSERT INTO games_chatline (match_id, audience, seat, player_id, name, text, phrase, at)
SELECT m.id, 'everyone', c."index", c.player_id, c.name, 'Good game!', '', m.created_at
FROM games_match m JOIN games_seat c ON c.match_id = m.id
WHERE m.id > %(after)s AND m.id <= %(upto)s AND m.id %% 2 = 0"""


class Fill:
    """Fills one database. `progress` is told what was done."""

    def __init__(self, logs: list[Log], progress: Callable[[str], None]) -> None:
        self._logs = logs
        self._progress = progress
        self._dialect = DIALECTS[connection.vendor]

    def fill(self, *, players: int, matches: int) -> None:
        """So many more of each."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET statement_timeout = 0")  # a portion takes longer than any page may
            self._prepare(cursor)
        self._fill_players(players)
        for done in self._fill_matches(players, matches):
            self._progress(f"{done} of {matches} matches")
        self._finish()

    def _prepare(self, cursor: Any) -> None:
        for table, columns in (
            ("fill_word", "k int, word text"),
            (
                "fill_game",
                "k int, game text, edition int, seats int, options text, result text, length int, digest text",
            ),
            ("fill_seat", "game text, seat int, score int"),
            ("fill_log", "game text, n int, kind text, seat int, c int, ms int, body text, digest text"),
        ):
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns})")
        cursor.executemany("INSERT INTO fill_word VALUES (%s, %s)", list(enumerate(_WORDS.split())))
        for k, log in enumerate(self._logs):
            name, last = log.rules.name, log.entries[-1]
            row = (k, name, log.rules.edition, log.seats, log.options, log.result, last.n, last.digest)
            cursor.execute("INSERT INTO fill_game VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)
            cursor.executemany(
                "INSERT INTO fill_seat VALUES (%s, %s, %s)", [(name, *one) for one in enumerate(log.scores)]
            )
            lines = [(name, e.n, e.kind, e.seat, e.c, e.ms, e.body, e.digest) for e in log.entries]
            cursor.executemany("INSERT INTO fill_log VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", lines)

    def _fill_players(self, players: int) -> None:
        first = _one("SELECT coalesce(max(id), 0) FROM players_player") + 1
        sql = _PLAYERS.format(
            series=_SERIES,
            id=_ID.format(letter="P", number="i"),
            joined=self._dialect.ago("i"),
            words=len(_WORDS.split()),
            **_BOOLEANS,
        )
        self._run(sql, first=first, last=first + players - 1)
        self._players_from = _one("SELECT min(id) FROM players_player WHERE username LIKE 'fill-%%'")
        self._progress(f"{players} players")

    def _fill_matches(self, players: int, matches: int) -> Iterator[int]:
        number = _one("SELECT coalesce(max(id), 0) FROM games_match")
        seq = _one("SELECT coalesce(max(finished_seq), 0) FROM games_match")
        for done in range(0, matches, PORTION):
            portion = min(PORTION, matches - done)
            with transaction.atomic():
                after = _one("SELECT coalesce(max(id), 0) FROM games_match")
                first = number + done + 1
                self._run(self._matches_sql(matches), first=first, last=first + portion - 1, seq=seq, number=number)
                upto = _one("SELECT max(id) FROM games_match")
                facts = {"after": after, "upto": upto, "player": self._players_from, "players": players}
                commands = _COMMANDS.format(empty=self._dialect.json("'{}'"), ok=self._dialect.json(_OK))
                for sql in (_SEATS, _ENTRIES, _LEASES, commands, _TALK):
                    self._run(sql, **facts)
            yield done + portion

    def _matches_sql(self, matches: int) -> str:
        return _MATCHES.format(
            series=_SERIES,
            id=_ID.format(letter="M", number="i"),
            fold=FOLD,
            options=self._dialect.json("t.options"),
            result=self._dialect.json("t.result"),
            began=self._dialect.ago(f"({matches} - (i - %(number)s)) * {_EVERY_S}"),
            live=_LIVE,
            aborted=_ABORTED,
            seed=SEED.hex(),
            hashed=seed_hash(SEED),
            games=len(self._logs),
            **_BOOLEANS,
        )

    def _finish(self) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT setval('games_finished_seq', (SELECT max(finished_seq) FROM games_match))")
                cursor.execute("RESET statement_timeout")
            for table in ("fill_word", "fill_game", "fill_seat", "fill_log"):
                cursor.execute(f"DROP TABLE {table}")
            cursor.execute("ANALYZE")

    def _run(self, sql: str, **facts: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, facts)


_BOOLEANS = {"true": "true", "false": "false"}


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
