"""A real server and a real Chromium; every page is watched for console errors and refusals of the content policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import servers

playwright = pytest.importorskip("playwright.sync_api")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


class Person:
    """One browser context with one page: somebody with their own cookies."""

    def __init__(self, browser: playwright.Browser, base_url: str, **options: object) -> None:
        options = {"viewport": DESKTOP, "locale": "en", **options}
        self.context = browser.new_context(base_url=base_url, **options)
        self.context.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.page = self.tab()

    def tab(self) -> playwright.Page:
        page = self.context.new_page()
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self._erred(str(error)))
        return page

    def _erred(self, error: str) -> None:
        # Chromium's own word where a page leaves while the style sheet still fades it in: no script of ours hears it.
        if "Transition was skipped" not in error:
            self.complaints.append(f"page error: {error}")

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {text}")


@pytest.fixture(scope="module")
def server() -> Iterator[servers.MadangServer]:
    with servers.madang() as started:
        yield started


# Not for the whole session: Playwright's loop runs in this thread as long as it lives, and no coroutine test could.
@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=str(chromium_path), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def person(browser: playwright.Browser, server: servers.MadangServer) -> Iterator[Callable[..., Person]]:
    """A factory of people. When the test is over, none of their consoles may have said anything."""
    people: list[Person] = []

    def arrive(**options: object) -> Person:
        people.append(Person(browser, server.url, **options))
        return people[-1]

    yield arrive
    complaints = [complaint for one in people for complaint in one.complaints]
    for one in people:
        one.context.close()
    assert complaints == []
