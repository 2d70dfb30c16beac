"""Other servers' packages, in folders of their own: by name and version from PyPI and npm, once.

They never enter the project's own environment. `rivals.py` starts what is installed here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.targets import ROOT
from tests import servers

PEERS = ROOT / "bench" / "peers"
_TOOLS = ROOT / ".tools" / "peers"


def python(peer: str) -> Path:
    """The interpreter of an environment with the peer's packages."""
    wanted, folder = PEERS / peer / "requirements.txt", _TOOLS / peer
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        _tried([sys.executable, "-m", "venv", "--clear", str(folder)], peer)
        _tried([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "-r", str(wanted)], peer)
        stamp.write_text(wanted.read_text())
    return folder / "bin" / "python"


def node(peer: str) -> Path:
    """The peer's program, in a folder with its packages, where Node finds them."""
    if not shutil.which("npm"):
        raise servers.Unavailable(f"{peer}: no npm")
    wanted, folder = PEERS / peer / "package.json", _TOOLS / peer
    folder.mkdir(parents=True, exist_ok=True)
    installed = folder / "package.json"
    if not installed.exists() or installed.read_text() != wanted.read_text():
        shutil.copy(wanted, installed)
        try:
            _tried(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)], peer)
        except servers.Unavailable:
            installed.unlink()
            raise
    for program in (PEERS / peer).glob("*.mjs"):
        shutil.copy(program, folder / program.name)
    return folder / "server.mjs"


def _tried(command: Sequence[str], peer: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise servers.Unavailable(f"{peer}: {' '.join(command[:3])} failed: {done.stderr.strip()[-300:]}")
