"""Where the server cannot start, it says in one sentence what to do; no traceback, and an exit code."""

import socket
import subprocess
import sys

import pytest

from tests import servers

SERVE = ["-m", "gameserver"]
MANAGE = ["manage.py", "check"]


def start(arguments, data, **environ):
    environ = {"PORT": str(servers.free_port()), **environ}
    return subprocess.run(
        [sys.executable, *arguments],
        env=servers.environment(data, environ),
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def refused(done, word):
    assert done.returncode == 2, done.stderr
    assert word in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Madang is at" not in done.stdout


@pytest.mark.parametrize("arguments", [SERVE, MANAGE], ids=["server", "manage"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MADANG_SECRET_KEY", "secret"),
        ("MADANG_SECRET_KEY", ""),
        ("MADANG_ORIGINS", "play.example.org"),
        ("MADANG_DEBUG", "perhaps"),
        ("PORT", "http"),
        ("DATABASE_URL", "mysql://localhost/games"),
    ],
)
def test_a_bad_variable_is_refused_by_name(arguments, name, value, tmp_path):
    refused(start(arguments, tmp_path / "data", **{name: value}), name)


@pytest.mark.parametrize("arguments", [SERVE, MANAGE], ids=["server", "manage"])
def test_a_data_folder_that_cannot_be_written_is_refused(arguments, tmp_path):
    (tmp_path / "file").touch()
    refused(start(arguments, tmp_path / "file" / "data"), "MADANG_DATA_DIR")


def test_a_port_in_use_is_refused_before_anything_is_touched(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused(start(SERVE, tmp_path / "data", PORT=str(taken.getsockname()[1])), "choose another port with PORT=")
    assert not (tmp_path / "data" / "madang.sqlite3").exists()


def test_a_database_that_does_not_answer_is_refused(tmp_path):
    url = f"postgres://postgres@127.0.0.1:{servers.free_port()}/games"
    refused(start(SERVE, tmp_path / "data", DATABASE_URL=url), "Cannot use the database")


def test_tables_of_another_release_are_refused_on_postgresql(postgres_database, tmp_path):
    refused(start(SERVE, tmp_path / "data", DATABASE_URL=postgres_database), "migrate")


def test_a_second_server_on_the_same_sqlite_file_is_refused(madang_server):
    first = madang_server()
    second = start(SERVE, first.folder / "data")
    refused(second, "Another server")
    assert str(first.pid) in second.stderr
    assert first.status("/readyz") == 200


def test_commands_may_run_beside_the_server(madang_server):
    assert "no issues" in madang_server().command("check", "--database", "default")
