"""Probes tell operators and proxies the truth."""

import threading
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.test import AsyncClient

from gameserver import health, process

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def started(monkeypatch):
    current = SimpleNamespace(driver=SimpleNamespace(draining=False), relaying=None)
    monkeypatch.setattr(process, "current", lambda: current)
    return current


async def ask(path):
    # A host name that pages would refuse: probes come by address.
    answer = await AsyncClient().get(path, headers={"host": "10.0.0.7"})
    return answer.status_code, answer.content.decode().strip()


async def test_the_process_is_up_even_before_it_is_ready():
    assert await ask("/healthz") == (200, "up")


async def test_a_process_that_has_not_started_is_not_ready(monkeypatch):
    monkeypatch.setattr(process, "current", lambda: None)
    assert await ask("/readyz") == (503, "starting")


async def test_a_started_process_with_a_database_is_ready(started):
    assert await ask("/readyz") == (200, "ready")


async def test_a_process_that_drains_is_up_but_not_ready(started):
    started.driver.draining = True
    assert await ask("/readyz") == (503, "draining")
    assert await ask("/healthz") == (200, "up")


async def test_without_an_answer_from_the_database_it_is_not_ready(started, monkeypatch):
    def broken():
        raise OperationalError("gone")

    monkeypatch.setattr(health, "_select_one", broken)
    assert await ask("/readyz") == (503, "no answer from the database")


async def test_while_redis_is_away_a_process_is_up_but_takes_nobody_new(started):
    started.relaying = SimpleNamespace(up=False)
    assert await ask("/readyz") == (503, "no answer from Redis")
    assert await ask("/healthz") == (200, "up")
    started.relaying.up = True
    assert await ask("/readyz") == (200, "ready")


async def test_a_process_that_stops_is_up_but_not_ready(started, monkeypatch):
    monkeypatch.setattr(health, "_stopping", threading.Event())
    health.stop_accepting()
    assert await ask("/readyz") == (503, "stopping")
    assert await ask("/healthz") == (200, "up")


@pytest.mark.django_db  # the page that says so shows announcements
async def test_pages_still_refuse_unknown_hosts():
    answer = await AsyncClient().get("/admin/login/", headers={"host": "10.0.0.7"})
    assert answer.status_code == 400
