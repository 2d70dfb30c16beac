"""`docker compose up`: everything starts, is played through the proxy, and bears what operators do to it."""

from __future__ import annotations

import asyncio
import json
import os
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Any, cast

import pytest

from tests.compose.site import Site
from tests.games.worlds import World
from tests.servers import MadangServer
from tests.soak.field import GAMES, Field
from tests.soak.truth import disagreements, kept

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# Random matches take seconds; a match that waits for a process that has just gone takes a few more.
FINISH_S = 120.0


@pytest.fixture(scope="module")
def up(site: Site) -> tuple[Site, float]:
    return site, site.up()


@pytest.fixture
def running(up: tuple[Site, float]) -> Site:
    return up[0]


def ask(site: Site, path: str, body: Any = None, **headers: str) -> tuple[int, str, Message]:
    """Status, text and headers of an answer, whichever it is."""
    data = None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(site.url + path, data, {"Content-Type": "application/json", **named})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def a_field(site: Site, matches: int, *, pace_s: float = 0.02, games: tuple[str, ...] = GAMES) -> Field:
    server = cast("MadangServer", site)  # an address and its output are all that a field wants
    seed = int.from_bytes(os.urandom(4))
    return Field(server, matches=matches, accidents=("nothing", "cut"), seed=seed, pace_s=pace_s, games=games)


def wrong(site: Site, field: Field) -> list[str]:
    """Everything in which the players and the database differ."""
    with site.database() as reader:
        world = cast("World", reader)
        return field.history.breaches() + [
            f"{played.public_id}: {fault}"
            for played in field.played
            for fault in disagreements(kept(world, played.public_id), played.pages)
        ]


def one(site: Site, query: str) -> Any:
    with site.database() as reader:
        return reader.sql(query)[0][0]


def owners(site: Site) -> int:
    """How many processes own a match."""
    return int(one(site, "SELECT count(DISTINCT host_id) FROM games_lease WHERE host_id IS NOT NULL"))


def relayed(site: Site) -> float:
    """How many of the sockets are not where their match is: none while the proxy hashes and nobody comes or goes."""
    return site.figure("madang_relayed_connections") / max(1, site.figure("madang_connections"))


def test_one_command_makes_it_playable_within_a_minute(up: tuple[Site, float]) -> None:
    site, seconds = up
    assert seconds < 60
    status, page, _ = ask(site, "/")
    assert (status, "<html" in page) == (200, True)
    assert len(site.containers("web")) == 2


def test_the_image_is_small(running: Site) -> None:
    (size,) = running.run("docker", "image", "inspect", "--format", "{{.Size}}", f"madang:{running.project}").split()
    assert int(size) < 250_000_000


def test_static_files_may_be_kept_for_ever(running: Site) -> None:
    page = ask(running, "/")[1]
    path = page.split('src="/static/')[1].split('"')[0]
    status, _, headers = ask(running, f"/static/{path}")
    assert status == 200
    assert "immutable" in headers["Cache-Control"]


async def test_matches_are_played_to_their_ends_in_both_processes(running: Site) -> None:
    field = a_field(running, 20)
    await field.prepare()
    await field.gather()
    assert owners(running) == 2
    assert relayed(running) == 0
    field.begin()
    await field.finish(FINISH_S)
    assert wrong(running, field) == []


def test_nobody_is_root_and_nothing_can_be_written_beside_the_volumes(running: Site) -> None:
    for container in running.containers():
        host, name = container["HostConfig"], container["Name"]
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert host["Memory"] > 0, name
        assert host["NanoCpus"] > 0, name
        assert host["PidsLimit"] > 0, name
        assert host["RestartPolicy"]["Name"] == "unless-stopped", name
        assert running.run("docker", "exec", container["Id"], "id", "-u").strip() != "0", name


def test_only_the_proxy_is_published_and_only_to_this_machine(running: Site) -> None:
    published = {
        container["Config"]["Labels"]["com.docker.compose.service"]: {
            address["HostIp"] for ports in container["NetworkSettings"]["Ports"].values() for address in ports or ()
        }
        for container in running.containers()
    }
    assert published == {"proxy": {"127.0.0.1"}, "web": set(), "database": set(), "redis": set()}


