"""The load generator: frames, order of moves, and what is counted. And once everything together, for its working."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from math import isclose
from pathlib import Path

import pytest

from bench import load, meters, wire
from bench.load import Play, Tally
from bench.prepare import MOVES_AT_LEAST, lines_of_play, moves
from games.rules.base import Env
from games.rules.connect_four import ConnectFour
from tests.servers import ROOT


class FakeSocket:
    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, whole_frame: bytes) -> None:
        self.sent.append(whole_frame)


def a_play(count: int) -> tuple[Play, Tally]:
    tally = Tally()
    tally.window = (0.0, float("inf"))
    play = Play([(number % 2, b"move %d" % number) for number in range(count)], tally)
    play.sockets = [FakeSocket(), FakeSocket()]  # type: ignore[list-item]
    return play, tally


def server_frame(payload: bytes, opcode: int = wire.TEXT) -> bytes:
    size = len(payload)
    length = bytes([size]) if size < 126 else bytes([126]) + size.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + length + payload


def test_a_move_waits_until_its_mover_has_seen_the_one_before() -> None:
    play, _ = a_play(3)
    play.fall_due(1.0)
    play.fall_due(2.0)
    assert [socket.sent for socket in play.sockets] == [[b"move 0"], []]
    play.arrived(0)
    assert play.sockets[1].sent == []
    play.arrived(1)
    assert play.sockets[1].sent == [b"move 1"]


def test_a_move_that_waited_keeps_the_time_at_which_it_was_due(monkeypatch: pytest.MonkeyPatch) -> None:
    play, tally = a_play(2)
    play.fall_due(1.0)
    play.fall_due(1.5)
    monkeypatch.setattr(load.time, "monotonic", lambda: 4.0)
    for _ in range(2):
        play.arrived(0)
        play.arrived(1)
    assert tally.latencies_s == [3.0, 3.0, 2.5, 2.5]
    assert tally.arrived == 4


def test_only_what_falls_into_the_window_counts() -> None:
    tally = Tally()
    tally.window = (10.0, 20.0)
    for due_s, now_s in ((9.0, 9.5), (9.9, 10.1), (15.0, 16.0), (19.9, 20.5), (20.0, 20.1)):
        tally.note(due_s, now_s)
    assert tally.arrived == 2
    assert [isclose(one, expected) for one, expected in zip(tally.latencies_s, (1.0, 0.6), strict=True)] == [True, True]


async def test_frames_are_found_however_they_are_cut() -> None:
    payloads = [b"short", b"x" * 125, b"y" * 126, b"z" * 5000, b""]
    stream = b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + b"".join(map(server_frame, payloads))
    for seed in range(20):
        heard: list[bytes] = []
        lost: list[str] = []
        socket = wire.Socket(b"", heard.append, lost.append)
        rest, rng = stream, random.Random(seed)
        while rest:
            cut = rng.randint(1, 200)
            socket.data_received(rest[:cut])
            rest = rest[cut:]
        assert heard == payloads
        assert lost == []
        assert socket.opened.done()


async def test_a_refused_handshake_and_a_close_are_told() -> None:
    lost: list[str] = []
    refused = wire.Socket(b"", lambda payload: None, lost.append)
    refused.data_received(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    with pytest.raises(ConnectionError, match="403"):
        await refused.opened
    closed = wire.Socket(b"", lambda payload: None, lost.append)
    closed.data_received(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    closed.data_received(server_frame((4009).to_bytes(2, "big") + b"slow", wire.CLOSE))
    assert lost[1:] == ["closed with 4009: slow"]


def test_a_client_frame_is_masked_with_zeros() -> None:
    assert wire.frame(b"hi") == b"\x81\x82\0\0\0\0hi"
    assert wire.frame(b"h" * 200)[:8] == b"\x81\xfe\x00\xc8\0\0\0\0"


def test_prepared_lines_are_legal_and_won_by_nobody() -> None:
    rules, env = ConnectFour(), Env(seed=b"", n=0, ms=0)
    for columns in lines_of_play(random.Random(1)):
        assert len(columns) >= MOVES_AT_LEAST
        state = rules.setup(rules.options(), 2, env)
        for (seat, _), column in zip(moves(columns), columns, strict=True):
            assert column in rules.turns(state)[seat]
            state = rules.step(state, {seat: column}, env)
            assert rules.result(state) is None


def test_the_meter_counts_what_another_process_spends() -> None:
    busy = [sys.executable, "-c", "print(sum(range(20_000_000)), flush=True); input()"]
    with subprocess.Popen(busy, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        meter = meters.Meter(child.pid)
        meter.begin()
        child.stdout.readline()
        spent_s = meter.spent_s()
        assert meters.rss_bytes(child.pid) > 1_000_000
        child.communicate(b"\n")
    assert 0.02 < spent_s < 60


def test_quantiles() -> None:
    assert load.quantile([], 0.5) == 0
    assert load.quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert load.quantile([1.0, 2.0], 0.99) == 2.0


SPREAD = r" [\d.]+ / \*\*([\d.]+)\*\* / [\d.]+ \|"


def quick(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", "--quick", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.mark.slow
def test_a_quick_bench_measures_every_server_at_hand(tmp_path: Path) -> None:
    done = quick("A", "C", "--plots", str(tmp_path))
    rows = re.findall(rf"^\| (Madang|stock Channels), [\w/, ]+ \|{SPREAD} (?:–|[\d.]+) \|", done.stdout, re.MULTILINE)
    missing = done.stdout.count("left out: ")
    assert len(rows) >= 2 - missing, done.stdout
    assert all(float(cpu) > 1 for _, cpu in rows), done.stdout
    ticked = re.findall(rf"^\| Madang, \w+ \|(?:{SPREAD}){{3}} [\d.]+ \| \d+ of 300 \|", done.stdout, re.MULTILINE)
    assert len(ticked) >= 1, done.stdout
    assert len(list(tmp_path.glob("*.svg"))) == 2


@pytest.mark.slow
def test_a_quick_growth_tells_a_row_for_everything_that_grows() -> None:
    done = quick("growth")
    grown = re.findall(rf"^\| (?:live|idle|spectators|lines) .+ \| \d+ \|{SPREAD}", done.stdout, re.MULTILINE)
    assert len(grown) == 4 or "left out: " in done.stdout, done.stdout
