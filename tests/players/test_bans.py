from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.test import TestCase

from players import bans, revoked
from players.errors import ServiceError
from players.identity import Identity
from players.models import Ban, Player, Revocation
from players.services import guest_create, player_ban, player_unban

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def ada() -> Player:
    return guest_create(language="en")


@pytest.fixture
def warden() -> Player:
    return guest_create(language="en")


def is_active(player: Player) -> bool:
    return Player.objects.get(pk=player.pk).is_active


def test_a_banned_player_is_shut_out_and_told_why_and_until_when(ada: Player, warden: Player) -> None:
    ban = player_ban(player=ada, by=warden, reason="cheating", term=HOUR, words="An engine played for you.")
    assert not is_active(ada)
    assert bans.ban_of(ada.pk) == ban
    assert ban.until is not None
    assert abs(ban.until - ban.since - HOUR) < timedelta(seconds=1)
    said = bans.told(ban)
    assert "cheating" in said
    assert f"{ban.until:%Y}" in said
    assert said.endswith("An engine played for you.")


def test_a_ban_for_good_says_so(ada: Player) -> None:
    assert "for good" in bans.told(player_ban(player=ada, by=None, reason="abuse", term=None))


def test_a_ban_takes_the_place_of_the_one_before(ada: Player, warden: Player) -> None:
    first = player_ban(player=ada, by=None, reason="spam", term=HOUR)
    second = player_ban(player=ada, by=warden, reason="abuse", term=None)
    first.refresh_from_db()
    assert first.lifted_by == warden
    assert bans.ban_of(ada.pk) == second


def test_a_lifted_ban_lets_in_again_once(ada: Player, warden: Player) -> None:
    player_ban(player=ada, by=warden, reason="spam", term=None)
    assert player_unban(player=ada, by=warden)
    assert is_active(ada)
    assert bans.ban_of(ada.pk) is None
    assert not player_unban(player=ada, by=warden)


def test_a_term_ends_by_the_databases_clock(ada: Player) -> None:
    grace = guest_create(language="en")
    player_ban(player=ada, by=None, reason="spam", term=HOUR)
    player_ban(player=grace, by=None, reason="spam", term=None)
    assert bans.bans_lapse() == 0
    Ban.objects.filter(player=ada).update(since=Now() - 2 * HOUR, until=Now() - HOUR)
    assert bans.bans_lapse() == 1
    assert (is_active(ada), is_active(grace)) == (True, False)
    ended = Ban.objects.get(player=ada)
    assert ended.lifted_at == ended.until
    assert bans.bans_lapse() == 0


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"reason": "mood"}, "bad_reason"),
        ({"term": timedelta(0)}, "bad_term"),
        ({"term": timedelta(days=4000)}, "bad_term"),
        ({"words": "x" * 501}, "bad_words"),
        ({"words": "\x00"}, "bad_words"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(ada: Player, wish: dict[str, object], code: str) -> None:
    with pytest.raises(ServiceError) as refused:
        player_ban(**{"player": ada, "by": None, "reason": "spam", "term": HOUR} | wish)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert is_active(ada)


def test_nobody_bans_themselves(ada: Player) -> None:
    with pytest.raises(ServiceError, match="another administrator"):
        player_ban(player=ada, by=ada, reason="spam", term=HOUR)


@pytest.mark.parametrize(
    "facts", [{"until": Now() - HOUR}, {"lifted_by": True}, {"second": True}], ids=["past", "unlifted", "twice"]
)
def test_the_database_refuses_what_cannot_be(ada: Player, warden: Player, facts: dict[str, object]) -> None:
    if facts.pop("second", None):
        Ban.objects.create(player=ada, reason="spam")
    if "lifted_by" in facts:
        facts["lifted_by"] = warden
    with pytest.raises(IntegrityError), transaction.atomic():
        Ban.objects.create(player=ada, reason="spam", **facts)


# ── what is open ────────────────────────────────────────────────────────────────────────────────────────────


def proof(player: Player, since_ms: int = 0) -> Identity:
    return Identity(player.pk, player.public_id, player.name, "", since_ms)


def test_a_ban_takes_proofs_back_as_a_ban_after_the_commit(ada: Player) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        player_ban(player=ada, by=None, reason="spam", term=HOUR)
        assert not revoked.is_revoked(proof(ada))
    assert revoked.is_revoked(proof(ada))
    assert revoked.is_banned(proof(ada))
    assert Revocation.objects.get(player=ada.pk).banned


def test_who_proves_themselves_anew_after_a_ban_is_not_told_of_it_at_the_next_sign_out(ada: Player) -> None:
    since_ms = revoked.revoke_player(ada.pk, banned=True)
    assert not revoked.is_banned(proof(ada, since_ms + 1))


def test_a_new_password_is_no_ban(ada: Player) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        ada.set_password("a-long-new-secret")
        ada.save()
    assert revoked.is_revoked(proof(ada))
    assert not revoked.is_banned(proof(ada))
