"""A real server tells Prometheus what it did, and an operator which match costs most."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable

import pytest
import websockets
import yaml
from prometheus_client.parser import text_string_to_metric_families

from games.counts import Buckets, merged, raised
from gameserver.metrics import LOOK_S, Lateness
from tests.servers import ROOT, MadangServer
from tests.soak.field import Field

Samples = dict[tuple[str, ...], float]
# What samples add to the name of their family.
METRIC_ENDING = re.compile("_(total|bucket|sum|count)$")


def samples(server: MadangServer) -> Samples:
    """By name and the values of its labels."""
    families = text_string_to_metric_families(server.get("/metrics").text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def total(told: Samples, name: str) -> float:
    """Over all labels."""
    return sum(value for key, value in told.items() if key[0] == name)


def test_buckets_count_by_upper_bound():
    buckets = Buckets(1.0, 10.0)
    for value in (0.5, 1.0, 1.5, 10.0, 11.0):
        buckets.add(value)
    assert buckets.counts == [2, 2, 1]
    assert (buckets.count, buckets.sum) == (5, 24.0)


def test_sums_by_key_begin_at_nothing():
    counts = {"a": 1}
    raised(counts, "a")
    raised(counts, "b", 3)
    merged(counts, {"b": 1, "c": 2})
    assert counts == {"a": 2, "b": 4, "c": 2}


async def test_a_loop_that_is_held_up_is_seen(monkeypatch):
    lateness, loop = Lateness(), asyncio.get_running_loop()
    at = 100.0
    with monkeypatch.context() as patch:
        patch.setattr(loop, "time", lambda: at)
        await lateness.look()
        at += LOOK_S + 0.2
        await lateness.look()
        at += LOOK_S
        await lateness.look()
    assert lateness.late.count == 2
    assert lateness.late.counts[lateness.late.bounds.index(0.25)] == 1


async def misbehave(server: MadangServer, match: str) -> None:
    """As a spectator: a binary frame, and an input that only a seat may give."""
    async with websockets.connect(f"ws://127.0.0.1:{server.port}/ws/match/{match}") as socket:
        await socket.send(json.dumps({"type": "hello"}))
        await socket.recv()
        await socket.send(b"\x00")
        assert json.loads(await heard(socket, "error"))["code"] == "not_text"
        await socket.send(json.dumps({"type": "resign", "c": 1}))
        assert json.loads(await heard(socket, "reject"))["code"] == "not_seated"


async def heard(socket, kind: str) -> str:
    while True:
        frame = await asyncio.wait_for(socket.recv(), 5)
        if json.loads(frame)["type"] == kind:
            return str(frame)


@pytest.mark.slow
async def test_matches_that_were_played_are_told(madang_server: Callable[..., MadangServer]):
    server = await asyncio.to_thread(madang_server)
    before = await asyncio.to_thread(samples, server)
    assert before["madang_connections",] == before["madang_connections_opened_total",] == 0
    field = Field(server, matches=4, accidents=("nothing",), seed=3)
    await field.prepare()
    await field.gather()
    during = await asyncio.to_thread(samples, server)
    assert during["madang_connections",] == len(field.pages())
    assert during["madang_matches", "connect-four", "live"] == 2
    field.begin()
    await field.finish(30)
    await misbehave(server, field.played[0].public_id)
    after = await asyncio.to_thread(samples, server)
    moves = sum(kind == "move" for page in field.pages() for kind, _ in page.seat.acked.values())
    assert moves > 20
    assert total(after, "madang_moves_total") == moves == after["madang_journal_entries_total", "move"]
    assert after["madang_moves_total", "tic-tac-toe"] > 0
    assert after["madang_journal_entries_total", "end"] == 4
    assert after["madang_refused_total", "not_text"] == after["madang_refused_total", "not_seated"] == 1
    assert after["madang_connections_opened_total",] == len(field.pages()) + 1
    assert total(after, "madang_match_busy_seconds_total") > 0
    rows = after["madang_journal_flush_rows_sum",]
    assert rows == total(after, "madang_journal_entries_total")
    assert after["madang_journal_flush_seconds_bucket", "+Inf"] == after["madang_journal_flush_rows_count",] > 0
    assert after["madang_faults_total",] == after["madang_journal_waiting_bytes",] == 0
    assert after["process_resident_memory_bytes",] > 1e6
    # The first of both come seconds after the start, which the field may well have been quicker than.
    async with asyncio.timeout(20):
        while not (after["madang_heartbeats_total",] and after["madang_loop_lateness_seconds_count",]):
            after = await asyncio.to_thread(samples, server)


@pytest.mark.slow
async def test_ticks_and_the_costliest_match_are_told(madang_server: Callable[..., MadangServer]):
    server = await asyncio.to_thread(madang_server)
    field = Field(server, matches=0, accidents=("nothing",), seed=3)
    key = (await field.api.post("/api/players", {"name": "Ann"}))["key"]
    match = await field.api.post("/api/matches", {"game": "light-cycles", "opponent": "practice"}, key)
    ticket = (await field.api.post("/api/tickets", {}, key))["ticket"]
    async with websockets.connect(f"ws://127.0.0.1:{server.port}{match['socket']}") as socket:
        await socket.send(json.dumps({"type": "hello", "token": ticket}))
        await socket.recv()
        costly = json.loads((await asyncio.to_thread(server.get, "/metrics/matches")).text)["matches"]
        told = await asyncio.to_thread(samples, server)
    field.api.close()
    assert [(one["match"], one["game"], one["connections"]) for one in costly] == [(match["id"], "light-cycles", 1)]
    assert 0 < costly[0]["busy_ms"] <= costly[0]["busy_ms_since_loaded"]
    assert told["madang_tick_lateness_seconds_count",] > 10


RULES = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"][0]["rules"]


@pytest.mark.slow
async def test_alarms_and_the_handbook_name_metrics_that_exist(madang_server: Callable[..., MadangServer], redis_url):
    """`redis_url`: the numbers between processes are told only where there is a layer."""
    server = await asyncio.to_thread(madang_server, {"REDIS_URL": redis_url})
    text = (await asyncio.to_thread(server.get, "/metrics")).text
    told = {family.name for family in text_string_to_metric_families(text)}
    written = "\n".join(rule["expr"] for rule in RULES) + (ROOT / "docs" / "operating.md").read_text()
    written = written.replace("madang_edge", "")  # a network of docker compose
    named = {METRIC_ENDING.sub("", name) for name in re.findall(r"\bmadang_[a-z_]+\b", written)}
    assert len(named) > 15
    assert named - told == set()


def test_every_alarm_is_explained_in_the_handbook():
    handbook = (ROOT / "docs" / "operating.md").read_text()
    names = [rule["alert"] for rule in RULES]
    assert [name for name in names if f"| `{name}` |" not in handbook] == []
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alarm_is_whole(rule):
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "warn")
    assert rule["annotations"]["summary"].endswith(".")
    for opening, closing in ("()", "[]", "{}"):
        assert rule["expr"].count(opening) == rule["expr"].count(closing)
    assert re.fullmatch(r"\d+[sm]", rule.get("for", "1m"))
