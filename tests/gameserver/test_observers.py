"""The server's insides are told to those who run it, and to nobody else."""

import pytest
from django.test import AsyncClient, RequestFactory, override_settings

from gameserver import environment, observers, process
from gameserver.environment import Refusal

TOKEN = "a-token-of-quite-some-characters"


def from_address(address, **headers):
    return RequestFactory().get("/metrics", REMOTE_ADDR=address, headers=headers)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_read(address):
    assert observers.may_read(from_address(address))


@pytest.mark.parametrize("address", ["10.0.0.7", "192.168.1.2", "::ffff:10.0.0.7", "2001:db8::1", "", "unix:", None])
def test_nobody_else_may_read_unless_named(address):
    assert not observers.may_read(from_address(address))


@pytest.mark.parametrize("name", observers.FORWARDED)
def test_what_came_through_a_proxy_is_not_this_machines(name):
    assert not observers.may_read(from_address("127.0.0.1", **{name: "127.0.0.1"}))


def test_named_addresses_may_read():
    named = environment.networks({"X": "10.1.0.0/16, 2001:db8::7"}, "X", "127.0.0.1")
    with override_settings(METRICS_FROM=named):
        assert observers.may_read(from_address("10.1.2.3"))
        assert observers.may_read(from_address("2001:db8::7"))
        assert not observers.may_read(from_address("10.2.0.1"))
        assert not observers.may_read(from_address("127.0.0.1"))


@override_settings(METRICS_TOKEN=TOKEN)
def test_whoever_brings_the_token_may_read_from_anywhere_also_through_a_proxy():
    assert observers.may_read(from_address("10.0.0.7", Authorization=f"Bearer {TOKEN}", Via="1.1 proxy"))
    for wrong in (TOKEN, "Bearer", f"Bearer {TOKEN}x", f"bearer {TOKEN}", "Bearer \xe9"):
        assert not observers.may_read(from_address("10.0.0.7", Authorization=wrong))


def test_without_a_token_no_bearer_is_believed():
    assert not observers.may_read(from_address("10.0.0.7", Authorization="Bearer "))
    assert not observers.may_read(from_address("10.0.0.7", Authorization="Bearer"))


def test_settings_refuse_what_is_no_address_and_what_can_be_guessed():
    with pytest.raises(Refusal, match=r"X: .*write addresses or networks"):
        environment.networks({"X": "localhost"}, "X", "127.0.0.1")
    for weak in ("secret", "x" * 23, "\xe9" * 30, "a b\n" + "x" * 30):
        with pytest.raises(Refusal, match="at least 24"):
            environment.token({"X": weak}, "X")
    assert environment.token({}, "X") == ""
    assert environment.token({"X": TOKEN}, "X") == TOKEN


@pytest.mark.parametrize("path", sorted(observers.PATHS))
async def test_a_refusal_says_what_to_do_and_a_start_is_waited_for(path, monkeypatch):
    monkeypatch.setattr(process, "current", lambda: None)
    refused = await AsyncClient().get(path, headers={"host": "10.0.0.7", "via": "1.1 proxy"})
    assert refused.status_code == 403
    assert "MADANG_METRICS_FROM" in refused.content.decode()
    early = await AsyncClient().get(path, headers={"host": "10.0.0.7"})
    assert (early.status_code, early.content) == (503, b"starting\n")
