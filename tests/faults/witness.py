"""A witness inside the database: who stored which entry, and who held which lease, as PostgreSQL itself saw it.

Triggers write down, for every entry and every change of a lease, which server process did it (`madang.process`, set in
its DATABASE_URL) and the lease at that moment. It sees what no client can: an owner of the past that still writes.
"""

from __future__ import annotations

from urllib.parse import quote

import psycopg

# No foreign keys and no indexes: it must not change how statements wait for each other.
_SCHEMA = """
CREATE TABLE witness_lease (match_id bigint, epoch int, host_id text, process text, at timestamptz);
CREATE TABLE witness_entry (match_id bigint, n int, process text, epoch int, host_id text, at timestamptz);
CREATE TABLE witness_process (pid int, process text);
CREATE FUNCTION witness_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness_lease VALUES
        (NEW.match_id, NEW.epoch, NEW.host_id, current_setting('madang.process', true), clock_timestamp());
    RETURN NULL;
END $$;
CREATE FUNCTION witness_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness_entry SELECT NEW.match_id, NEW.n, current_setting('madang.process', true),
        lease.epoch, lease.host_id, clock_timestamp() FROM games_lease lease WHERE lease.match_id = NEW.match_id;
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER INSERT OR UPDATE ON games_lease FOR EACH ROW EXECUTE FUNCTION witness_lease();
CREATE TRIGGER witness AFTER INSERT ON games_entry FOR EACH ROW EXECUTE FUNCTION witness_entry();
"""

_TWO_OWNERS = """SELECT match_id, epoch, array_agg(DISTINCT host_id) FROM witness_lease
    WHERE host_id IS NOT NULL GROUP BY match_id, epoch HAVING count(DISTINCT host_id) > 1"""
_EPOCH_BACK = """SELECT match_id, epoch, before FROM
    (SELECT match_id, epoch, lag(epoch) OVER (PARTITION BY match_id ORDER BY at) AS before FROM witness_lease) AS c
    WHERE epoch < before"""
# A host's name ends in the id of its process.
_STRANGERS = """SELECT e.match_id, e.n, e.process, h.name FROM witness_entry e JOIN games_host h ON h.id = e.host_id
    LEFT JOIN witness_process p ON p.pid::text = split_part(h.name, ':', 2)
    WHERE p.process IS DISTINCT FROM e.process"""
_OLD_EPOCHS = """SELECT match_id, n, epoch, before FROM
    (SELECT match_id, n, epoch, max(epoch) OVER (PARTITION BY match_id ORDER BY n ROWS UNBOUNDED PRECEDING) AS before
     FROM witness_entry) AS entries WHERE epoch < before"""


def named(url: str, process: str) -> str:
    """The same database, for that process: its sessions say who they are."""
    return f"{url}?options={quote(f'-c madang.process={process}')}"


class Witness:
    """On the database at `url`, whose tables are there."""

    def __init__(self, url: str) -> None:
        self._url = url
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_SCHEMA)

    def know(self, process: str, pid: int) -> None:
        """`process` was started and has this id."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("INSERT INTO witness_process VALUES (%s, %s)", (pid, process))

    def breaches(self) -> list[str]:
        """Two owners of one epoch, epochs that go down, entries by a process that did not own the match."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            return [
                f"{what}: {row}"
                for what, query in (
                    ("an epoch had two owners", _TWO_OWNERS),
                    ("an epoch went down", _EPOCH_BACK),
                    ("an entry by a process that did not own its match", _STRANGERS),
                    ("an entry by an old epoch", _OLD_EPOCHS),
                )
                for row in connection.execute(query).fetchall()
            ]

    def seen(self) -> tuple[int, int]:
        """How many entries and changes of leases it saw: a witness that saw nothing proves nothing."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM witness_entry), (SELECT count(*) FROM witness_lease)"
            ).fetchone()
        assert row is not None
        return row[0], row[1]

    def since(self, seconds: float) -> int:
        """How many entries were stored in the last `seconds`."""
        query = "SELECT count(*) FROM witness_entry WHERE at > clock_timestamp() - make_interval(secs => %s)"
        with psycopg.connect(self._url, autocommit=True) as connection:
            ((count,),) = connection.execute(query, (seconds,)).fetchall()
        return int(count)

    def owners(self) -> dict[str, str]:
        """Public id of a match → the process that holds its lease."""
        query = """SELECT m.public_id, p.process FROM games_lease l JOIN games_host h ON h.id = l.host_id
            JOIN witness_process p ON p.pid::text = split_part(h.name, ':', 2)
            JOIN games_match m ON m.id = l.match_id WHERE h.stopped_at IS NULL"""
        with psycopg.connect(self._url, autocommit=True) as connection:
            return dict(connection.execute(query).fetchall())

    def epochs(self) -> dict[int, int]:
        """The epoch of every match that is not over, by primary key."""
        query = """SELECT l.match_id, l.epoch FROM games_lease l JOIN games_match m ON m.id = l.match_id
            WHERE m.status = 'live'"""
        with psycopg.connect(self._url, autocommit=True) as connection:
            return dict(connection.execute(query).fetchall())
