from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from players import services
from players.errors import ServiceError
from players.models import Key, Player
from players.selectors import player_by_key
from players.throttle import Throttle

pytestmark = pytest.mark.django_db


def request_of(player: Player | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.user = player or AnonymousUser()
    return request


def test_a_guest_is_a_player_who_cannot_sign_in_by_password() -> None:
    guest = services.guest_create(language="ko")
    assert guest.is_guest
    assert not guest.has_usable_password()
    assert guest.language == "ko"
    assert guest.public_id in guest.username
    assert str(guest.pk) != guest.public_id


def test_a_guest_of_a_language_without_pages_gets_no_language() -> None:
    assert services.guest_create(language="tlh").language == ""


def test_a_stranger_stays_a_stranger_unless_a_guest_is_wanted() -> None:
    assert services.player_of(request_of()) is None
    assert Player.objects.count() == 0


def test_a_stranger_who_plays_becomes_a_guest_and_is_known_from_then_on() -> None:
    request = request_of()
    with translation.override("ko"):
        player = services.player_of(request, create=True)
    assert player is not None
    assert player.is_guest
    assert player.language == "ko"
    assert request.session["_auth_user_id"] == str(player.pk)
    assert services.player_of(request, create=True) == player
    assert Player.objects.count() == 1


def test_who_is_signed_in_stays_who_they_are() -> None:
    player = services.guest_create(language="en")
    assert services.player_of(request_of(player), create=True) == player


def test_one_address_makes_only_so_many_guests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_guests", Throttle(burst=2, per_minute=1))
    for _ in range(2):
        services.player_of(request_of(), create=True)
    with pytest.raises(ServiceError) as refused:
        services.player_of(request_of(), create=True)
    assert refused.value.code == "rate_limited"
    assert refused.value.retry_s is not None
    assert 0 < refused.value.retry_s <= 60
    assert Player.objects.count() == 2


def test_a_new_name_is_stored_as_it_is_kept() -> None:
    player = services.guest_create(language="en")
    services.player_rename(player=player, name="  Ada ")
    player.refresh_from_db()
    assert player.name == "Ada"


def test_a_refused_name_changes_nothing() -> None:
    player = services.guest_create(language="en")
    before = player.name
    with pytest.raises(ServiceError):
        services.player_rename(player=player, name="admin")
    player.refresh_from_db()
    assert player.name == before


def test_only_languages_with_pages_can_be_chosen() -> None:
    player = services.guest_create(language="en")
    services.player_language_set(player=player, language="ko")
    assert Player.objects.get().language == "ko"
    with pytest.raises(ServiceError) as refused:
        services.player_language_set(player=player, language="tlh")
    assert refused.value.code == "bad_language"


def test_a_key_is_told_once_and_kept_as_a_digest() -> None:
    player = services.guest_create(language="en")
    secret = services.key_create(player=player)
    assert secret not in Key.objects.get().digest
    assert player_by_key(secret) == player
    assert player_by_key(secret + "x") is None
    assert player_by_key("\ud800\x00") is None


def test_a_key_of_an_inactive_player_opens_nothing() -> None:
    player = services.guest_create(language="en")
    secret = services.key_create(player=player)
    Player.objects.update(is_active=False)
    assert player_by_key(secret) is None


def test_refusals_speak_the_language_of_the_page() -> None:
    with translation.override("en"), pytest.raises(ServiceError) as refused:
        services.player_rename(player=services.guest_create(language="en"), name="x")
    assert "2 to 24" in refused.value.why


def test_the_first_admin_is_made_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-new-secret")
    call_command("createsuperuser", "--noinput", "--username=root", "--name=Ada", verbosity=0)
    admin = Player.objects.get(username="root")
    assert (admin.name, admin.is_guest, admin.is_superuser) == ("Ada", False, True)
    with pytest.raises(CommandError, match="--name"):
        call_command("createsuperuser", "--noinput", "--username=other", verbosity=0)


# ── taken names ─────────────────────────────────────────────────────────────────────────────────────────────


def account(name: str) -> Player:
    return Player.objects.create_user(f"account-{name}", name=name)


def test_nobody_takes_a_name_that_looks_like_an_accounts() -> None:
    account("Ada Lovelace")
    for player in (services.guest_create(language="en"), account("Grace")):
        before = player.name
        for name in ("ada lovelace", "Аdа Lovelace", "AdaLoveIace"):
            with pytest.raises(ServiceError) as refused:
                services.player_rename(player=player, name=name)
            assert refused.value.code == "name_taken"
        assert Player.objects.get(pk=player.pk).name == player.name == before


def test_an_account_may_write_its_name_otherwise_and_frees_the_one_before() -> None:
    ada, guest = account("Ada"), services.guest_create(language="en")
    services.player_rename(player=ada, name="ADA")
    services.player_rename(player=ada, name="Countess")
    services.player_rename(player=guest, name="Ada")
    assert (Player.objects.get(pk=ada.pk).name, guest.name) == ("Countess", "Ada")


def test_names_of_guests_are_free_to_all() -> None:
    one, other = services.guest_create(language="en"), services.guest_create(language="en")
    services.player_rename(player=one, name="Ada")
    services.player_rename(player=other, name="Ada")
    assert account("Ada").name == "Ada"


def test_the_database_decides_between_two_who_take_a_name_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, other = account("Ada"), account("Other")
    monkeypatch.setattr(services, "is_taken", lambda name, **_: False)
    with pytest.raises(ServiceError) as refused:
        services.player_rename(player=other, name="ada")
    assert (refused.value.code, other.name) == ("name_taken", "Other")
    assert set(ada.taken.values_list("key", flat=True)) == {"ada"}
    assert other.taken.exists()


def test_a_guest_is_never_given_a_name_that_an_account_has(monkeypatch: pytest.MonkeyPatch) -> None:
    account("Calm Otter")
    monkeypatch.setattr(services.names, "guest_name", lambda language: "Calm Otter")
    name = services.guest_create(language="en").name
    assert name.startswith("Calm Otter ")
    assert services.names.clean(name) == name


def test_the_command_line_makes_no_account_with_a_name_that_is_taken() -> None:
    account("Ada")
    with pytest.raises(IntegrityError):
        account("АDА")
