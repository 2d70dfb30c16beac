"""The wheel, and an environment that has nothing but it and its dependencies: made once, for it takes a minute."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests import servers

BUILD = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Madang as it is distributed."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([*BUILD, "--wheel-dir", str(folder), "."], cwd=servers.ROOT, check=True)
    (found,) = folder.glob("madang-*.whl")
    return found


@pytest.fixture(scope="session")
def clean_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The interpreter of an environment into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--require-hashes", "-r", str(servers.ROOT / "requirements.lock")], check=True)
    subprocess.run([*pip, str(wheel)], check=True)
    return python
