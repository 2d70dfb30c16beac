"""The server stops in order, and within its bound whatever hangs."""

import contextlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from gameserver import server
from tests import servers


class Stub:
    def __init__(self, folder, behaviour="in-order"):
        self.port = servers.free_port()
        self.log = folder / "log"
        environ = servers.environment(folder / "data", {"DJANGO_SETTINGS_MODULE": "gameserver.settings"})
        with self.log.open("wb") as output:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "tests.gameserver.stub_server", str(self.port), behaviour],
                stdout=output,
                stderr=output,
                env=environ,
                cwd=servers.ROOT,
            )
        servers.wait_until(self.answers, "the stub", self.child, self.log)

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self, *signals):
        """Send the signals half a second apart; the seconds until the end."""
        began = time.monotonic()
        for number in signals:
            self.child.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(0.5)
        self.child.wait(30)
        return time.monotonic() - began

    def connect(self, request):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(request)
        return connection

    def lines(self):
        return [line for line in self.log.read_text().splitlines() if not line.startswith(("{", " ", "Traceback"))]


@pytest.fixture
def stub(tmp_path):
    started = []

    def start(behaviour="in-order"):
        started.append(Stub(tmp_path, behaviour))
        return started[-1]

    yield start
    for each in started:
        servers.end(each.child, signal.SIGKILL)


UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SLOW = b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
IN_ORDER = ["lifespan.startup", "drain", "drained", "lifespan.shutdown", "gone"]


def test_the_bounds_add_up_to_less_than_20_seconds():
    assert server.DRAIN_S + server.CLOSE_S < server.STOP_S < 20
    assert server.CLOSE_CONNECTIONS_S < server.CLOSE_S


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_then_closes_then_ends_with_exit_code_0(stub, number):
    running = stub()
    assert running.stop(number) < server.DRAIN_S
    assert running.child.returncode == 0
    assert [line for line in running.lines() if not line.startswith("Madang is at")] == IN_ORDER


def test_a_reader_that_is_stuck_does_not_hold_up_the_stop(stub):
    running = stub()
    with running.connect(UPGRADE):
        time.sleep(1)  # real sockets: until both buffers are full
        assert running.stop(signal.SIGTERM) < server.STOP_S
    assert running.child.returncode == 0


def test_a_request_that_never_ends_does_not_hold_up_the_stop(stub):
    running = stub()
    with running.connect(SLOW):
        assert running.stop(signal.SIGTERM) < server.STOP_S
    assert running.child.returncode == 0


def test_a_lifespan_that_hangs_is_left_behind(stub):
    running = stub("lifespan-hangs")
    assert running.stop(signal.SIGTERM) < server.STOP_S
    assert running.child.returncode == 0


def test_a_drain_that_fails_is_logged_and_the_stop_goes_on(stub):
    running = stub("drain-fails")
    assert running.stop(signal.SIGTERM) < server.DRAIN_S
    assert "the disk is full" in running.log.read_text()
    assert "lifespan.shutdown" in running.lines()


def test_a_drain_that_hangs_is_left_behind_within_its_bound(stub):
    running = stub("drain-hangs")
    assert 1 <= running.stop(signal.SIGTERM) < server.DRAIN_S
    assert "lifespan.shutdown" in running.lines()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_does_not_wait_for_the_drain(stub, number):
    running = stub("drain-hangs-long")
    assert running.stop(number, number) < server.DRAIN_S


def test_a_thread_that_hangs_ends_with_the_process(stub):
    running = stub("thread-hangs")
    assert 1 <= running.stop(signal.SIGTERM) < server.STOP_S
    assert running.child.returncode == 1
