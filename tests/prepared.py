"""A data folder as a server leaves it at its first start: tables made, static files collected.

Made once in a run of tests and copied for each server, since making it takes longer than most tests with a server. The
first start itself is tested with the wheel, in an environment of its own.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def fill(data: Path, environ: Mapping[str, str]) -> None:
    """Make `data` such a folder, unless it is there already. `environ`: that of the server to come."""
    if data.exists():
        return
    data.mkdir(parents=True)
    if "MADANG_STATIC_DIR" not in environ:
        shutil.copytree(_folder() / "static", data / "static")
    if "DATABASE_URL" not in environ:
        shutil.copy(_folder() / "madang.sqlite3", data / "madang.sqlite3")


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="madang-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ours = ("MADANG_", "DATABASE_", "REDIS_", "DJANGO_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    for command in (("migrate", "--verbosity=0"), ("collectstatic", "--no-input", "--verbosity=0")):
        subprocess.run(
            [sys.executable, "-m", "gameserver", *command],
            env={**environ, "MADANG_DATA_DIR": str(folder)},
            cwd=ROOT,
            check=True,
        )
    return folder
