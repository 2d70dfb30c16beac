"""Runs the SDK's own tests in node, and holds its table of final close codes to the server's."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from games.protocol.codes import RETRY

HERE = Path(__file__).parent
SDK = HERE.parent.parent / "static" / "sdk" / "madang.js"


def _node() -> str:
    """node from PATH, else the one that playwright brings along."""
    found = shutil.which("node")
    if found is not None:
        return found
    driver = pytest.importorskip("playwright._impl._driver", reason="node is found neither on PATH nor in playwright")
    executable = driver.compute_driver_executable()
    return str(executable[0] if isinstance(executable, tuple) else executable)


def test_the_sdk_passes_its_own_tests() -> None:
    files = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    assert files
    ran = subprocess.run([_node(), "--test", *files], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# fail 0" in ran.stdout or "fail 0" in ran.stdout


def test_the_sdk_gives_up_on_exactly_the_codes_that_say_do_not_retry() -> None:
    script = f"import({json.dumps(SDK.as_uri())}).then(({{ FINAL }}) => console.log(JSON.stringify([...FINAL])))"
    ran = subprocess.run(
        [_node(), "--input-type=module", "-e", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert sorted(json.loads(ran.stdout)) == sorted(code.value for code, retry in RETRY.items() if not retry)
