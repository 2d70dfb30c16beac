"""Every game of the catalogue on the generic board: played in the browser as if nobody had drawn a board for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from games.rules.catalog import GAMES
from tests import servers
from tests.browser.conftest import PHONE, Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

NAMES = [rules.name for rules in GAMES]
# The same rules under other names, for which there is no board.
PLAIN = """
from games.rules.catalog import GAMES

def plain(name):
    rules = next(one for one in GAMES if one.name == name)
    own = type(rules)
    return type("Plain" + own.__name__, (own,), {"name": "plain-" + name, "title": "Plain " + own.title})
"""
LINE = "[data-board] form:not([hidden]) input"
CHOICES = "[data-board] .choices button:enabled"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.MadangServer]:
    """Madang with each of its games twice, the second time without its board."""
    with servers.madang({"PYTHONPATH": str(packed(tmp_path_factory.mktemp("packages")))}) as started:
        yield started


def packed(folder: Path) -> Path:
    """A package that brings them, as if it were installed."""
    attributes = [rules.name.replace("-", "_") for rules in GAMES]
    lines = [f"{one} = plain({rules.name!r})" for one, rules in zip(attributes, GAMES, strict=True)]
    (folder / "plain_games.py").write_text(PLAIN + "\n".join(lines) + "\n")
    facts = folder / "plain_games-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-games\nVersion: 1.0\n")
    entries = "\n".join(f"{one} = plain_games:{one}" for one in attributes)
    (facts / "entry_points.txt").write_text(f"[madang.games]\n{entries}\n")
    return folder


def against_practice(page: Page, game: str) -> None:
    page.goto(f"/new/{game}/")
    page.get_by_label(re.compile("practice", re.IGNORECASE)).check()
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".near .you")).to_have_text("you")
    expect(page.locator("board-generic .plain table").first).to_be_visible()


def act(page: Page) -> None:
    """Whatever can be done now: a button, or else the line with the move that it suggests."""
    expect(page.locator(f"{CHOICES}, {LINE}").first).to_be_visible()
    if page.locator(LINE).count():
        page.locator(LINE).press("Enter")
    else:
        page.locator(CHOICES).first.click()


@pytest.mark.parametrize("name", NAMES)
def test_a_game_without_a_board_is_played_by_buttons(person: Arrive, name: str) -> None:
    page = person(viewport=PHONE, has_touch=True).page
    against_practice(page, f"plain-{name}")
    shown = page.locator("board-generic .plain")
    for _ in range(3):
        if page.get_by_role("link", name="The record").count():
            break  # two throws have decided it
        before = shown.inner_text()
        act(page)
        expect(shown).not_to_have_text(before, use_inner_text=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("[data-line]")).to_have_text("")


@pytest.mark.parametrize("name", [rules.name for rules in GAMES if not rules.hz])
def test_its_record_is_read_on_the_same_board(person: Arrive, name: str) -> None:
    page = person().page
    against_practice(page, f"plain-{name}")
    for _ in range(2):
        before = page.locator("board-generic .plain").inner_text()
        act(page)
        expect(page.locator("board-generic .plain")).not_to_have_text(before, use_inner_text=True)
    record = page.get_by_role("link", name="The record")
    leave = page.get_by_role("button", name=re.compile("Resign|Call it off"))
    expect(record.or_(leave).first).to_be_visible()
    if not record.count():  # else two throws have decided it
        leave.click()
        if page.locator("dialog[open]").count():
            page.locator("dialog[open] button.main").click()
    record.click()
    expect(page.locator("[data-moves] li").first).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator("[data-why]")).to_have_text("Before the first move.")
    start = page.locator("board-generic .plain").inner_text()
    page.keyboard.press("End")
    expect(page.locator("board-generic .plain")).not_to_have_text(start, use_inner_text=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
