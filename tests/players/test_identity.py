"""Who a connection is, by each proof; what makes a proof worthless; and that nothing of it is left behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any, TypeVar

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import OperationalError, transaction
from django.test import Client
from django.utils import timezone

from games.protocol.messages import Hello, Token
from players import identity, resume, revoked
from players.identity import Busy, Identity, Unproven
from players.models import Player, Ticket

T = TypeVar("T")

on_database = pytest.mark.django_db(transaction=True)
MATCH = "8kVZ2mQpXw3a"


def ask(question: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(question)


@pytest.fixture
def ada() -> Player:
    return Player.objects.create_user("ada", password="lovelace", name="Ada")


@pytest.fixture
def browser(ada: Player) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def session_of(client: Client) -> Any:
    key = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    return import_module(django_settings.SESSION_ENGINE).SessionStore(key)


@pytest.fixture(autouse=True)
def nothing_revoked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(revoked, "_since_ms", {})
    yield
    assert revoked.watched() == 0


# ── by cookie ───────────────────────────────────────────────────────────────────────────────────────────


@on_database
def test_a_cookie_names_the_player_and_its_session(ada: Player, browser: Client) -> None:
    found = ask(identity.from_cookie(cookies(browser)))
    assert found is not None
    assert (found.player, found.public_id, found.name) == (ada.pk, ada.public_id, "Ada")
    assert found.session == identity.session_prefix(session_of(browser).session_key)
    assert session_of(browser).session_key not in repr(found)


@pytest.mark.parametrize("key", ["", "x" * 41, "a" * 31 + "\0", "a'; --", "키" * 10, "../../etc"])
def test_what_cannot_be_a_session_key_is_not_looked_up(key: str) -> None:
    # Without the mark any use of the database fails.
    assert ask(identity.from_cookie({django_settings.SESSION_COOKIE_NAME: key})) is None
    assert ask(identity.from_cookie({})) is None


@on_database
def test_a_key_that_is_nobodys_is_nobody(browser: Client) -> None:
    assert ask(identity.from_cookie({django_settings.SESSION_COOKIE_NAME: "a" * 32})) is None


@on_database
def test_an_anonymous_session_is_nobody() -> None:
    session = import_module(django_settings.SESSION_ENGINE).SessionStore()
    session["theme"] = "dark"
    session.save()
    assert ask(identity.from_cookie({django_settings.SESSION_COOKIE_NAME: session.session_key})) is None


@on_database
def test_a_session_that_has_expired_is_nobody(browser: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert ask(identity.from_cookie(cookies(browser))) is None


@on_database
def test_a_session_that_was_signed_out_is_nobody(browser: Client) -> None:
    before = cookies(browser)
    browser.logout()
    assert ask(identity.from_cookie(before)) is None


@on_database
def test_a_banned_player_is_nobody(ada: Player, browser: Client) -> None:
    Player.objects.filter(pk=ada.pk).update(is_active=False)
    assert ask(identity.from_cookie(cookies(browser))) is None


@on_database
def test_a_session_of_an_older_password_is_nobody_and_is_left_as_it_was(ada: Player, browser: Client) -> None:
    ada.set_password("analytical")
    ada.save()
    assert ask(identity.from_cookie(cookies(browser))) is None
    assert session_of(browser)[SESSION_KEY] == str(ada.pk)


@on_database
def test_a_session_outlives_a_rotated_secret_and_keeps_its_key(browser: Client, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 30 + "ew-secret-key-of-this-server-here"
    before = cookies(browser)
    assert ask(identity.from_cookie(before)) is not None
    assert cookies(browser) == before
    assert ask(identity.from_cookie(before)) is not None


def test_a_database_that_fails_is_busy_and_no_traceback(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def fail(key: str) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(identity, "_of_session", fail)
    with pytest.raises(Busy):
        ask(identity.from_cookie({django_settings.SESSION_COOKIE_NAME: "a" * 32}))
    assert "server closed the connection" in caplog.text
    assert "a" * 32 not in caplog.text


def test_a_database_that_hangs_is_busy_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    freed = threading.Event()
    monkeypatch.setattr(identity, "_of_session", lambda key: freed.wait(10))
    monkeypatch.setattr(identity, "READ_S", 0.01)
    with pytest.raises(Busy):
        ask(identity.from_cookie({django_settings.SESSION_COOKIE_NAME: "a" * 32}))
    freed.set()


def test_the_last_who_may_wait_for_the_readers_and_the_first_who_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    freed = threading.Event()
    monkeypatch.setattr(identity, "_of_session", lambda key: freed.wait(10) and None)
    monkeypatch.setattr(identity, "WAITING", 5)

    async def crowd() -> list[Any]:
        coming = [
            asyncio.create_task(identity.from_cookie({django_settings.SESSION_COOKIE_NAME: "a" * 32})) for _ in range(6)
        ]
        done, _ = await asyncio.wait(coming, return_when=asyncio.FIRST_COMPLETED)
        assert done == {coming[5]}
        freed.set()
        return await asyncio.gather(*coming, return_exceptions=True)

    *let_in, turned_away = ask(crowd())
    assert let_in == [None] * 5
    assert isinstance(turned_away, Busy)
    assert identity._reader._waiting == 0


# ── by ticket ───────────────────────────────────────────────────────────────────────────────────────────


@on_database
def test_a_ticket_admits_once(ada: Player) -> None:
    token = identity.ticket_create(ada)
    found = ask(identity.redeem_ticket(token))
    assert (found.player, found.public_id, found.name, found.session) == (ada.pk, ada.public_id, "Ada", "")
    with pytest.raises(Unproven):
        ask(identity.redeem_ticket(token))


@on_database
def test_of_many_that_bring_one_ticket_at_once_one_is_admitted(ada: Player) -> None:
    token = identity.ticket_create(ada)

    async def rush() -> list[Any]:
        return await asyncio.gather(*(identity.redeem_ticket(token) for _ in range(8)), return_exceptions=True)

    answers = ask(rush())
    assert [type(answer) for answer in answers].count(Identity) == 1
    assert [type(answer) for answer in answers].count(Unproven) == 7


@on_database
@pytest.mark.parametrize(("age_s", "admits"), [(identity.TICKET_S - 5, True), (identity.TICKET_S, False)])
def test_a_ticket_admits_within_its_time(ada: Player, age_s: int, admits: bool) -> None:
    token = identity.ticket_create(ada)
    Ticket.objects.update(expires_at=timezone.now() + timedelta(seconds=identity.TICKET_S - age_s))
    if admits:
        assert ask(identity.redeem_ticket(token)).player == ada.pk
    else:
        with pytest.raises(Unproven):
            ask(identity.redeem_ticket(token))


@on_database
def test_a_ticket_of_someone_banned_or_of_nobody_admits_nobody(ada: Player) -> None:
    token = identity.ticket_create(ada)
    Player.objects.filter(pk=ada.pk).update(is_active=False)
    for one in (token, identity.TICKET_PREFIX + "made-up", identity.TICKET_PREFIX):
        with pytest.raises(Unproven):
            ask(identity.redeem_ticket(one))


@on_database
def test_the_database_does_not_hold_a_ticket_that_could_be_used(ada: Player) -> None:
    token = identity.ticket_create(ada)
    row = Ticket.objects.values().get()
    assert token not in str(row)
    assert token.removeprefix(identity.TICKET_PREFIX) not in str(row)


@on_database
def test_tickets_that_nobody_used_are_swept_out_by_the_next(ada: Player) -> None:
    identity.ticket_create(ada)
    Ticket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    identity.ticket_create(ada)
    assert Ticket.objects.count() == 1


# ── by resume token: no test here has the database, except where it says so ─────────────────────────────

ADA = Identity(player=7, public_id="pQ8rT2vYxA4b", name="가" * 24, session="0123456789abcdef", since_ms=0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    now = [1_800_000_000_000]
    monkeypatch.setattr("players.hour.now_ms", lambda: now[0])
    return now


def test_a_resume_token_tells_who_it_was_issued_to(clock: list[int]) -> None:
    found = resume.read(resume.issue(ADA, MATCH, 1), MATCH)
    assert (found.player, found.public_id, found.name, found.session) == (7, ADA.public_id, ADA.name, ADA.session)
    assert found.since_ms == clock[0]


def test_a_resume_token_fits_into_a_hello_and_is_no_ticket() -> None:
    token = resume.issue(ADA, MATCH, None)
    limits = Token.__metadata__[0]  # type: ignore[attr-defined]
    assert len(token) <= limits.max_length
    assert Hello(token=token).token == token
    assert not token.startswith(identity.TICKET_PREFIX)


@pytest.mark.parametrize(
    ("later_ms", "good"),
    [(0, True), (resume.VALID_MS, True), (resume.VALID_MS + 1, False), (-resume.AHEAD_MS - 1, False)],
)
def test_a_resume_token_is_good_for_ten_minutes(clock: list[int], later_ms: int, good: bool) -> None:
    token = resume.issue(ADA, MATCH, 0)
    clock[0] += later_ms
    if good:
        assert resume.read(token, MATCH).player == 7
    else:
        with pytest.raises(Unproven):
            resume.read(token, MATCH)


def test_a_resume_token_of_another_match_is_refused() -> None:
    with pytest.raises(Unproven):
        resume.read(resume.issue(ADA, "9kVZ2mQpXw3b", 0), MATCH)


def test_a_resume_token_with_any_sign_changed_is_refused() -> None:
    token = resume.issue(ADA, MATCH, 0)
    for index, sign in enumerate(token[:-1]):  # the last one holds bits that do not count
        forged = token[:index] + ("B" if sign != "B" else "C") + token[index + 1 :]
        with pytest.raises(Unproven):
            resume.read(forged, MATCH)


@pytest.mark.parametrize("token", ["", ":", "x", "e30:abc", "eyJhIjoxfQ:" + "A" * 43, "A" * 1024, ":" * 1024])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Unproven):
        resume.read(token, MATCH)


def test_a_resume_token_signed_with_another_secret_is_refused_unless_it_was_ours(settings: Any) -> None:
    token, old = resume.issue(ADA, MATCH, 0), settings.SECRET_KEY
    settings.SECRET_KEY = "another-secret-key-of-fifty-characters-or-even-more"
    with pytest.raises(Unproven):
        resume.read(token, MATCH)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert resume.read(token, MATCH).player == 7


# ── taken back ──────────────────────────────────────────────────────────────────────────────────────────


def identity_of(client: Client) -> Identity:
    found = ask(identity.from_cookie(cookies(client)))
    assert found is not None
    return found


def closed_by(found: Identity, act: Callable[[], Any]) -> bool:
    """Whether a socket that hangs on this proof is told within a second, by an act on another thread."""

    async def watch() -> bool:
        told = asyncio.Event()
        unwatch = revoked.watch(found, told.set)
        try:
            await asyncio.to_thread(act)
            async with asyncio.timeout(1):
                await told.wait()
        except TimeoutError:
            return False
        finally:
            unwatch()
        return True

    return ask(watch())


@on_database
def test_signing_out_closes_this_session_and_no_other_one_of_the_player(ada: Player, browser: Client) -> None:
    phone = Client()
    phone.force_login(ada)
    of_browser, of_phone = identity_of(browser), identity_of(phone)
    token = resume.issue(of_browser, MATCH, 0)
    assert closed_by(of_browser, browser.logout)
    assert revoked.is_revoked(resume.read(token, MATCH))
    assert not revoked.is_revoked(of_phone)


@on_database
def test_a_new_password_closes_all_that_came_before_it_and_nothing_after(ada: Player, browser: Client) -> None:
    found = identity_of(browser)
    token = resume.issue(found, MATCH, 0)

    def change() -> None:
        ada.set_password("analytical")
        ada.save()

    assert closed_by(found, change)
    assert revoked.is_revoked(resume.read(token, MATCH))
    again = Client()
    again.force_login(ada)
    assert not revoked.is_revoked(identity_of(again))


@on_database
@pytest.mark.parametrize("act", ["ban", "delete"])
def test_a_player_who_is_banned_or_deleted_is_shut_out(ada: Player, browser: Client, act: str) -> None:
    def ban() -> None:
        ada.is_active = False
        ada.save()

    assert closed_by(identity_of(browser), ban if act == "ban" else ada.delete)


@on_database
def test_other_changes_of_a_player_close_nothing(ada: Player, browser: Client) -> None:
    found = identity_of(browser)

    def harmless() -> None:
        ada.name = "Countess"
        ada.save()
        assert ada.check_password("lovelace")
        Player.objects.create_user("bob", password="secret", name="Bob")

    assert not closed_by(found, harmless)
    assert not revoked.is_revoked(found)


@on_database
def test_a_better_hash_of_the_same_password_closes_nothing(ada: Player, browser: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    before = ada.password
    assert ada.check_password("lovelace")
    assert ada.password != before
    assert revoked._since_ms == {}


@on_database
def test_a_ban_that_is_rolled_back_closes_nothing(ada: Player) -> None:
    def rolled_back() -> None:
        with transaction.atomic():
            ada.is_active = False
            ada.save()
            transaction.set_rollback(True)

    rolled_back()
    assert revoked._since_ms == {}


def test_a_proof_taken_back_before_the_watch_is_told_at_once() -> None:
    async def watch() -> list[str]:
        told: list[str] = []
        revoked.revoke_session(ADA.session)
        revoked.watch(ADA, lambda: told.append("closed"))()
        return told

    assert ask(watch()) == ["closed"]


def test_revoking_is_no_error_where_a_loop_has_ended() -> None:
    async def watch() -> Callable[[], None]:
        return revoked.watch(ADA, lambda: None)

    unwatch = ask(watch())
    assert revoked.revoke_player(ADA.player) > 0
    unwatch()


def test_the_table_forgets_what_no_token_can_outlive(monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = [1_800_000_000_000_000_000]
    monkeypatch.setattr("players.hour.time.time_ns", lambda: now_ns[0])
    revoked.revoke_session("a" * 16)
    now_ns[0] += 1000 * 1_000_000
    revoked.revoke_player(1)
    now_ns[0] += (revoked.KEPT_MS - 1000) * 1_000_000
    revoked.revoke_session("b" * 16)
    assert len(revoked._since_ms) == 3
    now_ns[0] += 1_000_000
    revoked.revoke_player(1)
    assert list(revoked._since_ms) == [("session", "b" * 16), ("player", 1)]
