"""Pages at rest: records, words, colours, sizes, and what a stranger meets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser import play
from tests.browser.conftest import DESKTOP, PHONE, Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]
# The face's promise for a cold cache, without images.
LARGEST_PAGE_BYTES = 100_000
# Below this nobody sees a page move; the usual line for "good" is 0.1.
LARGEST_SHIFT = 0.02

SHIFTS = """() => {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""
SMALL_TARGETS = """() => [
  ...document.querySelectorAll("button, .button, a.quiet, .rows a, summary, input, [role=gridcell]")]
  .filter((target) => target.checkVisibility() && !target.closest("[inert]"))
  .filter((target) => !["radio", "checkbox", "hidden"].includes(target.type))
  .map((target) => [target.outerHTML.slice(0, 80), target.getBoundingClientRect().height])
  .filter(([, height]) => height < 43.9)"""


def finished(ann: Page, bo: Page) -> str:
    """A tic-tac-toe that the first wins in five moves."""
    address = play.begin(ann, bo, "tic-tac-toe")
    for page, cell in ((ann, 0), (bo, 3), (ann, 1), (bo, 4), (ann, 2)):
        play.play(page, cell)
    expect(play.result(ann)).to_have_text("You won")
    return address


def test_a_record_is_stepped_through_by_buttons_keys_bar_and_address(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = finished(ann, bo)
    end = play.board(ann)
    ann.goto(f"{address}record/")
    expect(ann.locator("[data-board] .line")).to_have_attribute("visibility", "visible")
    assert play.board(ann) == end
    ann.get_by_role("button", name="Start").click()
    assert all("empty" in label for label in play.board(ann))
    for _ in range(3):
        ann.keyboard.press("ArrowRight")
    ann.wait_for_url("**/record/#3")
    expect(ann.get_by_text("Move 1 of 5.")).to_be_visible()
    shown = play.board(ann)
    bo.goto(ann.url)
    expect(bo.get_by_text("Move 1 of 5.")).to_be_visible()
    assert play.board(bo) == shown
    bo.get_by_label("Moment of the match").locator("visible=true").last.press("End")
    expect(play.result(bo)).to_contain_text("won")
    with ann.expect_download() as download:
        ann.get_by_role("link", name="Download the record").click()
    assert download.value.suggested_filename.endswith(".json")


def test_the_page_can_be_read_in_korean_and_remembers_it(person: Arrive) -> None:
    page = person().page
    page.goto("/")
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.locator("article[data-game=tic-tac-toe] button").click()
    # Said by the page's script: its catalogue is Korean too.
    expect(page.locator(".near .you")).to_have_text("나")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_colours_are_chosen_without_a_reload_and_last(person: Arrive) -> None:
    page = person().page
    page.goto("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".top summary").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto("/me/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_stranger_takes_a_name_and_may_change_it(person: Arrive) -> None:
    page = person().page
    page.goto("/")
    for name in ("Mina", "민아"):
        page.locator(".top summary").click()
        page.get_by_label("Your name").fill(name)
        page.get_by_role("button", name="Save the name").click()
        expect(page.locator(".top summary")).to_have_text(name)


def test_a_missing_page_says_so_and_offers_one_way_on(person: Arrive) -> None:
    someone = person()
    answer = someone.page.goto("/match/nothinghere1/")
    assert answer is not None
    assert answer.status == 404
    someone.complaints.clear()  # the browser itself reports the 404
    someone.page.get_by_role("link", name="To the first page").click()
    expect(someone.page.locator("article[data-game=connect-four]")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["screen", "phone"])
def test_nothing_shifts_while_a_match_is_played(person: Arrive, viewport: dict[str, int]) -> None:
    ann, bo = person(viewport=viewport).page, person().page
    address = play.begin(ann, bo, "tic-tac-toe")
    ann.add_init_script(f"({SHIFTS})()")
    ann.goto(address)
    for page, cell in ((ann, 0), (bo, 3), (ann, 1), (bo, 4), (ann, 2)):
        play.play(page, cell)
    expect(play.result(ann)).to_have_text("You won")
    assert ann.evaluate("window.shifts") < LARGEST_SHIFT


@pytest.mark.parametrize("path", ["/", "/new/connect-four/", "/me/"])
def test_what_is_tapped_is_large_enough(person: Arrive, path: str) -> None:
    page = person(viewport=PHONE, has_touch=True).page
    page.goto(path)
    page.locator(".top summary").click()
    assert page.evaluate(SMALL_TARGETS) == []


def test_a_match_on_a_phone_fits_and_its_targets_are_large_enough(person: Arrive) -> None:
    ann, bo = person(viewport=PHONE, has_touch=True).page, person().page
    address = play.begin(ann, bo)
    play.play(ann, 0)
    play.play(bo, 0)
    for path in (address, f"{address}record/"):
        ann.goto(path)
        expect(ann.locator("[data-moves] li")).to_have_count(2)
        assert ann.evaluate(SMALL_TARGETS) == []
        assert ann.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_weighs_less_than_100_kilobytes(person: Arrive) -> None:
    address = play.invite(person().page, "connect-four")
    for path in ("/", address):
        assert 0 < _weight(person().page, path) < LARGEST_PAGE_BYTES


def _weight(page: Page, path: str) -> int:
    """Bytes over the wire for a browser that has seen nothing of this server yet."""
    answers: list[Response] = []

    def keep(answer: Response) -> None:  # a plain function: playwright cannot look into a list's method
        answers.append(answer)

    page.on("response", keep)
    page.goto(path, wait_until="networkidle")
    return sum(answer.request.sizes()["responseBodySize"] for answer in answers if answer.status == 200)
