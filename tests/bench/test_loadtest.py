"""The load test for operators: what it refuses, and once against a real server."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from bench import loadtest
from bench.loadtest import Refusal, target, wished
from tests import servers
from tests.servers import ROOT


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://127.9.9.9", "https://localhost:1/", "http://[::1]:80"]
)
def test_servers_of_this_machine_may_be_tested(url: str) -> None:
    assert target(url, remote=False) == url


@pytest.mark.parametrize("url", ["http://192.0.2.1:8000", "http://[2001:db8::1]", "http://0.0.0.0:8000"])
def test_another_machine_is_tested_only_when_told_so(url: str) -> None:
    with pytest.raises(Refusal, match="another machine"):
        target(url, remote=False)
    assert target(url, remote=True) == url


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://127.0.0.1/path", ""])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refusal, match="no server's address"):
        target(url, remote=True)


@pytest.mark.parametrize(
    "arguments", [["--matches=0"], ["--rate=0"], ["--rate=5001"], ["--seconds=301"], ["--rate=2000", "--seconds=60"]]
)
def test_the_load_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(Refusal, match=r"at most|is the most"):
        wished(arguments)


def test_enough_matches_are_prepared_for_boards_that_fill_up() -> None:
    test = wished(["--matches=5", "--rate=38", "--seconds=9"])
    assert test.matches == 5 + 10 + 1


def test_a_run_in_which_something_was_refused_or_lost_is_not_well() -> None:
    test = wished([])
    assert not test.well
    test.tally.due, test.tally.latencies_s = 1, [0.001, 0.002]
    assert test.well
    test.ills["stale"] += 1
    assert not test.well
    assert "1 × stale" in test.table()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench.loadtest", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=90)


def test_a_server_that_does_not_run_is_said_in_a_sentence() -> None:
    done = run("--url", f"http://127.0.0.1:{servers.free_port()}")
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)
    assert "is the server running?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_real_server_is_loaded_and_left_clean() -> None:
    with servers.madang({"MADANG_GUESTS_PER_MINUTE": "500"}) as server:
        done = run("--url", server.url, "--matches=4", "--rate=60", "--seconds=4")
        assert done.returncode == 0, done.stdout + done.stderr
        row = done.stdout.splitlines()[-1]
        found = re.fullmatch(r"\| 4 \| 60 \| (\d+) \| ([\d.]+) \| ([\d.]+) \| 0 \| 0 \|", row)
        assert found, done.stdout
        assert 50 <= int(found[1]) <= 70
        assert 0 < float(found[2]) <= float(found[3])
        assert len(server.command("matches").split("suspected")[1].strip()) == 0  # nothing is under way
    assert loadtest.WARM_S < 4
