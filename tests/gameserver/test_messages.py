"""The catalogues of words are fresh, and the Korean one is whole."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from gameserver import messages


def test_the_catalogues_hold_today_s_texts() -> None:
    assert messages.stale() == [], "run `make messages`, translate what is new, and commit it"


def test_texts_are_found_in_python_templates_and_scripts() -> None:
    pages = {text for _place, text, _context in messages.pages()}
    scripts = {text for _place, text, _context in messages.scripts()}
    # One of each kind of source, so that an extractor that finds nothing is noticed.
    assert {"First to move", "Sit down and play", "Connect Four", "The match is over."} <= pages
    assert {"Your turn", "The match is over.", ("%(count)s watches", "%(count)s watch")} <= scripts


@pytest.mark.parametrize("domain", messages.DOMAINS)
def test_every_text_is_in_korean_with_the_same_blanks(domain: str) -> None:
    with messages.path_of(domain, "ko").open("rb") as file:
        catalog = read_po(file, locale="ko")
    for message in catalog:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[0]
        target = message.string if isinstance(message.string, str) else message.string[0]
        assert target, f"{source!r} has no Korean"
        assert _blanks(source) == _blanks(target), f"{target!r} fills in other values than {source!r}"


def _blanks(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]", text))
