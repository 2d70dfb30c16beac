from __future__ import annotations

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from moderation import acts
from moderation.models import Act
from players.models import Player
from tests.games.played import guest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def guarded(db: None) -> None:
    """As the migration leaves it; `tests/conftest.py` took the guard away for all tests."""
    migration = import_module("moderation.migrations.0003_act_append_only")
    with connection.cursor() as cursor:
        for statement in [migration.POSTGRES] if connection.vendor == "postgresql" else migration.SQLITE:
            cursor.execute(statement)


@pytest.fixture
def lines() -> list[Act]:
    warden = guest("Warden")
    ada = guest("Ada")
    acts.record(by=warden, what="ban", about=ada, words="Insults.", after={"reason": "abuse", "hours": 2})
    acts.record(by=None, what="lapse", about=ada, before=[1, "둘"], after=None)
    return list(Act.objects.order_by("pk"))


def test_a_line_says_who_did_what_to_whom(lines: list[Act]) -> None:
    first, second = lines
    assert (first.by_name, first.what, first.about, first.model) == ("Warden", "ban", "Ada", "players.player")
    assert Player.objects.get(pk=int(first.key)).name == "Ada"
    assert second.by is None
    assert list(acts.faults()) == []


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE moderation_act SET words = 'nothing'",
        "UPDATE moderation_act SET by_id = NULL WHERE what = 'ban'",
        "DELETE FROM moderation_act",
    ],
)
def test_the_database_refuses_to_change_a_line(lines: list[Act], attack: str) -> None:
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert Act.objects.count() == 2


@pytest.mark.parametrize(
    "attack", ["UPDATE moderation_act SET words = 'nothing' WHERE what = 'ban'", "DELETE FROM moderation_act"]
)
def test_who_takes_the_guard_away_is_found_out_by_the_chain(lines: list[Act], attack: str) -> None:
    with connection.cursor() as cursor:
        for name in ("act_stays", "act_stays_whole"):
            cursor.execute(f"DROP TRIGGER {name}{' ON moderation_act' if connection.vendor == 'postgresql' else ''}")
        cursor.execute(f"{attack} {'' if 'WHERE' in attack else 'WHERE id = (SELECT min(id) FROM moderation_act)'}")
    assert list(acts.faults())
