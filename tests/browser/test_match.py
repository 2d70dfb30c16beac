"""Live matches as people see them: several browsers at one real server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import play
from tests.browser.conftest import PHONE, Person

pytestmark = pytest.mark.slow

Arrive = Callable[..., Person]
# First to move wins with the bottom row's columns 3, 4, 5 and 6.
WIN = [(0, 3), (1, 3), (0, 2), (1, 3), (0, 4), (1, 4), (0, 5)]


def test_two_people_play_to_a_win_while_one_reloads_and_a_third_watches(person: Arrive) -> None:
    ann, bo, watcher = person(), person(viewport=PHONE, has_touch=True), person()
    address = play.begin(ann.page, bo.page)
    watcher.page.goto(address)
    expect(watcher.page.get_by_text("You are watching.")).to_be_visible()
    for index, (seat, column) in enumerate(WIN):
        if index == 3:
            ann.page.reload()
        play.play((ann.page, bo.page)[seat], column)
    expect(play.result(ann.page)).to_have_text("You won")
    expect(play.result(bo.page)).to_have_text("You lost")
    expect(play.result(watcher.page)).to_contain_text("won")
    for page in (ann.page, bo.page, watcher.page):
        expect(page.locator("[data-board] .won")).to_have_count(4)
        assert play.moves(page) == ["4", "4", "3", "4", "5", "5", "6"]
    boards = [play.board(one.page) for one in (ann, bo, watcher)]
    assert boards[0] == boards[1] == boards[2]

    watcher.page.goto(f"{address}record/")
    expect(play.result(watcher.page)).to_contain_text("won")
    assert play.board(watcher.page) == boards[0]
    assert play.moves(watcher.page) == ["4", "4", "3", "4", "5", "5", "6"]


def test_one_click_from_home_plays_against_the_practice_opponent(person: Arrive) -> None:
    page = person().page
    page.goto("/")
    page.locator("article[data-game=connect-four]").get_by_role("button", name="Play").click()
    over = play.result(page).get_by_text("You won").or_(play.result(page).get_by_text("You lost"))
    for _ in range(21):
        # One column after the other: the opponent draws its moves, so four in a column come soon.
        expect(page.locator(".near .seat.turn").or_(over).first).to_be_visible()
        if over.is_visible():
            break
        open_cells = page.locator("[data-board] .cell.open")
        before = len(play.moves(page))
        open_cells.first.click()
        page.wait_for_function("n => document.querySelectorAll('[data-moves] li').length > n", arg=before)
    expect(over).to_be_visible()
    page.get_by_role("button", name="Rematch").click()
    expect(page.locator(".near .seat.turn")).to_be_visible()
    assert play.moves(page) in ([], [play.moves(page)[0]] if play.moves(page) else [])


def test_the_keyboard_alone_plays(person: Arrive) -> None:
    ann, bo = person().page, person().page
    play.begin(ann, bo, "tic-tac-toe")
    play.cell(ann, 0).focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        ann.keyboard.press(key)
    expect(play.cell(bo, 4)).not_to_have_attribute("aria-label", "middle: empty")
    play.my_turn(bo)
    assert bo.locator("[data-board] [role=gridcell][tabindex='0']").count() == 1
    play.cell(bo, 0).focus()
    bo.keyboard.press(" ")
    expect(ann.locator("[data-moves] li")).to_have_count(2)
    # What the other played is read out.
    expect(ann.locator("[data-board] [aria-live]")).to_contain_text("top left")


def test_a_double_tap_plays_once(person: Arrive) -> None:
    ann, bo = person().page, person().page
    play.begin(ann, bo)
    play.cell(ann, 3).dblclick()
    play.my_turn(bo)
    expect(ann.locator("[data-moves] li")).to_have_count(1)


def test_a_draw_is_offered_declined_offered_again_and_accepted(person: Arrive) -> None:
    ann, bo = person().page, person().page
    play.begin(ann, bo)
    play.play(ann, 0)
    play.play(bo, 0)
    ann.get_by_role("button", name="Offer a draw").click()
    bo.get_by_role("button", name="Play on").click()
    expect(ann.get_by_text("You offered a draw.")).to_have_count(0)
    play.play(ann, 1)
    bo.get_by_role("button", name="Offer a draw").click()
    ann.get_by_role("button", name="Accept the draw").click()
    expect(play.result(ann)).to_have_text("Draw")
    expect(bo.get_by_text("By agreement.")).to_be_visible()


def test_resigning_asks_first_and_a_rematch_takes_both_along(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = play.begin(ann, bo)
    play.play(ann, 0)
    play.play(bo, 0)
    ann.get_by_role("button", name="Resign").click()
    ann.keyboard.press("Escape")
    play.my_turn(ann)
    ann.get_by_role("button", name="Resign").click()
    ann.locator("dialog").get_by_role("button", name="Resign").click()
    expect(play.result(bo)).to_have_text("You won")
    bo.get_by_role("button", name="Rematch").click()
    ann.get_by_role("button", name="Accept the rematch").click()
    for page in (ann, bo):
        page.wait_for_url(lambda url: url != address)
        expect(page.locator("[data-moves] li")).to_have_count(0)
    assert ann.url == bo.url
    # Seats are changed: who began now answers.
    play.my_turn(bo)


def test_a_match_nobody_joined_can_be_called_off(person: Arrive) -> None:
    page = person().page
    play.invite(page, "tic-tac-toe")
    page.get_by_role("button", name="Call it off").click()
    expect(play.result(page)).to_have_text("Called off")


def test_an_open_seat_is_found_on_the_first_page(person: Arrive) -> None:
    ann, bo = person().page, person().page
    address = play.invite(ann, "tic-tac-toe", against="Anyone")
    bo.goto("/")
    bo.locator(f"a[href='{address.removeprefix(bo.url.rstrip('/'))}']").click()
    bo.get_by_role("button", name="Sit down and play").click()
    play.my_turn(ann)
    expect(bo.locator(".near .you")).to_have_text("you")


def test_a_second_tab_takes_the_seat_and_the_first_can_take_it_back(person: Arrive) -> None:
    ann, bo = person(), person()
    address = play.begin(ann.page, bo.page)
    second = ann.tab()
    second.goto(address)
    expect(ann.page.get_by_text("in another tab")).to_be_visible()
    play.play(second, 2)
    ann.page.get_by_role("button", name="Play in this tab").click()
    play.play(bo.page, 2)
    play.play(ann.page, 2)
    expect(bo.page.locator("[data-moves] li")).to_have_count(3)


def test_chat_reaches_everyone_as_plain_text(person: Arrive) -> None:
    ann, bo, watcher = person().page, person().page, person().page
    address = play.begin(ann, bo)
    watcher.goto(address)
    ann.get_by_placeholder("Say something").fill("<b>hello</b>")
    ann.keyboard.press("Enter")
    for page in (bo, watcher):
        expect(page.locator("[data-chat] li")).to_contain_text("<b>hello</b>")
    assert watcher.get_by_placeholder("Say something").count() == 0
