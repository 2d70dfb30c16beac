"""Friends, blocks and mutes over the API and by the pages' buttons; both say the same."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from games import hints
from games.models import Audience, ChatLine
from games.protocol.phrases import PHRASES
from moderation.models import Report
from moderation.services import report_create
from players import export
from players.accounts.services import player_delete
from players.company import selectors, services
from players.models import Player
from tests.games.callers import Caller, by_key, client_of, is_problem
from tests.games.played import guest, joined, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_throttles")]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Who is connected."""
    found: set[int] = set()
    monkeypatch.setattr("games.companions.present", lambda players: found & set(players))
    return found


def test_a_friendship_by_the_api(here: set[int]) -> None:
    ada, ben = guest("Ada"), guest("Ben")
    one, other = by_key(ada), by_key(ben)
    assert one.call("PUT", f"/friends/{ben.public_id}") == (
        200,
        {"player": {"id": ben.public_id, "name": "Ben"}, "standing": ["asked"]},
    )
    assert other.call("GET", "/friends")[1]["asking"] == [{"id": ada.public_id, "name": "Ada"}]
    assert one.call("GET", "/friends")[1]["asked"] == [{"id": ben.public_id, "name": "Ben"}]
    assert other.call("PUT", f"/friends/{ada.public_id}")[1]["standing"] == ["friend"]
    here.add(ben.pk)
    match = joined(opened(by=ben, listed=True))
    friend = {"id": ben.public_id, "name": "Ben", "here": True, "match": match.public_id}
    assert one.call("GET", "/friends")[1]["friends"] == [friend]
    assert one.call("DELETE", f"/friends/{ben.public_id}")[1]["standing"] == []
    assert one.call("GET", "/friends")[1]["friends"] == []


def test_a_match_by_invitation_is_shown_to_no_friend() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    services.friend_ask(player=ada, other=ben)
    services.friend_accept(player=ben, other=ada)
    joined(opened(by=ben, listed=False))
    assert by_key(ada).call("GET", "/friends")[1]["friends"][0]["match"] is None


def test_blocks_and_mutes_by_the_api() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    caller, them = by_key(ada), {"id": ben.public_id, "name": "Ben"}
    assert caller.call("PUT", f"/blocks/{ben.public_id}")[1]["standing"] == ["blocked"]
    assert caller.call("PUT", f"/mutes/{ben.public_id}")[1]["standing"] == ["blocked", "muted"]
    assert caller.call("GET", "/blocks")[1] == {"blocked": [them], "muted": [them]}
    assert caller.call("GET", f"/company/{ben.public_id}")[1]["standing"] == ["blocked", "muted"]
    assert by_key(ben).call("PUT", f"/friends/{ada.public_id}")[0] == 409
    for path in ("blocks", "mutes"):
        caller.call("DELETE", f"/{path}/{ben.public_id}")
    assert caller.call("GET", f"/company/{ben.public_id}")[1]["standing"] == []


