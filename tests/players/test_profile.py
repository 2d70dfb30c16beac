"""One's own settings: name, country, language, keys; everything that is kept, as a file; and the farewell."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from games.models import Match, Seat
from games.replay import Record, faults
from games.selectors import frames_of, record_of, record_told, record_whole
from players import countries, export
from players.accounts import services
from players.errors import ServiceError
from players.models import Player
from players.selectors import player_by_key
from tests.games.played import joined, opened, played
from tests.players.signing import PASSWORD, account, sign_in, signed_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> Player:
    cache.clear()
    player = account()
    sign_in(client)
    return player


def save(client: Client, **wish: str) -> Any:
    return client.post("/account/", {"name": "Ada", "language": "en", "country": ""} | wish)


def test_name_country_and_language_are_saved_and_shown(client: Client, ada: Player) -> None:
    assert save(client, name="Countess", country="GB", language="ko").status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.country, ada.language) == ("Countess", "GB", "ko")
    assert '<html lang="ko"' in client.get("/account/").content.decode()
    page = Client().get(f"/player/{ada.public_id}/").content.decode()
    assert "United Kingdom" in page


@pytest.mark.parametrize("wish", [{"name": "admin"}, {"name": "x"}, {"country": "XX"}, {"language": "tlh"}])
def test_what_cannot_be_is_refused_with_the_form(client: Client, ada: Player, wish: dict[str, str]) -> None:
    answer = save(client, **wish)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    ada.refresh_from_db()
    assert (ada.name, ada.country) == ("Ada", "")


def test_countries_have_names_in_both_languages() -> None:
    assert countries.name_of("KR", "en") == "South Korea"
    assert countries.name_of("KR", "ko") == countries.name_of("KR", "ko-kr") == "대한민국"
    assert countries.name_of("", "ko") == countries.name_of("XX", "en") == ""
    for language in countries.LANGUAGES:
        assert len(countries.choices(language)) == len(countries.codes()) == 250


# ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_told_once_opens_the_api_and_is_revoked(client: Client, ada: Player) -> None:
    page = client.post("/account/keys/", {"label": "My bot"}).content.decode()
    (secret,) = re.findall(r'id="secret" readonly value="(.+?)"', page)
    assert player_by_key(secret) == ada
    page = client.get("/account/keys/").content.decode()
    assert "My bot" in page
    assert secret not in page
    client.post("/account/keys/", {"revoke": str(ada.keys.get().pk)})
    assert player_by_key(secret) is None


def test_nobody_revokes_the_key_of_another(client: Client, ada: Player) -> None:
    other = account("Grace", "grace@example.org")
    client.post("/account/keys/", {"label": "Mine"})
    stranger = Client()
    sign_in(stranger, "grace@example.org")
    for wish in (str(ada.keys.get().pk), "x", "²", "-1", "9" * 30):
        stranger.post("/account/keys/", {"revoke": wish})
    assert ada.keys.count() == 1
    assert other.keys.count() == 0


def test_one_player_has_so_many_keys(client: Client, ada: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_KEYS", 1)
    assert client.post("/account/keys/", {"label": "One"}).status_code == 200
    assert client.post("/account/keys/", {"label": "Two"}).status_code == 422
    assert ada.keys.count() == 1


# ── export ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_that_is_kept_comes_as_a_file_without_secrets(client: Client, ada: Player) -> None:
    match = played(joined(opened(by=ada)))
    client.post("/account/keys/", {"label": "My bot"})
    answer = client.post("/account/data/")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="madang-{ada.public_id}.json"'
    told = json.loads(answer.content)
    assert told["profile"]["name"] == "Ada"
    assert told["signing_in"]["emails"][0]["email"] == "ada@example.org"
    assert told["keys"][0]["label"] == "My bot"
    assert [(one["match"], one["seat"], one["score"]) for one in told["matches"]] == [(match.public_id, 0, 2)]
    assert ada.password not in answer.content.decode()
    assert ada.keys.get().digest not in answer.content.decode()
    assert client.get("/account/data/").status_code == 405


def test_other_apps_add_sections_and_forget_them(ada: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_sections", {})
    forgotten: list[Player] = []
    export.register("friends", lambda player: [player.name], forget=forgotten.append)
    assert export.export(ada) == {"friends": ["Ada"]}
    services.player_delete(player=ada)
    assert forgotten == [ada]


# ── farewell ────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_deletes_themselves_leaves_records_without_a_name(client: Client, ada: Player) -> None:
    match = played(joined(opened(by=ada)))
    assert "not your password" in client.post("/account/delete/", {"proof": "x"}).content.decode()
    answer = client.post("/account/delete/", {"proof": PASSWORD}, follow=True)
    assert "Farewell" in answer.content.decode()
    assert signed_in_as(client) is None
    gone = Player.objects.get(pk=ada.pk)
    assert (gone.name, gone.email, gone.country, gone.is_active) == ("Gone player", "", "", False)
    assert gone.deleted_at is not None
    assert sign_in(Client()).status_code == 200
    page = Client().get(f"/player/{ada.public_id}/").content.decode()
    assert "Ada" not in page
    assert "Gone player" in page
    assert Seat.objects.get(match=match, player=ada).name == "Gone player"


def test_a_record_is_told_without_the_name_and_verifies_still(client: Client, ada: Player) -> None:
    match = Match.objects.get(pk=played(joined(opened(by=ada))).pk)
    before = record_of(match)
    services.player_delete(player=ada)
    match = Match.objects.get(pk=match.pk)
    told = record_told(match)
    assert "Ada" in str(before)
    assert "Ada" not in str(record_of(match))
    assert "Ada" not in str(frames_of(match))
    assert "Ada" in str(record_whole(match).entries), "the log is as it was written"
    assert faults(told) == faults(record_whole(match)) == []
    forged = tuple(_with_name(line, "Somebody") for line in told.entries)
    assert faults(Record(**{**{f: getattr(told, f) for f in Record.__struct_fields__}, "entries": forged})) != []


def _with_name(line: Any, name: str) -> Any:
    import msgspec

    return msgspec.structs.replace(line, body=line.body.replace("Gone player", name))


def test_the_name_is_free_again(ada: Player) -> None:
    services.player_delete(player=ada)
    assert account("Ada", "ada@example.org").name == "Ada"


def test_without_a_password_the_name_is_typed(client: Client, ada: Player) -> None:
    ada.set_unusable_password()
    ada.save()
    client.force_login(ada)
    assert client.post("/account/delete/", {"proof": "ada?"}).status_code == 422
    assert client.post("/account/delete/", {"proof": "Ada"}).status_code == 302


def test_who_keeps_order_is_not_deleted_by_a_slip(ada: Player) -> None:
    Player.objects.filter(pk=ada.pk).update(is_staff=True)
    ada.refresh_from_db()
    with pytest.raises(ServiceError) as refused:
        services.player_delete(player=ada)
    assert refused.value.code == "is_staff"
