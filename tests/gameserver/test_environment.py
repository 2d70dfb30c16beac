"""What the operator says by environment variables is judged before Django starts."""

import threading

import pytest

from gameserver import environment
from gameserver.environment import Refusal

GOOD = "q8Zt1w0yVbN3kLr7Xs2mDf5Hj9Pc4Ga6TeUiOoQnWvBxKzRlYpSdFhJgMa"


@pytest.mark.parametrize(
    ("said", "origins"),
    [
        ("", ["http://127.0.0.1:8123", "http://localhost:8123"]),
        ("https://play.example.org", ["https://play.example.org"]),
        ("https://Play.Example.org:443/", ["https://play.example.org"]),
        ("http://a.example:80, https://b.example:8443", ["http://a.example", "https://b.example:8443"]),
        ("http://[::1]:8000", ["http://[::1]:8000"]),
    ],
)
def test_origins_are_whole_and_as_browsers_write_them(said, origins):
    assert environment.origins({"MADANG_ORIGINS": said}, 8123) == origins


@pytest.mark.parametrize(
    "said",
    [
        "play.example.org",
        "*",
        "https://*.example.org",
        "ftp://example.org",
        "https://a.example/path",
        "https://a.example?x=1",
        "https://someone@a.example",
        "https://a.example:99999",
        "https://[::1",
        "https://",
    ],
)
def test_anything_less_than_an_origin_is_refused(said):
    with pytest.raises(Refusal, match="whole origins"):
        environment.origins({"MADANG_ORIGINS": said}, 8000)


@pytest.mark.parametrize(
    ("origin", "host"),
    [("https://a.example:8443", "a.example"), ("http://[::1]:8000", "[::1]"), ("http://127.0.0.1:1", "127.0.0.1")],
)
def test_hosts_follow_from_origins(origin, host):
    assert environment.host(origin) == host


@pytest.mark.parametrize("said", ["0", "65536", "-1", "80a", "٣", " "])
def test_a_port_that_is_none_is_refused(said):
    with pytest.raises(Refusal, match="PORT"):
        environment.port({"PORT": said})


@pytest.mark.parametrize("said", ["0", "-1", "many", "1.5", "²", "9" * 20])
def test_a_count_that_is_none_is_refused(said):
    with pytest.raises(Refusal, match="MADANG_GUESTS_PER_MINUTE"):
        environment.count({"MADANG_GUESTS_PER_MINUTE": said}, "MADANG_GUESTS_PER_MINUTE", 60)


def test_a_count_has_its_default_where_nobody_says():
    assert environment.count({}, "MADANG_GUESTS_PER_MINUTE", 60) == 60
    assert environment.count({"MADANG_GUESTS_PER_MINUTE": "5"}, "MADANG_GUESTS_PER_MINUTE", 60) == 5


def test_the_port_is_8000_where_nobody_says():
    assert environment.port({}) == environment.port({"PORT": ""}) == 8000


@pytest.mark.parametrize(("said", "means"), [("1", True), ("TRUE", True), ("0", False), ("", False), ("off", False)])
def test_a_switch_is_on_or_off(said, means):
    assert environment.flag({"MADANG_DEBUG": said}, "MADANG_DEBUG") is means


def test_a_switch_that_is_neither_on_nor_off_is_refused():
    with pytest.raises(Refusal, match="MADANG_DEBUG"):
        environment.flag({"MADANG_DEBUG": "maybe"}, "MADANG_DEBUG")


@pytest.mark.parametrize("weak", ["", "short", "x" * 49, "abcd" * 20])
def test_a_weak_secret_is_refused(weak, tmp_path):
    with pytest.raises(Refusal, match="MADANG_SECRET_KEY is too weak"):
        environment.secret_key({"MADANG_SECRET_KEY": weak}, tmp_path, debug=False)


def test_a_weak_secret_is_allowed_while_developing(tmp_path):
    assert environment.secret_key({"MADANG_SECRET_KEY": "short"}, tmp_path, debug=True) == "short"


def test_a_secret_that_is_given_is_used_and_no_file_is_made(tmp_path):
    assert environment.secret_key({"MADANG_SECRET_KEY": GOOD}, tmp_path, debug=False) == GOOD
    assert list(tmp_path.iterdir()) == []


def test_without_a_secret_the_data_folder_gets_a_private_one_that_stays(tmp_path):
    key = environment.secret_key({}, tmp_path, debug=False)
    path = tmp_path / "secret_key"
    assert len(key) >= 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert environment.secret_key({}, tmp_path, debug=False) == key
    assert list(tmp_path.iterdir()) == [path]


def test_two_folders_have_two_secrets(tmp_path):
    keys = set()
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        keys.add(environment.secret_key({}, folder, debug=False))
    assert len(keys) == 2


def test_servers_that_start_at_once_agree_on_one_secret(tmp_path):
    together = threading.Barrier(8)
    keys = []

    def start():
        together.wait()
        keys.append(environment.secret_key({}, tmp_path, debug=False))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("content", [b"", b"weak\n", b"\xff\xfe"])
def test_a_spoilt_secret_file_is_refused_by_name(content, tmp_path):
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(Refusal, match="secret_key"):
        environment.secret_key({}, tmp_path, debug=False)


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Refusal, match="MADANG_DATA_DIR"):
        environment.data_folder({"MADANG_DATA_DIR": str(file / "data")}, tmp_path)


def test_a_new_data_folder_is_private(tmp_path):
    folder = environment.data_folder({"MADANG_DATA_DIR": str(tmp_path / "a" / "data")}, tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_database_url_becomes_settings():
    url = "postgres://pl%40yer:p%3Aw@db.example:6432/games?sslmode=require"
    assert environment.postgres(url) == {
        "NAME": "games",
        "USER": "pl@yer",
        "PASSWORD": "p:w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_url_may_name_a_socket_folder():
    assert environment.postgres("postgresql:///games?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgres://host", "games", "postgres://h:port/db", "postgres://[/db"])
def test_a_database_url_that_is_not_understood_is_refused(url):
    with pytest.raises(Refusal, match="DATABASE_URL"):
        environment.postgres(url)


def test_what_is_secret_may_stand_in_a_file(tmp_path):
    file = tmp_path / "database_url"
    file.write_text("postgres://madang:secret@database/madang\n")
    said = environment.said({"DATABASE_URL_FILE": str(file), "DATABASE_URL": ""}, "DATABASE_URL")
    assert said == "postgres://madang:secret@database/madang"
    assert environment.said({"DATABASE_URL": "postgres://x/y"}, "DATABASE_URL") == "postgres://x/y"
    assert environment.said({}, "DATABASE_URL") is None


def test_a_key_in_a_named_file_is_the_key(tmp_path):
    file = tmp_path / "key"
    file.write_text(GOOD)
    assert environment.secret_key({"MADANG_SECRET_KEY_FILE": str(file)}, tmp_path, debug=False) == GOOD
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_named_file_that_cannot_be_read_is_refused(tmp_path, content):
    file = tmp_path / "redis_url"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Refusal, match=r"redis_url.*correct REDIS_URL_FILE"):
        environment.said({"REDIS_URL_FILE": str(file)}, "REDIS_URL")


def test_a_value_and_a_file_at_once_are_refused(tmp_path):
    with pytest.raises(Refusal, match="unset one"):
        environment.said({"REDIS_URL": "redis://a", "REDIS_URL_FILE": str(tmp_path)}, "REDIS_URL")
