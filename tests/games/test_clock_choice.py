"""A time control is chosen in a form or over the API, refused where it means nothing, and told in words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from games import timing
from games.forms import NewMatch
from games.host.clock import Control
from games.host.entries import genesis
from games.models import Entry, Match
from games.replay import Record, begin, faults
from games.rules.connect_four import ConnectFour
from games.rules.light_cycles import LightCycles
from games.selectors import record_of, record_whole
from games.services import ServiceError, match_create
from tests.games.callers import Caller, by_key
from tests.games.played import guest

BLITZ = {"kind": "fischer", "base_ms": 180_000, "extra_ms": 2000}


def form(**chosen: str) -> NewMatch:
    return NewMatch(ConnectFour(), {"opponent": "open", "seat": "", **chosen})


# ── the form ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("preset", timing.PRESETS)
def test_every_preset_is_a_control(preset: str) -> None:
    chosen = form(clock=preset)
    assert chosen.is_valid(), chosen.errors
    assert msgspec.to_builtins(msgspec.convert(chosen.choices()["clock"], Control)) == timing.PRESETS[preset]


def test_without_a_choice_nobodys_time_is_measured() -> None:
    for chosen in (form(), form(clock=""), form(clock="", clock_minutes="5")):
        assert chosen.is_valid()
        assert chosen.choices()["clock"] is None


def test_who_wants_another_clock_says_how_long() -> None:
    own = form(clock="custom", clock_minutes="7", clock_seconds="3")
    assert own.is_valid()
    assert own.choices()["clock"] == {"kind": "fischer", "base_ms": 420_000, "extra_ms": 3000}
    plain = form(clock="custom", clock_minutes="7")
    assert plain.is_valid()
    assert plain.choices()["clock"]["extra_ms"] == 0


@pytest.mark.parametrize("wrong", [
    {"clock": "custom"},
    {"clock": "custom", "clock_minutes": "0"},
    {"clock": "custom", "clock_minutes": "181"},
    {"clock": "custom", "clock_minutes": "5", "clock_seconds": "181"},
    {"clock": "custom", "clock_minutes": "five"},
    {"clock": "2+1"},
])  # fmt: skip
def test_a_clock_that_means_nothing_is_told_in_the_form(wrong: dict[str, str]) -> None:
    refused = form(**wrong)
    assert not refused.is_valid()
    assert all(len(messages) == 1 for messages in refused.errors.values())


def test_a_game_with_ticks_asks_for_no_clock() -> None:
    assert not [name for name in NewMatch(LightCycles()).fields if name.startswith("clock")]


NAMES = [
    (None, ""),
    (BLITZ, "3+2"),
    ({"kind": "fischer", "base_ms": 90_000, "extra_ms": 0}, "1.5+0"),
    ({"kind": "move", "base_ms": 30_000, "extra_ms": 0}, "30 seconds a move"),
    ({"kind": "correspondence", "base_ms": 86_400_000, "extra_ms": 0}, "1 day a move"),
    ({"kind": "correspondence", "base_ms": 3 * 86_400_000, "extra_ms": 0}, "3 days a move"),
    ({"kind": "correspondence", "base_ms": 7_200_000, "extra_ms": 0}, "2 hours a move"),
    ({"kind": "delay", "base_ms": 300_000, "extra_ms": 5000}, "5 min, delay 5 s"),
    ({"kind": "bronstein", "base_ms": 300_000, "extra_ms": 5000}, "5 min, Bronstein 5 s"),
]


@pytest.mark.parametrize(("clock", "name"), NAMES)
def test_a_control_has_a_short_name(clock: dict[str, Any] | None, name: str) -> None:
    assert timing.control_name(clock) == name


# ── services ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_control_is_stored_whole_and_the_digest_begins_with_it() -> None:
    match = match_create(game="connect-four", options={}, by=guest(), clock={"kind": "fischer", "base_ms": 60_000})
    assert match.clock == {"kind": "fischer", "base_ms": 60_000, "extra_ms": 0}
    record = record_whole(match)
    facts = {name: getattr(match, name) for name in ("game", "edition", "fold", "options", "seats")}
    assert begin(record).digest == genesis(**facts, hashed_seed=match.seed_hash, clock=match.clock)
    assert begin(record).digest != genesis(**facts, hashed_seed=match.seed_hash)
    assert begin(record).control == Control("fischer", 60_000)


@pytest.mark.django_db
@pytest.mark.parametrize("clock", [
    {},
    {"kind": "sand", "base_ms": 60_000},
    {"kind": "fischer", "base_ms": 10},
    {"kind": "fischer", "base_ms": "60000"},
    {"kind": "correspondence", "base_ms": 60_000},
    {"kind": "move", "base_ms": 60_000, "extra_ms": 1},
    {"kind": "fischer", "base_ms": 60_000, "more": 1},
])  # fmt: skip
def test_no_match_is_made_with_a_clock_that_means_nothing(clock: dict[str, Any]) -> None:
    with pytest.raises(ServiceError) as refused:
        match_create(game="connect-four", options={}, by=guest(), clock=clock)
    assert refused.value.code == "bad_clock"
    assert not Match.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_game_with_ticks_takes_no_clock() -> None:
    with pytest.raises(ServiceError) as refused:
        match_create(game="light-cycles", options={}, by=guest(), clock=BLITZ)
    assert refused.value.code == "bad_clock"


@pytest.mark.django_db
def test_a_downloaded_record_tells_its_clock() -> None:
    match = match_create(game="tic-tac-toe", options={}, by=guest(), opponent="practice", clock=BLITZ)
    told = record_of(match)
    assert told["clock"] == BLITZ
    record = msgspec.convert(told, Record)
    assert "the log has no end" in faults(msgspec.structs.replace(record, seed=match.seed))
    another = msgspec.structs.replace(record, seed=match.seed, clock={**BLITZ, "extra_ms": 3000})
    assert "digest" in faults(another)[0]


# ── the API ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_throttles")
def test_a_match_is_begun_and_shown_with_its_clock() -> None:
    status, told = by_key().call("POST", "/matches", {"game": "connect-four", "clock": BLITZ})
    assert (status, told["clock"]) == (201, BLITZ)
    assert Caller().call("GET", f"/matches/{told['id']}")[1]["clock"] == BLITZ
    _, plain = by_key().call("POST", "/matches", {"game": "connect-four"})
    assert plain["clock"] is None


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_throttles")
@pytest.mark.parametrize("clock", [
    {"kind": "fischer"},
    {"kind": "fischer", "base_ms": "60000"},
    {"kind": "fischer", "base_ms": True},
    {"kind": "correspondence", "base_ms": 60_000},
    {"kind": "fischer", "base_ms": 60_000, "more": 1},
    "3+2",
])  # fmt: skip
def test_the_api_refuses_a_clock_that_means_nothing(clock: Any) -> None:
    status, told = by_key().call("POST", "/matches", {"game": "connect-four", "clock": clock})
    assert status == 422
    assert told["why"]
