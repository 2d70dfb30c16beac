"""The private servers of the tests are real."""

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest
import redis

from tests import servers


def test_postgres_starts_and_answers(postgres_database):
    with psycopg.connect(postgres_database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_postgres_of_the_package_also_runs(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with servers.postgres() as url, psycopg.connect(url) as connection:
        assert connection.info.server_version >= 180000


def test_postgres_stops_though_one_of_its_sessions_is_frozen():
    with servers.postgres() as url, psycopg.connect(url) as connection:
        os.kill(connection.info.backend_pid, signal.SIGSTOP)
        began = time.monotonic()
    assert time.monotonic() - began < servers.PATIENCE_S / 2


def test_a_child_is_gone_even_when_the_wait_for_its_end_is_interrupted(monkeypatch):
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    wait = child.wait

    def interrupted(seconds=None):
        if seconds is not None:
            raise KeyboardInterrupt
        return wait()

    monkeypatch.setattr(child, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        servers.end(child, signal.SIGCONT)
    assert child.returncode == -signal.SIGKILL


def test_redis_starts_and_answers(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()


def test_chromium_is_a_program(chromium_path):
    assert chromium_path.is_file()
