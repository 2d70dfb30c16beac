"""The oracle that we did not write: `pyspiel`, or a skipped test where it is not installed."""

from __future__ import annotations

import os

import pytest

try:
    import pyspiel
except ImportError:
    if os.environ.get("CI", "").lower() in ("1", "true"):
        raise  # a machine may lack it, the one that judges may not
    pytest.skip("OpenSpiel is not installed: pip install --no-deps open-spiel", allow_module_level=True)

__all__ = ["pyspiel"]
