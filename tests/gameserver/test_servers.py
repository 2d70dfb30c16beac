"""The private servers of the tests are real."""

import psycopg
import redis

from tests import servers


def test_postgres_starts_and_answers(postgres_database):
    with psycopg.connect(postgres_database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_postgres_of_the_package_also_runs(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with servers.postgres() as url, psycopg.connect(url) as connection:
        assert connection.info.server_version >= 180000


def test_redis_starts_and_answers(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()


def test_chromium_is_a_program(chromium_path):
    assert chromium_path.is_file()
