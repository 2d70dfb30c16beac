"""The measuring of frames: what is compared is the same message, and a browser reads the same from both."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from playwright.sync_api import sync_playwright

from bench import field, frames
from games.rules.catalog import GAMES
from tests import servers


def test_every_game_sends_a_welcome_and_updates_or_ticks() -> None:
    for game in GAMES:
        kinds = frames._played(game, quick=True).keys()
        assert {"welcome", "tick" if game.hz else "update"} <= kinds


@pytest.mark.slow
def test_a_browser_reads_the_same_from_both_formats() -> None:
    sent = [one for game in GAMES for kind in frames._played(game, quick=True).values() for one in kind]
    pairs = [(frames.json_encode(one).decode(), frames.pack(one).hex()) for one in sent]
    same = """(pairs) => pairs.filter(([text, hex]) => {
      const bytes = Uint8Array.from(hex.match(/../g) ?? [], (one) => parseInt(one, 16));
      return JSON.stringify(unpacked(bytes.buffer)) !== JSON.stringify(JSON.parse(text));
    })"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(servers.chromium()), args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(content=frames._READER.read_text())
        wrong: list[Any] = page.evaluate(same, pairs)
        browser.close()
    assert wrong == []


def test_the_field_of_the_measuring_is_as_full_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    field.run(quick=True)
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| 256")]
    assert len(rows) == 2
    assert msgspec.json.decode(rows[0].split("|")[1]) == 256
