"""The server is killed in the middle of a match: open pages come back by themselves, and nothing is lost or doubled."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import play
from tests.browser.conftest import Person
from tests.servers import MadangServer

pytestmark = pytest.mark.slow


def test_a_killed_server_costs_no_move(madang_server: object, browser: Browser) -> None:
    server: MadangServer = madang_server()  # type: ignore[operator]
    ann, bo = Person(browser, server.url), Person(browser, server.url)
    try:
        play.begin(ann.page, bo.page)
        for page, column in ((ann, 3), (bo, 3), (ann, 2)):
            play.play(page.page, column)
        server.kill()
        expect(bo.page.get_by_text("Reconnecting")).to_be_visible()
        # Played into the dark: it is kept on the page and sent when the server is back.
        play.cell(bo.page, 5).click()
        expect(bo.page.locator("[data-board] .pending")).to_have_count(1)
        server.restart()
        expect(bo.page.locator("[data-board] .pending")).to_have_count(0, timeout=30_000)
        expect(ann.page.locator("[data-moves] li")).to_have_count(4, timeout=30_000)
        for page in (ann.page, bo.page):
            expect(page.locator("[data-line]")).to_have_text("")
        for page, column in ((ann, 4), (bo, 6), (ann, 1)):
            play.play(page.page, column)
        expect(play.result(ann.page)).to_have_text("You won")
        assert play.moves(ann.page) == play.moves(bo.page) == ["4", "4", "3", "6", "5", "7", "2"]
        assert play.board(ann.page) == play.board(bo.page)
        # Connections that failed while nobody listened are all that the consoles may have said.
        assert all("WebSocket" in said or "ERR_CONNECTION" in said for said in ann.complaints + bo.complaints)
    finally:
        ann.context.close()
        bo.context.close()
