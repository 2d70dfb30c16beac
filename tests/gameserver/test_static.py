"""Static files are named by content, kept for ever by browsers, and never make a page wait."""

import errno
import os
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder
from django.core.management import call_command
from django.test import AsyncClient
from django.utils.module_loading import import_string

from gameserver import prepare, static
from gameserver.environment import Refusal


@pytest.mark.parametrize("path", settings.MIDDLEWARE)
def test_no_middleware_forces_views_onto_the_shared_thread(path):
    assert getattr(import_string(path), "async_capable", False) is True


@pytest.fixture
def collected(tmp_path, settings):
    (tmp_path / "app.js").write_text("export const one = 1;\n")
    (tmp_path / "app.js.gz").write_bytes(b"packed")
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def sources(tmp_path, settings):
    """One file to collect, and an empty folder for it."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "app.js").write_text("export const one = 1;\n")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "gameserver.static.HashedStorage"}}
    get_finder.cache_clear()
    yield source
    get_finder.cache_clear()


def test_files_are_collected_again_when_one_has_changed_and_not_when_times_have(sources):
    assert not static.is_collected()
    call_command("collectstatic", interactive=False, verbosity=0)
    assert static.is_collected()
    os.utime(sources / "app.js", (1, 1))
    assert static.is_collected()
    (sources / "app.js").write_text("export const one = 2;\n")
    assert not static.is_collected()


def test_a_folder_that_cannot_be_written_is_refused_unless_its_files_are_this_releases(sources, settings, monkeypatch):
    call_command("collectstatic", interactive=False, verbosity=0)

    def read_only(*arguments, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(prepare, "call_command", read_only)
    prepare._collect_static()
    (sources / "app.js").write_text("export const one = 2;\n")
    with pytest.raises(Refusal, match="run `python -m gameserver collectstatic`"):
        prepare._collect_static()


async def get(path, **headers):
    return await AsyncClient().get(path, headers=headers)


async def test_a_file_comes_whole_with_its_type(collected):
    answer = await get("/static/app.js")
    assert (answer.status_code, answer.content) == (200, b"export const one = 1;\n")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Content-Length"] == "22"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


async def test_who_takes_a_packed_file_gets_one(collected):
    answer = await get("/static/app.js", accept_encoding="gzip")
    assert (answer.content, answer["Content-Encoding"]) == (b"packed", "gzip")


async def test_who_has_the_file_is_told_so(collected):
    etag = (await get("/static/app.js"))["ETag"]
    answer = await get("/static/app.js", if_none_match=etag)
    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_part_is_a_part(collected):
    answer = await get("/static/app.js", range="bytes=0-5")
    assert (answer.status_code, answer.content) == (206, b"export")


async def test_a_head_has_no_body(collected):
    answer = await AsyncClient().head("/static/app.js")
    assert (answer.status_code, answer.content, answer["Content-Length"]) == (200, b"", "22")


@pytest.mark.django_db  # the page that says so shows announcements
@pytest.mark.parametrize("path", ["/static/none.js", "/static/", "/static/../secret_key", "/static/%2e%2e/secret_key"])
async def test_what_was_not_collected_is_not_found(collected, path):
    assert (await get(path)).status_code == 404


def test_a_real_server_serves_pages_whose_files_may_be_kept_for_ever(madang_server):
    server = madang_server()
    page = server.get("/")
    scripts = [server.get(path) for path in re.findall(r'src="(/static/[^"]+\.js)"', page.text)]
    assert scripts
    assert all("immutable" in script.headers["Cache-Control"] for script in scripts)
    # The modules that a module imports are named by their content too.
    imported = [name for script in scripts for name in re.findall(r'from\s*"([^"]+)"', script.text)]
    assert imported
    assert [name for name in imported if not re.search(r"\.[0-9a-f]{12}\.js$", name)] == []
