"""By whom people may sign in, and by which server mail goes, as the operator says it; what is not understood is
refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gameserver import environment
from gameserver.environment import Refusal
from gameserver.providers import providers

GOOGLE = {"provider": "google", "client_id": "id", "secret": "s"}
CLUB = {
    "provider": "openid_connect",
    "id": "club",
    "name": "Our club",
    "server": "https://id.example.org",
    "client_id": "id",
    "secret": "s",
}


def said(*asked: Any) -> dict[str, str]:
    return {"MADANG_SIGN_IN": json.dumps(asked)}


def test_nothing_said_is_nobody() -> None:
    assert providers({}) == {}


def test_providers_become_apps_and_several_may_speak_openid() -> None:
    found = providers(said(GOOGLE, CLUB, CLUB | {"id": "guild", "name": "The guild"}))
    assert found["google"]["APPS"] == [{"client_id": "id", "secret": "s"}]
    assert [app["provider_id"] for app in found["openid_connect"]["APPS"]] == ["club", "guild"]
    assert found["openid_connect"]["APPS"][0]["settings"] == {"server_url": "https://id.example.org"}


def test_secrets_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "sign-in.json").write_text(json.dumps([GOOGLE]))
    assert list(providers({"MADANG_SIGN_IN_FILE": str(tmp_path / "sign-in.json")})) == ["google"]


@pytest.mark.parametrize(
    "text",
    [
        "google",
        "{}",
        '["google"]',
        json.dumps([GOOGLE | {"provider": "saml"}]),
        json.dumps([GOOGLE | {"more": "x"}]),
        json.dumps([GOOGLE | {"secret": ""}]),
        json.dumps([GOOGLE | {"secret": 7}]),
        json.dumps([{"provider": "github"}]),
        json.dumps([CLUB | {"id": "a/b"}]),
        json.dumps([{name: CLUB[name] for name in CLUB if name != "server"}]),
    ],
)
def test_what_is_not_understood_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Refusal, match=r"MADANG_SIGN_IN.*"):
        providers({"MADANG_SIGN_IN": text})


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://a:b%40c@mail.example.org?from=m@example.org", "mail.example.org", 587, True, False),
        ("smtps://mail.example.org:4650?from=m@example.org", "mail.example.org", 4650, False, True),
        ("smtp+plain://127.0.0.1?from=m@example.org", "127.0.0.1", 25, False, False),
    ],
)
def test_a_mail_server_is_read_from_its_url(url: str, host: str, port: int, tls: bool, ssl: bool) -> None:
    told = environment.mail(url)
    assert (told["EMAIL_HOST"], told["EMAIL_PORT"]) == (host, port)
    assert (told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == (tls, ssl)
    assert told["DEFAULT_FROM_EMAIL"] == "m@example.org"
    assert environment.mail(None) == {}


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "smtp://mail.example.org", "http://x?from=a@b.c", "smtp://?from=a@b.c", "smtp://x:y?from=a"],
)
def test_a_mail_server_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(Refusal, match="MADANG_EMAIL_URL"):
        environment.mail(url)


def test_the_admins_path_is_one_word() -> None:
    assert environment.path_word({}, "X", "admin") == "admin"
    assert environment.path_word({"X": "/back-room/"}, "X", "admin") == "back-room"
    for bad in ("a/b", "a b", "뒷방", "."):
        with pytest.raises(Refusal, match="one word"):
            environment.path_word({"X": bad}, "X", "admin")


def test_words_of_a_file_come_without_comments(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("# why\nturnip\n\n *beet* \n")
    assert environment.lines({"X": str(tmp_path / "words")}, "X", tmp_path / "none") == ["turnip", "*beet*"]
    with pytest.raises(Refusal, match="X"):
        environment.lines({}, "X", tmp_path / "none")
