"""A game that its spectators see later: what a page of theirs shows, and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.browser import play
from tests.browser.conftest import Person

pytestmark = pytest.mark.slow

# As another package would bring it: nothing in the catalogue is seen later.
ON_AIR = """
from games.rules.tic_tac_toe import TicTacToe


class OnAir(TicTacToe):
    name = "on-air"
    title = "On air"
    spectator_delay_s = 6
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.MadangServer]:
    folder: Path = tmp_path_factory.mktemp("on-air")
    (folder / "on_air.py").write_text(ON_AIR)
    facts = folder / "on_air-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: on-air\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[madang.games]\non-air = on_air:OnAir\n")
    with servers.madang({"PYTHONPATH": str(folder)}) as started:
        yield started


def test_a_spectator_is_told_that_it_is_late_and_sees_a_move_when_it_is_due(person: Callable[..., Person]) -> None:
    ann, bo, watcher = person().page, person().page, person().page
    address = play.invite(ann, "on-air")
    play.sit(bo, address)
    watcher.goto(address)
    expect(watcher.get_by_text("You are watching, 6 seconds late.")).to_be_visible()
    expect(watcher.locator("[data-say]")).not_to_contain_text("aiting", timeout=10_000)
    before = view(watcher)
    ann.locator("[data-board] button:enabled").first.click()
    play.my_turn(bo)
    assert view(bo) != before
    assert view(watcher) == before
    deadline = time.monotonic() + 15
    while view(watcher) != view(bo) and time.monotonic() < deadline:
        watcher.wait_for_timeout(100)
    assert view(watcher) == view(bo)


def view(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(document.querySelector('[data-board]').view)"))
