"""What is taken back in one process holds in all: told at once, and found in the rows where that was lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.signals import user_logged_out
from django.db import connections
from django.utils import timezone

from games.relay import wire
from players import revocations, revoked
from players.identity import Identity
from players.models import Revocation
from players.services import guest_create
from players.threads import DatabaseThreads
from tests.relay.houses import Street, until

pytestmark = pytest.mark.django_db(transaction=True)

ADA = Identity(1, "ada", "Ada", "a" * 16, 0)


@pytest.fixture(autouse=True)
def nothing_revoked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(revoked, "_since_ms", {})
    yield
    revoked.tell(None)


async def test_other_processes_are_told_at_once(street: Street) -> None:
    await street.build(2)
    await asyncio.to_thread(revoked.revoke_session, ADA.session)
    revoked.revoke_player(7)
    await until(lambda: len(_told(street)) == 2)
    assert [(item.session, item.player) for item in _told(street)] in (
        [(ADA.session, None), (None, 7)],
        [(None, 7), (ADA.session, None)],
    )


def _told(street: Street) -> list[wire.Revoked]:
    packets = [wire.unpack(message) for group, message in street.layer.sent if group == wire.EVERYONE]
    return [item for packet in packets for item in packet.items or []]


async def test_a_process_that_is_told_closes_its_sockets(street: Street) -> None:
    await street.build(2)
    closed: list[str] = []
    unwatch = revoked.watch(ADA, lambda: closed.append("closed"))
    item = wire.Revoked(ADA.session, None, now_ms())
    await street.layer.group_send(wire.EVERYONE, wire.pack("stranger", wire.EVERYONE, 1, 0, [item]))
    await until(lambda: closed)
    unwatch()
    assert closed == ["closed"]


async def test_rows_tell_whoever_was_not_told(street: Street) -> None:
    threads = DatabaseThreads(1, "test")
    player = await sync_to_async(guest_create)(language="en")
    looking = revocations.Revocations(threads)
    await looking.look()
    await sync_to_async(_ban)(player)
    revoked._since_ms.clear()  # as in another process
    found = Identity(player.pk, player.public_id, player.name, "", 0)
    assert not revoked.is_revoked(found)
    await looking.look()
    assert revoked.is_revoked(found)
    threads.close()
    await sync_to_async(connections.close_all)()


async def test_what_was_revoked_before_a_start_holds_after_it() -> None:
    threads = DatabaseThreads(1, "test")
    await sync_to_async(revocations.keep)(session=ADA.session, since_ms=now_ms())
    await revocations.Revocations(threads).look()
    assert revoked.is_revoked(ADA)
    threads.close()
    await sync_to_async(connections.close_all)()


def test_signing_out_leaves_a_row_and_rows_do_not_pile_up() -> None:
    class Request:
        class session:  # noqa: N801 - as Django names it
            session_key = "k" * 32

    old = Revocation.objects.create(session="old", since_ms=1, at=timezone.now() - 2 * revocations.KEPT)
    user_logged_out.send(sender=None, request=Request, user=None)
    assert Revocation.objects.count() == 1
    assert not Revocation.objects.filter(pk=old.pk).exists()


async def test_a_revocation_that_is_heard_twice_closes_nobody_who_came_since() -> None:
    then_ms = now_ms()
    revoked.hear(None, ADA.player, then_ms)
    again = Identity(ADA.player, "ada", "Ada", "", then_ms + 1)
    closed: list[str] = []
    unwatch = revoked.watch(again, lambda: closed.append("closed"))
    revoked.hear(None, ADA.player, then_ms)
    await asyncio.sleep(0)
    unwatch()
    assert not revoked.is_revoked(again)
    assert closed == []
    assert revoked.is_revoked(ADA)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def _ban(player) -> None:
    player.is_active = False
    player.save()