PATHS = [(method, path) for path in ("/friends/{}", "/blocks/{}", "/mutes/{}") for method in ("PUT", "DELETE")] + [
    ("GET", "/company/{}")
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nobody_acts_without_a_key_nor_about_nobody(method: str, path: str) -> None:
    ada = guest("Ada")
    answered, told = Caller().call(method, path.format(ada.public_id))
    assert (answered, is_problem(told)) == (401, True)
    assert by_key(ada).call(method, path.format("1" * 12))[0] == 404
    assert by_key(ada).call(method, path.format("x"))[0] == 422
    if (method, path) in (("PUT", "/friends/{}"), ("PUT", "/blocks/{}"), ("PUT", "/mutes/{}")):
        assert by_key(ada).call(method, path.format(ada.public_id))[1]["code"] == "yourself"
    cookie = Caller(cookie=ada)
    assert method == "GET" or cookie.call(method, path.format(guest().public_id))[0] == 403


def test_who_is_asked_hears_of_it() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    heard: list[str] = []
    unlisten = hints.listen(hints.PLAYER, heard.append)
    by_key(ada).call("PUT", f"/friends/{ben.public_id}")
    unlisten()
    assert heard == [ben.public_id]


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────


def act(client: Client, other: Player, do: str, **more: str) -> Any:
    return client.post(f"/company/{other.public_id}/", {"do": do, **more})


def test_the_page_of_friends_needs_no_script() -> None:
    ada, ben, cy = guest("Ada"), guest("Ben"), guest("Cy")
    one, other = client_of(ada), client_of(ben)
    assert act(one, ben, "ask").headers["Location"] == "/friends/"
    assert "Ben" in one.get("/friends/").content.decode()
    page = other.get("/friends/").content.decode()
    assert "<span data-asking-count>1</span>" in page
    assert 'value="accept"' in page
    act(other, ada, "accept")
    act(one, cy, "block")
    assert selectors.friends_of(ada.pk) == [ben]
    page = one.get("/friends/").content.decode()
    assert all(name in page for name in ("Ben", "Cy", "Unblock"))
    act(one, cy, "unblock")
    act(one, cy, "mute")
    assert "Show their words" in one.get("/friends/").content.decode()


def test_a_button_leads_back_to_its_page_and_never_elsewhere() -> None:
    ada, ben = guest(), guest()
    client, page = client_of(ada), f"/player/{ben.public_id}/"
    assert act(client, ben, "ask", next=page).headers["Location"] == page
    assert act(client, ben, "remove", next="https://evil.example/").headers["Location"] == "/friends/"


def test_a_refusal_is_told_on_the_page() -> None:
    ada, ben = guest(), guest("Ben")
    services.block(player=ben, other=ada)
    client = client_of(ada)
    assert "do not take requests" in act_and_follow(client, ben, "ask")
    assert selectors.asking(ben.pk) == []


def act_and_follow(client: Client, other: Player, do: str) -> str:
    return str(client.post(f"/company/{other.public_id}/", {"do": do}, follow=True).content.decode())


@pytest.mark.parametrize("do", ["", "delete", "__class__"])
def test_acts_that_are_none_are_not_there(do: str) -> None:
    assert act(client_of(guest()), guest(), do).status_code == 404
    assert act(Client(), guest(), "ask").status_code == 404


def test_a_players_page_offers_what_fits() -> None:
    ada, ben = guest(), guest()
    page = f"/player/{ben.public_id}/"
    assert 'value="ask"' not in Client().get(page).content.decode()
    assert 'value="ask"' not in client_of(ben).get(page).content.decode()
    assert 'value="ask"' in client_of(ada).get(page).content.decode()
    services.friend_ask(player=ben, other=ada)
    assert 'value="accept"' in client_of(ada).get(page).content.decode()


def test_a_match_page_knows_whose_lines_are_left_out_and_offers_every_phrase() -> None:
    ada, ben = guest(), guest()
    services.mute(player=ada, other=ben)
    match = opened(by=ada)
    page = client_of(ada).get(f"/match/{match.public_id}/").content.decode()
    assert f'data-unread="{ben.public_id}"' in page
    assert re.findall(r'data-phrase="(\w+)"', page) == list(PHRASES)
    korean = client_of(ada).get(f"/match/{match.public_id}/", headers={"Accept-Language": "ko"}).content.decode()
    assert "행운을 빌어요!" in korean


def test_a_stranger_is_told_how_to_have_friends() -> None:
    assert "choose a name" in Client().get("/friends/").content.decode()


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_export_holds_company_and_words_and_who_leaves_takes_them_along() -> None:
    ada, ben, cy = guest("Ada"), guest("Ben"), guest("Cy")
    services.friend_ask(player=ada, other=ben)
    services.block(player=ada, other=cy)
    services.block(player=ben, other=cy)
    match = opened(by=ada)
    for one in (ada, ben):
        ChatLine.objects.create(match=match, audience=Audience.EVERYONE, player=one, name=one.name, text=f"by {one}")
    report_create(reporter=ada, about=ben, reason="chat", match=match)
    told = export.export(ada)
    assert told["friends"]["asked"] == [{"id": ben.public_id, "name": "Ben"}]
    assert told["distance"]["blocked"] == [{"id": cy.public_id, "name": "Cy"}]
    assert [line["text"] for line in told["chat"]] == ["by Ada"]
    assert [report["about__public_id"] for report in told["reports"]] == [ben.public_id]
    json.dumps(told, default=str)
    player_delete(player=ada)
    assert export.export(ada)["friends"]["asked"] == []
    assert selectors.asking(ben.pk) == []
    assert list(ChatLine.objects.values_list("text", flat=True)) == ["by Ben"]
    assert selectors.blocked_by(ben.pk) == [cy]
    assert Report.objects.get().log["chat"]
