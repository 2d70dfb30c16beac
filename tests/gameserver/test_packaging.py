"""Lock files, the architecture's contracts and the wheel stay true to the code."""

import configparser
import re
import subprocess
import tomllib
import zipfile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from games.rules import catalog
from tests import servers

LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-pure.lock"]
PROJECT = tomllib.loads((servers.ROOT / "pyproject.toml").read_text())


def locked(name):
    """The packages of a lock file, with the version that this interpreter would install."""
    lines = re.findall(r"^([^\s#-].*?) \\$", (servers.ROOT / name).read_text(), re.MULTILINE)
    pins = [Requirement(line) for line in lines]
    here = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in here}


def wanted(group):
    """The requirements of a dependency group, with those of the groups that it includes."""
    for item in PROJECT["dependency-groups"][group]:
        if isinstance(item, dict):
            yield from wanted(item["include-group"])
        else:
            yield Requirement(item)


RUNTIME = [Requirement(text) for text in PROJECT["project"]["dependencies"]]


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", [*RUNTIME, *wanted("build")]),
        ("requirements-dev.lock", [*RUNTIME, *wanted("dev")]),
        ("requirements-pure.lock", list(wanted("pure"))),
    ],
)
def test_a_lock_file_holds_what_the_project_asks_for(lock, requirements):
    pins = locked(lock)
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate():
            assert pins.get(canonicalize_name(requirement.name)) in requirement.specifier, f"{requirement}: make lock"


def test_lock_files_agree_with_each_other():
    dev = locked("requirements-dev.lock")
    for name in LOCKS:
        assert locked(name).items() <= dev.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_pin_by_hash_and_name_no_host(lock):
    text = (servers.ROOT / lock).read_text()
    assert "://" not in text
    assert text.count("==") > 5
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        assert "==" not in block.split("#")[0] or "--hash=sha256:" in block, block


def test_the_pure_lock_has_no_django():
    assert not {"django", "channels", "uvicorn"} & locked("requirements-pure.lock").keys()


def test_docs_name_every_dependency():
    text = (servers.ROOT / "docs" / "dependencies.md").read_text().lower()
    names = {requirement.name for requirement in [*RUNTIME, *wanted("dev")]}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_every_game_stands_in_the_contract_that_keeps_games_apart():
    contracts = configparser.ConfigParser()
    contracts.read(servers.ROOT / ".importlinter")
    listed = contracts["importlinter:contract:games-independent"]["modules"].split()
    modules = {type(rules).__module__ for rules in catalog.GAMES}
    assert set(listed) == modules


def test_consumers_do_not_import_djangos_database():
    """import-linter cannot forbid a part of Django; consumers may read its settings and cookies."""
    sources = sorted((servers.ROOT / "games" / "consumers").glob("*.py"))
    assert sources
    for path in sources:
        assert not re.search(r"\bdjango\.(db|contrib)\b", path.read_text()), path


@pytest.mark.slow
def test_the_wheel_holds_packages_pages_and_compiled_messages_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    packages = {"gameserver", "games", "players", "tournaments", "moderation"}
    assert {name.split("/")[0] for name in names} - packages == {"madang-0.1.0.dist-info"}
    assert any(name.startswith("gameserver/templates/") for name in names)
    assert "gameserver/static/sdk/madang.js" in names
    assert "gameserver/locale/ko/LC_MESSAGES/django.mo" in names
    assert "games/py.typed" in names


@pytest.mark.slow
@pytest.mark.timeout(300)  # installs all packages into a new environment
def test_the_wheel_serves_in_a_clean_environment(clean_python, tmp_path):
    subprocess.run([clean_python, "-c", "from games.rules.base import Rules"], check=True, cwd=tmp_path)
    with servers.madang(python=clean_python) as server:
        assert server.status("/readyz") == 200
        assert server.status("/") == 200
        assert server.stop() == 0