def test_no_password_is_known_before_the_first_start(running: Site) -> None:
    told = running.compose("config") + json.dumps([each["Config"]["Env"] for each in running.containers()])
    for path in ("/secrets/database/password", "/secrets/web/secret_key"):
        secret = running.compose("run", "--rm", "--no-deps", "-T", "secrets", "cat", path)
        assert len(secret) == 64
        assert secret not in told
    assert "NOAUTH" in running.compose("exec", "-T", "redis", "redis-cli", "get", "anything")
    guess = "import psycopg; psycopg.connect('postgres://madang:madang@database/madang')"
    with pytest.raises(RuntimeError, match="password authentication failed"):
        running.compose("exec", "-T", "web", "python", "-c", guess)


def test_the_proxy_tells_nobody_figures_and_takes_no_endless_body(running: Site) -> None:
    assert ask(running, "/metrics")[0] == ask(running, "/%6detrics/matches")[0] == 404
    assert ask(running, "/api/players", "x" * 1_100_000)[0] == 413
    assert ask(running, "/api/players", {}, Transfer_Encoding="chunked")[0] == 411


async def test_more_processes_take_their_share_at_once(running: Site) -> None:
    running.up("--no-recreate", "--scale", "web=4")
    await asyncio.sleep(3)  # the proxy asks for names every second
    field = a_field(running, 40)
    await field.prepare()
    await field.gather()
    assert owners(running) == 4
    assert relayed(running) == 0
    field.begin()
    await field.finish(FINISH_S)
    assert wrong(running, field) == []
    running.up("--no-recreate")
    assert len(running.containers("web")) == 2


async def test_a_rolling_restart_under_play_loses_nothing_and_everyone_comes_back(running: Site) -> None:
    before = {container["Id"] for container in running.containers("web")}
    running.compose("build", "--quiet")  # what there is to build is not what is measured
    # A match of random moves then lasts about a minute; the roll, twenty seconds.
    field = a_field(running, 30, pace_s=3.0, games=("connect-four",))
    await field.prepare()
    await field.gather()
    field.begin()
    await asyncio.to_thread(running.run, "deploy/roll.sh")
    after = {container["Id"] for container in running.containers("web")}
    assert len(after) == len(before)
    assert not before & after
    await settled(running)
    told_to_come_back = [page for page in field.pages() if 1012 in page.closes]
    assert len(told_to_come_back) > len(field.pages()) / 2  # else all was over before anything happened
    for page in field.pages():
        page.pace_s = 0
    await field.finish(FINISH_S)
    assert wrong(running, field) == []


async def settled(site: Site) -> None:
    """Within a minute of a change nearly all sockets are again where their match is."""
    deadline = time.monotonic() + 60
    while await asyncio.to_thread(relayed, site) >= 0.05:
        assert time.monotonic() < deadline
        await asyncio.sleep(1)


def test_a_backup_brings_everything_back_after_the_volumes_are_gone(running: Site, tmp_path: Path) -> None:
    ended = one(running, "SELECT public_id FROM games_match WHERE status = 'over' ORDER BY id DESC LIMIT 1")
    record = ask(running, f"/api/matches/{ended}/record")
    key = json.loads(ask(running, "/api/players", {"name": "Ann"})[1])["key"]
    backup = str(tmp_path / "backup.tar")
    running.run("deploy/backup.sh", backup)
    with pytest.raises(RuntimeError, match="this database has matches"):
        running.run("deploy/restore.sh", backup)
    running.down()
    assert running.project not in running.run("docker", "volume", "ls", "--quiet")
    running.run("deploy/restore.sh", backup)
    again = ask(running, f"/api/matches/{ended}/record")
    assert (again[0], again[1]) == (200, record[1])
    assert json.loads(ask(running, "/api/me", Authorization=f"Bearer {key}")[1])["name"] == "Ann"
    assert "fold to what they claim" in running.madang("verifyrecords")


def test_nobody_escapes_the_limit_by_saying_to_come_from_elsewhere(running: Site) -> None:
    """Last: afterwards this address may not make players for a minute."""
    lies = [ask(running, "/api/players", {}, X_Forwarded_For=f"198.51.100.{n % 250}")[0] for n in range(500)]
    assert 429 in lies
