"""One site for all tests of this folder: building it takes longer than any of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose.site import Site, engine
from tests.servers import Unavailable


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Built and started; skipped where no engine answers, also in CI, since most machines have none."""
    try:
        engine()
    except Unavailable as why:
        pytest.skip(str(why))
    site = Site()
    site.compose("build", "--quiet")
    try:
        yield site
    finally:
        site.down()
        site.run("docker", "image", "rm", f"madang:{site.project}")
