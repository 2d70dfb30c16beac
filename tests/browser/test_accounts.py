"""Two stories: a guest who keeps what they played, from the first match to the farewell; and a member of a club."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests import servers
from tests.browser import club
from tests.browser.conftest import Person
from tests.browser.play import invite, sit

pytestmark = pytest.mark.slow

PASSWORD = "a long pass phrase"


@pytest.fixture(scope="module")
def server() -> Iterator[servers.MadangServer]:
    with club.open_club() as address, servers.madang({"MADANG_SIGN_IN": club.sign_in_by(address)}) as started:
        yield started


def code(secret: str, ahead: int = 0) -> str:
    """Good for this half minute and the one after; one `ahead` was not used yet."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def menu(page: Page) -> None:
    page.locator(".menu summary").click()


def sign_up(page: Page) -> None:
    menu(page)
    page.get_by_role("link", name="Keep your name: make an account").click()
    form = page.locator("main")
    form.get_by_label("Name").fill("Ada Lovelace")
    form.get_by_label("Email").fill("ada@example.org")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Make the account").click()
    expect(form.get_by_role("heading", name="Settings")).to_be_visible()


def test_a_guest_keeps_the_match_and_the_name_from_sign_up_to_farewell(
    person: Callable[..., Person], server: servers.MadangServer
) -> None:
    ada, friend = person(), person()
    page = ada.page
    address = invite(page, "tic-tac-toe")
    sit(friend.page, address)
    # A second tab plays on under the new session by itself.
    beside = ada.tab()
    beside.goto("/")
    sign_up(beside)
    expect(page.locator(".near .name")).to_have_text(re.compile("."))
    expect(page.locator("[data-line]")).not_to_contain_text("signed out", timeout=15_000)
    page.locator("[data-board] [role=gridcell]").nth(4).click()
    expect(friend.page.locator(".near .seat.turn")).to_be_visible()

    (link,) = re.findall(r"http://[^/\s]+(/account/confirm-email/\S+)", server.output())
    page.goto(link)
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.get_by_text("You have confirmed ada@example.org.")).to_be_visible()
    menu(page)
    page.get_by_role("link", name="Your page").click()
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(page.locator(".last .rows a")).to_have_count(1)

    secret = second_factor(page)
    menu(page)
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.locator(".menu summary")).to_have_text("You")
    page.goto("/account/")
    page.locator("main").get_by_label("Email").fill("ada@example.org")
    page.locator("main").get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.get_by_label(re.compile("code", re.IGNORECASE)).fill(code(secret, 1))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    told = json.loads(download.value.path().read_text())
    assert told["profile"]["name"] == "Ada Lovelace"
    assert [match["match"] for match in told["matches"]] == [address.rstrip("/").rsplit("/", 1)[-1]]
    farewell(page, friend.page, address)


def second_factor(page: Page) -> str:
    page.goto("/account/2fa/totp/activate/")
    page.locator("main").get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.get_by_label("Secret").input_value()
    page.get_by_label(re.compile("code", re.IGNORECASE)).fill(code(secret))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    return secret


def farewell(page: Page, friend: Page, address: str) -> None:
    page.get_by_role("link", name="Delete the account").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_text("Farewell")).to_be_visible()
    friend.goto(address + "record/")
    expect(friend.locator("main")).to_contain_text("Gone player")
    expect(friend.locator("body")).not_to_contain_text("Ada Lovelace")


def test_a_member_of_a_club_signs_up_by_it_and_keeps_the_guest(person: Callable[..., Person]) -> None:
    page = person().page
    page.goto("/")
    menu(page)
    page.get_by_label("Your name").fill("Mina")
    page.get_by_role("button", name="Save the name").click()
    menu(page)
    own = page.get_by_role("link", name="Your page").get_attribute("href")
    page.goto("/account/login/")
    # The content policy lets no form lead to another site: a page moves on by itself.
    page.get_by_role("button", name="Continue with Our club").click()
    expect(page.get_by_role("heading", name="How shall others call you?")).to_be_visible()
    expect(page.locator("main").get_by_label("Name")).to_have_value("Mina")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    menu(page)
    assert page.get_by_role("link", name="Your page").get_attribute("href") == own
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto("/account/login/")
    page.get_by_role("button", name="Continue with Our club").click()
    expect(page.locator(".menu summary")).to_have_text("Mina")
