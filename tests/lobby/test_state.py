"""The law of the lobby: whoever follows the patches sees what the newest whole says; and however much is new, a frame
stays small and nothing is lost."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from games.lobby.state import NEW_ROWS, Told
from games.protocol import codec, patch
from games.protocol.messages import (
    Changed,
    ListedClock,
    ListedMatch,
    ListedSeat,
    Lobby,
    LobbyCounts,
    LobbyServerMessage,
    Picture,
)

IDS = st.sampled_from([f"match{number:07}" for number in range(8)])
SEATS = st.builds(
    ListedSeat,
    name=st.sampled_from(["Ada", "Bob", "달"]),
    player=st.none() | st.just("pQ8rT2vYxA4b"),
    bot=st.none() | st.just("practice"),
    rating=st.sampled_from([None, 1500, 1720]),
    provisional=st.booleans(),
)
MATCHES = st.builds(
    ListedMatch,
    game=st.sampled_from(["connect-four", "arena"]),
    seats=st.integers(1, 24),
    taken=st.integers(0, 24),
    at=st.just(1_790_000_000_000),
    sitting=st.dictionaries(st.sampled_from("0123"), SEATS, max_size=3),
    clock=st.none() | st.just(ListedClock("fischer", 180_000, 2000)),
    rated=st.booleans(),
)
LISTS = st.dictionaries(IDS, MATCHES, max_size=7)
NUMBERS = st.integers(0, 9)
PICTURES = st.builds(
    Picture,
    open=LISTS,
    live=LISTS,
    tv=st.dictionaries(st.sampled_from(["connect-four", "arena"]), IDS, max_size=2),
    counts=st.builds(LobbyCounts, NUMBERS, NUMBERS, NUMBERS),
)


@settings(max_examples=50)
@given(PICTURES, st.lists(PICTURES, max_size=3))
def test_the_whole_and_the_patches_after_it_are_the_newest_whole(first: Picture, readings: list[Picture]) -> None:
    told = Told(first)
    held = msgspec.json.decode(told.whole)
    for read in readings:
        changes, _ = told.follow(read)
        if changes is not None:
            said = msgspec.json.decode(codec.encode(Changed(v=told.v, d=changes)))
            assert said["v"] == held["v"] + 1
            held |= {"v": said["v"], "picture": patch.apply(held["picture"], said["d"])}
        assert held == msgspec.json.decode(told.whole)


@settings(max_examples=50)
@given(PICTURES, PICTURES)
def test_a_still_lobby_is_told_in_full_after_a_few_frames(first: Picture, read: Picture) -> None:
    told, frames = Told(first), 0
    while told.follow(read)[1]:
        frames += 1
        assert frames <= 7 / NEW_ROWS
    assert told.picture == read
    assert told.follow(read) == (None, False)


@settings(max_examples=50)
@given(PICTURES, PICTURES)
def test_a_frame_brings_few_new_lines_and_takes_all_that_are_gone(first: Picture, read: Picture) -> None:
    told = Told(first)
    told.follow(read)
    for before, shown, wanted in (
        (first.open, told.picture.open, read.open),
        (first.live, told.picture.live, read.live),
    ):
        assert len(shown.keys() - before.keys()) <= NEW_ROWS
        assert shown.keys() <= wanted.keys()
        assert {key: wanted[key] for key in shown} == shown
        assert before.keys() & wanted.keys() <= shown.keys()


def test_the_first_of_the_new_lines_come_first() -> None:
    row = ListedMatch(game="arena", seats=2, taken=1, at=0, sitting={})
    rows = {f"m{number}": row for number in range(9)}
    told = Told(Picture({}, {}, {}, LobbyCounts(0, 0, 0)))
    told.follow(Picture(rows, {}, {}, LobbyCounts(0, 9, 0)))
    assert list(told.picture.open) == list(rows)[:NEW_ROWS]


def test_nothing_new_makes_no_version() -> None:
    told = Told(Picture({}, {}, {}, LobbyCounts(1, 0, 0)), v=3)
    assert told.follow(Picture({}, {}, {}, LobbyCounts(1, 0, 0))) == (None, False)
    assert told.v == 3
    assert isinstance(msgspec.json.decode(told.whole, type=LobbyServerMessage), Lobby)
