"""Lines of the log say in fields what they are about, and probes write none."""

from __future__ import annotations

import ast
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.test import RequestFactory

from gameserver import logs
from tests.servers import ROOT


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """Lines as a server writes them where no terminal is, parsed after the test has written them."""
    settings = logs.logging_settings(terminal=False)
    formatter = settings["formatters"]["lines"]
    made = formatter["()"](**{name: value for name, value in formatter.items() if name != "()"})
    written: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(self.format(record)))

    handler = Keep()
    handler.setFormatter(made)
    for name in settings["handlers"]["stderr"]["filters"]:
        handler.addFilter(settings["filters"][name]["()"]())
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


logger = logging.getLogger("games.driver.core")


def test_a_line_about_a_match_has_it_as_a_field(lines: list[dict[str, Any]]) -> None:
    logger.warning("fault in %s edition %s: match %s, entry %s, seat %s", "arena", 1, "abc123", 7, None)
    assert lines[0]["event"] == "fault in arena edition 1: match abc123, entry 7, seat None"
    assert (lines[0]["match"], lines[0]["entry"], lines[0]["seat"]) == ("abc123", 7, None)


def test_a_primary_key_is_not_taken_for_a_public_id(lines: list[dict[str, Any]]) -> None:
    logger.warning("match %s: 100%% of entry %d waits for %.1f s", 42, 3, 0.25)
    assert (lines[0]["match_pk"], lines[0]["entry"]) == (42, 3)
    assert "match" not in lines[0]
    assert lines[0]["event"] == "match 42: 100% of entry 3 waits for 0.2 s"


def test_a_line_about_a_connection_has_it_as_a_field_with_its_match(lines: list[dict[str, Any]]) -> None:
    try:
        raise ValueError("inside")
    except ValueError:
        logger.exception("connection %d of match %s failed", 9, "abc123")
    assert (lines[0]["connection"], lines[0]["match"]) == (9, "abc123")
    assert "ValueError: inside" in lines[0]["exception"]


def test_structlog_lines_keep_their_own_fields(lines: list[dict[str, Any]]) -> None:
    structlog.get_logger("games.somewhere").warning("waiting", match="abc123", seconds=3)
    assert (lines[0]["match"], lines[0]["seconds"], lines[0]["event"]) == ("abc123", 3, "waiting")


def test_lines_about_nothing_in_particular_stay_as_they_are(lines: list[dict[str, Any]]) -> None:
    logger.warning("matches %d wait", 3)
    logger.warning("100% sure")
    logger.warning("no heartbeat: %s", "match %s")
    named = {"match", "match_pk", "connection", "host", "entry", "seat", "command"}
    assert [set(line) & named for line in lines] == [set(), set(), set()]


@pytest.mark.parametrize(("path", "told"), [("/readyz", 0), ("/healthz", 0), ("/metrics", 0), ("/matches/x", 1)])
def test_what_probes_are_answered_is_not_logged(path: str, told: int) -> None:
    filters = logs.logging_settings(terminal=False)
    assert filters["loggers"]["django.request"]["filters"] == ["not_a_probe"]
    keep = filters["filters"]["not_a_probe"]["()"]()
    record = logging.makeLogRecord({"request": RequestFactory().get(path)})
    assert int(keep(record)) == told


# ── all lines that there are ────────────────────────────────────────────────────────────────────────────────

METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
ABOUT = ("match", "connection")


def messages() -> Iterator[tuple[str, str]]:
    """Where it stands, and the message, of each call of a logger in the server's own code. "A match" is none."""
    for package in ("games", "gameserver", "players", "tournaments", "moderation"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                    continue
                owner = node.func.value
                if node.func.attr in METHODS and isinstance(owner, ast.Name) and owner.id in ("logger", "log", "_log"):
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", first.value


def test_every_message_that_speaks_of_one_match_or_connection_names_it() -> None:
    found = list(messages())
    assert len(found) > 30
    nameless = [
        (place, message)
        for place, message in found
        for word in ABOUT
        if re.search(rf"(?<!\ba )(?<!its ){word}\b", message) and f"{word} %" not in message
    ]
    assert nameless == []
