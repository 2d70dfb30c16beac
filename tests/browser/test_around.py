"""What goes on around every game, in several browsers: takeback, pause, claims, leaving, joining what runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import servers
from tests.browser import play
from tests.browser.conftest import Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]

# As long as the line about who is away needs to be seen twice, and no longer.
GRACE_S = 6
GRACE_MS = 1000 * (GRACE_S + 3)
HASTY = f"""
from games.rules.connect_four import ConnectFour

class Hasty(ConnectFour):
    name, title, grace_s = "hasty-four", "Hasty Four", {GRACE_S}
"""
AWAY = re.compile(r"has been away for 0:0\d; you may claim the match in 0:0\d\.")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.MadangServer]:
    """Madang with one game more, in which nobody waits for long."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "hasty.py").write_text(HASTY)
    facts = folder / "hasty-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: hasty\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[madang.games]\nhasty = hasty:Hasty\n")
    with servers.madang({"PYTHONPATH": str(folder)}) as started:
        yield started


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def undone(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("[data-moves] .undone").all_inner_texts()]


def test_a_move_is_taken_back_when_the_other_allows_it(person: Arrive) -> None:
    ann, bo, late = (person().page for _ in range(3))
    address = play.begin(ann, bo)
    play.play(ann, 0)
    play.play(bo, 1)
    press(ann, "Take back")
    expect(ann.get_by_text("You asked to take a move back.").first).to_be_visible()
    press(bo, "No, play on")
    expect(ann.locator("[data-why]")).to_be_empty()
    play.play(ann, 2)
    press(ann, "Take back")
    press(bo, "Give the move back")
    play.my_turn(ann)
    assert play.board(ann) == play.board(bo)
    for page in (ann, bo):
        expect(page.locator("[data-moves] .undone")).to_have_count(1)
        assert undone(page) == ["3"]
    play.play(ann, 3)
    late.goto(address)
    expect(late.locator("[data-moves] li")).to_have_count(4)
    assert (play.moves(late), undone(late)) == (["1", "2", "3", "4"], ["3"])


def test_nothing_of_ones_own_can_be_taken_back_before_a_move(person: Arrive) -> None:
    ann, bo = person().page, person().page
    play.begin(ann, bo)
    play.play(ann, 0)
    expect(bo.get_by_role("button", name="Take back")).to_be_hidden()
    expect(ann.get_by_role("button", name="Take back")).to_be_visible()


def test_time_stands_still_in_a_pause_until_someone_lets_it_go_on(person: Arrive) -> None:
    ann, bo = person().page, person().page
    play.sit(bo, play.invite(ann, "light-cycles"))
    press(ann, "Pause")
    for page in (ann, bo):
        expect(page.get_by_text("Paused: time stands still").first).to_be_visible()
    shown = "document.querySelector('[data-board]').ticks.newest"
    before = bo.evaluate(shown)
    bo.wait_for_timeout(500)
    assert bo.evaluate(shown) == before
    press(bo, "Let it go on")
    bo.wait_for_function(f"() => {shown} > {before} + 5")
    expect(ann.get_by_role("button", name="Pause", exact=True)).to_be_visible()


def test_who_stayed_is_told_for_how_long_and_then_may_claim_the_match(person: Arrive, browser: Browser) -> None:
    ann, bo = person(), person()
    address = play.invite(ann.page, "hasty-four", seat="Drawn")
    play.sit(bo.page, address)
    bo.page.goto("about:blank")
    expect(ann.page.locator("[data-why]")).to_have_text(AWAY)
    expect(ann.page.locator(".far .you")).to_have_text("away")
    expect(ann.page.get_by_role("button", name="Claim the match")).to_be_hidden()
    # Read out once, without the seconds.
    expect(ann.page.locator("[data-told]")).to_contain_text("is away.")
    expect(ann.page.locator("[data-why]")).to_contain_text(
        "you may claim the match now.", timeout=3_000 + GRACE_S * 1000
    )
    press(ann.page, "Claim the match")
    expect(play.result(ann.page)).to_have_text("You won")
    expect(ann.page.get_by_text("The other side left.")).to_be_visible()


def test_who_comes_back_in_time_is_missed_no_more(person: Arrive) -> None:
    ann, bo = person(), person()
    address = play.invite(ann.page, "hasty-four", seat="Drawn")
    play.sit(bo.page, address)
    bo.page.goto("about:blank")
    expect(ann.page.locator("[data-why]")).to_have_text(AWAY)
    bo.page.goto(address)
    expect(ann.page.locator("[data-why]")).to_be_empty()


def test_one_of_three_leaves_and_the_others_play_on_to_their_places(person: Arrive) -> None:
    ann, bo, cy = (person().page for _ in range(3))
    ann.goto("/new/light-cycles/")
    ann.get_by_label("A friend").check()
    ann.get_by_label("Players").fill("3")
    ann.get_by_role("button", name="Start").click()
    expect(play.result(ann)).to_have_text("Waiting for 2 more")
    for page in (bo, cy):
        play.sit(page, ann.url)
    press(ann, "Leave")
    expect(ann.locator("dialog[open]")).to_contain_text("The others play on")
    ann.locator("dialog[open]").get_by_role("button", name="Leave").click()
    expect(ann.locator("[data-why]")).to_have_text("You have left this match; the others play on.")
    expect(bo.locator(".far .seat.out")).to_have_count(1)
    ann.reload()
    expect(ann.locator("[data-why]")).to_have_text("You have left this match; the others play on.")
    press(bo, "Leave")
    bo.locator("dialog[open]").get_by_role("button", name="Leave").click()
    expect(play.result(cy)).to_have_text("You won")
    expect(cy.locator("[data-scores] tr")).to_have_count(3)
    expect(cy.locator("[data-scores] tr[aria-current]")).to_contain_text("1.")


def test_play_joins_the_arena_that_is_running_and_a_visitor_joins_it_from_its_page(person: Arrive) -> None:
    ann, bo, cy = (person().page for _ in range(3))
    for page in (ann, bo):
        page.goto("/")
        page.locator("article[data-game=arena]").get_by_role("button", name="Play").click()
        expect(page.locator(".near .you")).to_have_text("you")
    assert ann.url == bo.url
    cy.goto("/")
    row = cy.locator(f"a[href='{ann.url.removeprefix(cy.url.rstrip('/'))}']")
    expect(row).to_contain_text("Join")
    row.click()
    press(cy, "Join and play")
    expect(cy.locator(".near .you")).to_have_text("you")
    # Who has left does not come back to the same one.
    press(ann, "Leave")
    ann.locator("dialog[open]").get_by_role("button", name="Leave").click()
    expect(ann.locator("[data-why]")).to_contain_text("You have left this match")
    ann.goto("/")
    ann.locator("article[data-game=arena]").get_by_role("button", name="Play").click()
    expect(ann.locator(".near .you")).to_have_text("you")
    assert ann.url != bo.url


def test_games_on_the_first_page_live_only_while_they_are_seen(person: Arrive) -> None:
    page = person(viewport={"width": 390, "height": 300}).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/", wait_until="networkidle")
    assert any("boards/connect-four" in url for url in asked)
    assert not any("boards/rock-paper-scissors" in url and url.endswith(".js") for url in asked)
    page.locator("article[data-game=rock-paper-scissors]").scroll_into_view_if_needed()
    page.wait_for_function("() => customElements.get('board-rock-paper-scissors') !== undefined")
