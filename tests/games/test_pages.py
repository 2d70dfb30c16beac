"""The pages as Django renders them: what a stranger may do, what is refused, and what the first page shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import server_error

from games import commands
from games.miniatures import film_of
from games.models import Match, Status
from games.protocol import patch
from games.rules.catalog import all_newest, newest
from games.selectors import final_views
from games.services import COMPANY, CROWD, match_create
from games.views.matches import MATCH_MODULES
from players.models import Player
from players.services import guest_create
from tests.games.played import played

pytestmark = pytest.mark.django_db(transaction=True)

# Opponent, seat: the same choices as on the page.
FRIEND = {"game": "connect-four", "opponent": "link", "seat": "0"}


@pytest.fixture(autouse=True)
def _no_owner() -> None:
    """No process owns matches here: a command waits for nobody."""
    commands.serve(None)


@pytest.mark.parametrize("game", [rules.name for rules in all_newest()])
def test_one_click_makes_a_stranger_a_guest_with_a_running_match(client: Client, game: str) -> None:
    answer = client.post("/play/", {"game": game, "opponent": "practice"})
    made = Match.objects.get()
    assert answer.headers["Location"] == f"/match/{made.public_id}/"
    assert made.status == Status.LIVE
    assert Player.objects.get().is_guest
    assert client.get("/").status_code == 200


def test_a_match_by_link_is_listed_nowhere(client: Client) -> None:
    client.post("/play/", FRIEND)
    made = Match.objects.get()
    assert not made.listed
    assert made.public_id not in Client().get("/").content.decode()
    assert made.public_id in client.get("/").content.decode()


@pytest.mark.parametrize("bad", [{"seat": "9"}, {"opponent": "nobody"}, {"seat": "x"}])
def test_choices_that_the_page_does_not_offer_are_refused_with_the_form(client: Client, bad: dict[str, str]) -> None:
    answer = client.post("/play/", FRIEND | bad)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Match.objects.exists()


@pytest.mark.parametrize(
    "path", ["/new/chess/", "/match/abcdefghijkm/", "/match/x/record/", "/jsi18n/xx/", "/no/such/page/"]
)
def test_what_does_not_exist_is_told_in_words_with_one_button(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.content.decode().count('class="button main"') == 1


def test_a_game_that_does_not_exist_cannot_be_started(client: Client) -> None:
    assert client.post("/play/", {"game": "chess", "opponent": "practice"}).status_code == 404


@pytest.mark.parametrize("name", ["play", "sit"])
def test_what_changes_something_is_never_done_by_a_link(client: Client, name: str) -> None:
    path = reverse(name, args=["abcdefghijkm"] if name == "sit" else [])
    assert client.get(path).status_code == 405


def test_a_form_without_its_token_is_refused_in_words(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/play/", FRIEND)
    assert answer.status_code == 403
    assert 'class="button main"' in answer.content.decode()
    assert not Match.objects.exists()


def test_the_page_of_a_fault_needs_neither_player_nor_session() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert 'class="button main"' in answer.content.decode()


def test_a_person_with_the_link_may_sit_and_one_who_sits_may_not_twice(client: Client) -> None:
    client.post("/play/", FRIEND)
    page = f"/match/{Match.objects.get().public_id}/"
    assert "data-sit" in Client().get(page).content.decode()
    assert "data-sit" not in client.get(page).content.decode()


def test_too_many_matches_that_wait_are_refused_with_the_reason(client: Client) -> None:
    for _ in range(5):
        assert client.post("/play/", FRIEND).status_code == 302
    answer = client.post("/play/", FRIEND)
    assert answer.status_code == 422
    assert "already wait" in answer.content.decode()


def test_the_first_page_plays_the_last_whole_match_of_a_game(client: Client) -> None:
    assert "columns&quot;:[&quot;010101" not in client.get("/").content.decode()
    assert film_of(newest("connect-four")) == "null"
    played()
    assert "{&quot;step_ms&quot;:null,&quot;steps&quot;:[{&quot;view&quot;" in client.get("/").content.decode()
    film = json.loads(film_of(newest("connect-four")))
    view = film["steps"][0]["view"]
    for step in film["steps"][1:]:
        view = patch.apply(view, step["d"])
    (end,) = final_views([Match.objects.get()]).values()
    assert view == json.loads(json.dumps(end))


def test_a_game_that_nobody_played_is_at_rest() -> None:
    assert film_of(newest("arena")) == "null"


def test_play_begins_a_match_with_company_where_none_can_be_joined(client: Client) -> None:
    client.post("/play/", {"game": "arena", "opponent": "practice", "join": "1"})
    made = Match.objects.get()
    assert (made.status, made.seats, made.sitting.count()) == (Status.LIVE, CROWD, COMPANY + 1)
    assert "Join" in Client().get("/").content.decode()
    assert "Join and play" in Client().get(f"/match/{made.public_id}/").content.decode()
    assert "data-sit" not in client.get(f"/match/{made.public_id}/").content.decode()


def test_a_name_that_is_refused_comes_back_with_the_reason(client: Client) -> None:
    answer = client.post("/me/", {"name": " "})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_one_is_sent_back_only_to_pages_of_this_server(client: Client) -> None:
    assert client.post("/me/", {"theme": "dark", "next": "//evil.example/"}).headers["Location"] == "/"
    assert client.post("/me/", {"theme": "dark", "next": "/me/"}).headers["Location"] == "/me/"


def test_the_theme_is_kept_and_only_known_ones_are(client: Client) -> None:
    client.post("/me/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.post("/me/", {"theme": "pink"})
    assert client.cookies["theme"].value == "dark"


def test_the_language_is_kept_for_the_browser_and_the_player(client: Client) -> None:
    client.post("/me/", {"name": "Mina"})
    client.post("/me/", {"language": "ko"})
    assert '<html lang="ko"' in client.get("/").content.decode()
    assert Player.objects.get().language == "ko"
    client.post("/me/", {"language": "tlh"})
    assert Player.objects.get().language == "ko"


def test_the_scripts_words_are_cached_by_language(client: Client) -> None:
    answer = client.get("/jsi18n/ko/")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "max-age" in answer.headers["Cache-Control"]
    # The admin's words stay with the admin.
    assert len(answer.content) < 40_000


def test_names_are_text_on_every_page(client: Client) -> None:
    guest = guest_create(language="en")
    guest.name = "<img src=x>"
    guest.save()
    made = match_create(game="connect-four", options={}, by=guest)
    for path in ("/", f"/match/{made.public_id}/", f"/match/{made.public_id}/record/"):
        content = client.get(path).content.decode()
        assert "<img" not in content
        assert "&lt;img" in content


def test_no_page_carries_script_or_style_of_its_own(client: Client) -> None:
    client.post("/play/", FRIEND)
    match = Match.objects.get().public_id
    for path in ("/", "/me/", "/new/tic-tac-toe/", f"/match/{match}/", f"/match/{match}/record/"):
        content = client.get(path).content.decode()
        assert re.search(r"<style|\sstyle=|\son\w+=", content) is None
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", content))


def test_the_match_page_asks_for_all_that_its_script_imports() -> None:
    seen: set[Path] = set()

    def follow(path: Path) -> None:
        for name in re.findall(r'^(?:import|export) .*from "(\..+)";$', path.read_text(), re.MULTILINE):
            module = (path.parent / name).resolve()
            if module not in seen:
                seen.add(module)
                follow(module)

    static = Path(__file__).parents[2] / "static"
    follow(static / "pages" / "match.js")
    assert {path.relative_to(static).as_posix() for path in seen} == set(MATCH_MODULES)


def test_the_names_of_a_record_are_json(client: Client) -> None:
    client.post("/play/", {"game": "tic-tac-toe", "opponent": "practice", "seat": "0"})
    content = client.get(f"/match/{Match.objects.get().public_id}/record/").content.decode()
    names = content.split('data-names="')[1].split('"')[0].replace("&quot;", '"')
    assert json.loads(names)[1] == "Practice opponent"


def test_practice_opponents_are_numbered_in_the_readers_language(client: Client) -> None:
    client.cookies["django_language"] = "ko"
    client.post("/play/", {"game": "light-cycles", "opponent": "practice", "seat": "0", "seats": "3"})
    content = client.get(f"/match/{Match.objects.get().public_id}/record/").content.decode()
    names = content.split('data-names="')[1].split('"')[0].replace("&quot;", '"')
    # Where all begin alike the seats are drawn.
    assert [name for name in json.loads(names) if name.startswith("연습")] == ["연습 1", "연습 2"]


def test_others_may_sit_where_the_owner_sees_that_they_wait(client: Client) -> None:
    client.post("/play/", FRIEND | {"opponent": "open"})
    stranger = Client()
    stranger.post("/play/", {"game": "tic-tac-toe", "opponent": "practice"})
    assert "Sit down" in stranger.get("/").content.decode()
    assert "Sit down" not in client.get("/").content.decode()
    assert "waiting" in client.get("/").content.decode()
