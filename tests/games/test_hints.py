from __future__ import annotations

import pytest

from games import hints


@pytest.fixture(autouse=True)
def _nobody_else():
    yield
    hints.tell(None)


def test_a_hint_is_heard_here_and_told_to_others():
    heard, told = [], []
    unlisten = hints.listen(hints.MATCHES, heard.append)
    hints.tell(lambda topic, subject: told.append((topic, subject)))
    hints.give(hints.MATCHES, "abc")
    hints.hear(hints.MATCHES, "def")
    hints.give(hints.OVER, "ghi")
    unlisten()
    hints.hear(hints.MATCHES, "jkl")
    assert heard == ["abc", "def"]
    assert told == [(hints.MATCHES, "abc"), (hints.OVER, "ghi")]


def test_a_listener_that_fails_keeps_nobody_else_from_hearing():
    heard = []

    def fails(_subject):
        raise ValueError("of mine")

    unlisten = [hints.listen(hints.OVER, one) for one in (fails, heard.append)]
    hints.give(hints.OVER, "abc")
    for one in unlisten:
        one()
    assert heard == ["abc"]
