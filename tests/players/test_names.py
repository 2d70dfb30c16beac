from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from players import names
from players.errors import ServiceError


@pytest.mark.parametrize("language", ["en", "ko", "en-gb", "ko-kr", "fr", ""])
def test_every_guest_name_could_have_been_chosen_by_hand(language: str) -> None:
    assert all(names.clean(name) == name for name in (names.guest_name(language) for _ in range(200)))


def test_guests_are_named_in_their_language() -> None:
    assert all("가" <= names.guest_name("ko")[0] <= "힣" for _ in range(20))
    assert all(names.guest_name("en").replace(" ", "").isascii() for _ in range(20))


def test_guest_names_seldom_meet() -> None:
    assert len({names.guest_name("en") for _ in range(100)}) > 90
    assert len({names.guest_name("ko") for _ in range(100)}) > 90


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("  Ada  ", "Ada"),
        ("Ada   Lovelace", "Ada Lovelace"),
        (unicodedata.normalize("NFD", "민지"), "민지"),
        ("Zoe\u0308", "Zoë"),
        ("o'Brien-3", "o'Brien-3"),
        ("x" * 24, "x" * 24),
        ("행복한 수달", "행복한 수달"),
    ],
)
def test_a_name_is_kept_composed_and_trimmed(given_name: str, kept: str) -> None:
    assert names.clean(given_name) == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        " x ",
        "x" * 25,
        "a\x00b",
        "a\nb",
        "a\tb",
        "a\x7fb",
        "a\u202eb",  # turns the writing direction around
        "a\u2066b",
        "a\u200bb",  # zero width
        "a\u200db",
        "a\ufeffb",
        "a\u2028b",
        "\u3164\u3164",  # Hangul filler: looks empty
        "\u2800\u2800",
        "a\ud800b",  # half a surrogate pair
        "a\ue000b",  # private use
        "...",
        "e\u0301\u0302\u0303\u0304\u0306",  # stacked marks
        "admin",
        "Admin",
        "A D M I N",
        "ÁDMIN",
        "ａｄｍｉｎ",
        "Practice opponent",
        "Practice 2",
        "운영자",
        "운 영 자",
        "마당",
    ],
)
def test_a_name_that_cannot_be_shown_or_misleads_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ServiceError) as refused:
        names.clean(name)
    assert refused.value.code == "bad_name"
    assert refused.value.why.endswith(".")


@given(st.text(max_size=30))
def test_a_kept_name_is_kept_as_it_is_the_next_time(name: str) -> None:
    try:
        kept = names.clean(name)
    except ServiceError:
        return
    assert names.clean(kept) == kept
    assert names.SHORTEST <= len(kept) <= names.LONGEST
    assert not any(unicodedata.category(one)[0] == "C" for one in kept)


@pytest.mark.parametrize(
    "name", ["аdmin", "adm1n", "ADM|N 7", "Mоderator", "mаdаng", "Staff 12", "Gone player", "운영진9", "official"]
)
def test_nobody_speaks_as_the_house_by_look_alikes(name: str) -> None:
    with pytest.raises(ServiceError, match="for the house"):
        names.clean(name)


@pytest.mark.parametrize("name", ["Fuckface", "f u c k", "Shit", "big shit 3", "nаzi", "씨발", "우리 병신"])
def test_words_that_hurt_are_refused(name: str) -> None:
    with pytest.raises(ServiceError, match="hurt others"):
        names.clean(name)


@pytest.mark.parametrize(
    "name", ["Scunthorpe", "Therapist", "시발점", "에섹스", "창녕 사람", "건강간식", "Nazim", "Administer"]
)
def test_innocent_names_that_contain_such_words_are_kept(name: str) -> None:
    assert names.clean(name) == name


def test_a_site_forbids_words_of_its_own(settings: Any) -> None:
    settings.FORBIDDEN_NAMES = ["turnip", "*beet*"]
    for name in ("Turnip", "a turnip", "Sugarbeets"):
        with pytest.raises(ServiceError, match="hurt others"):
            names.clean(name)
    assert names.clean("Turnips") == "Turnips"
    assert names.clean("Shit") == "Shit"
