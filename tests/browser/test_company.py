"""Company at a match: players and spectators talk apart, phrases translate, and names open what one can do."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.browser import play
from tests.browser.conftest import PHONE, Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

# What a page must show as it is written.
NASTY = [
    "<img src=x onerror=alert(1)>",
    "</li><script>document.title='owned'</script>",
    "javascript:alert(1) http://example.org/",
    "\u202egnp.exe \u2066x",
    "{{ 7*7 }} ${7*7} %(name)s",
    "&lt;b&gt; &#x3c;",
]


def say(page: Page, text: str) -> None:
    page.get_by_placeholder("Say something").fill(text)
    page.keyboard.press("Enter")


def lines(page: Page) -> Any:
    return page.locator("[data-chat] li")


def rows(server: servers.MadangServer, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{server.folder / 'data' / 'madang.sqlite3'}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def stored(server: servers.MadangServer, text: str) -> None:
    """Lines are written within half a second; a person is not faster than that, but a test is."""
    deadline_s = time.monotonic() + 10
    while (text,) not in rows(server, "SELECT text FROM games_chatline"):
        assert time.monotonic() < deadline_s, f"{text!r} was not stored"
        time.sleep(0.05)


def named(one: Person, name: str) -> Page:
    """Somebody with a name of their own, who can write as a spectator too."""
    one.page.goto("/me/")
    one.page.locator("main [name=name]").fill(name)
    one.page.locator("main").get_by_role("button").first.click()
    return one.page


def test_two_players_and_a_spectator_talk_and_phrases_are_read_in_ones_own_language(person: Arrive) -> None:
    ann, bo = named(person(), "Ann"), named(person(locale="ko", viewport=PHONE), "보람")
    watcher = named(person(), "Wim")
    address = play.invite(ann, "connect-four")
    bo.goto(address)
    bo.locator("[data-sit] button").click()
    watcher.goto(address)
    for text in NASTY[:4]:
        say(ann, text)
    expect(lines(bo)).to_have_count(4)
    assert [line.split(" ", 1)[1] for line in lines(bo).all_text_contents()][:3] == NASTY[:3]
    assert "\u202e" not in lines(bo).nth(3).text_content()
    assert bo.title() != "owned"
    assert bo.locator("[data-chat] :is(img, a, script)").count() == 0
    say(watcher, "column four!")
    expect(lines(watcher)).to_have_count(5)
    bo.locator("[data-phrase=good_luck]").click()
    expect(lines(ann).last).to_have_text("보람 Good luck!")
    expect(lines(bo).last).to_contain_text("행운을 빌어요!")
    expect(lines(watcher)).to_have_count(6)
    assert "column four!" not in " ".join(lines(ann).all_text_contents() + lines(bo).all_text_contents())


def test_a_name_opens_what_one_can_do_and_a_report_is_one_click(person: Arrive, server: servers.MadangServer) -> None:
    ann, bo = named(person(), "Ann of Arc"), named(person(), "Bo the Loud")
    play.begin(ann, bo)
    say(bo, "you are slow")
    expect(lines(ann)).to_have_count(1)
    stored(server, "you are slow")
    ann.locator("[data-chat] button.who").focus()
    ann.keyboard.press("Enter")
    sheet = ann.locator("[data-sheet]")
    sheet.get_by_role("button", name="Report…").click()
    expect(sheet.get_by_text("you are slow")).to_be_visible()
    sheet.get_by_role("button", name="Insults or spam").click()
    expect(sheet.get_by_text("Thank you.")).to_be_visible()
    [(reason, log)] = rows(server, "SELECT reason, log FROM moderation_report ORDER BY id DESC LIMIT 1")
    told = json.loads(log)
    assert (reason, told["about"]["name"]) == ("chat", "Bo the Loud")
    assert [(line["name"], line["text"], line["pointed"]) for line in told["chat"]] == [
        ("Bo the Loud", "you are slow", True)
    ]
    assert [seat["name"] for seat in told["match"]["seats"]] == ["Ann of Arc", "Bo the Loud"]
    sheet.get_by_role("button", name="Mute").click()
    expect(lines(ann)).to_have_count(0)
    say(bo, "very slow")
    sheet.get_by_role("button", name="Show what they write").click()
    expect(lines(ann)).to_have_count(2)
    ann.keyboard.press("Escape")
    ann.locator(".far button.name").click()
    sheet.get_by_role("button", name="Ask to be friends").click()
    expect(sheet.get_by_text("You have asked them.")).to_be_visible()
    # Also on a page that was open before.
    expect(bo.locator("[data-asking-count]")).to_have_text("1", timeout=30_000)
    bo.goto("/friends/")
    bo.get_by_role("button", name="Accept").click()
    expect(bo.get_by_text("here now")).to_be_visible()
    # By invitation, so nobody is shown the way.
    expect(bo.locator(".people").get_by_role("link", name="Watch")).to_have_count(0)
    sheet.get_by_role("button", name="Block").click()
    expect(sheet.get_by_role("button", name="Unblock")).to_be_visible()
    bo.reload()
    expect(bo.get_by_text("No friends here yet")).to_be_visible()
    ann.goto("/reports/")
    expect(ann.get_by_text("Waits for a moderator.")).to_be_visible()


def test_where_a_game_forbids_words_only_phrases_are_offered(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = play.invite(ann, "battleship")
    expect(ann.locator("[data-chat-form]")).to_be_visible()
    bo.goto(address)
    bo.locator("[data-sit] button").click()
    expect(ann.locator("[data-chat-form]")).to_be_hidden()
    expect(ann.locator("[data-talk]")).to_contain_text("quick phrases")
    ann.get_by_role("button", name="Hello!").click()
    expect(lines(bo)).to_contain_text("Hello!")
