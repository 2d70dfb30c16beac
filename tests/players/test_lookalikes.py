"""Names that look the same share a key, and names that do not, do not."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from players import lookalikes, names
from players.errors import ServiceError

ALIKE = [
    ("Ada", "ada"),
    ("Ada", "A d a"),
    ("Ada", "A.D-A_"),
    ("Ada", "Ａｄａ"),
    ("Ada", "Аdа"),  # Cyrillic А and а
    ("Ada", "Ádà"),
    ("Ada", "𝐀𝐝𝐚"),
    ("Ada", "𝒜𝒹𝒶"),
    ("Ada", "ᗅda"),  # Canadian syllabics
    ("Ada", "Ada ★"),
    ("Mina", "Міnа"),
    ("mina", "rnina"),
    ("mina", "ｍｉｎａ"),
    ("Otto", "0tt0"),
    ("Otto", "Οττο".replace("τ", "t")),
    ("Ilya", "llya"),
    ("Ilya", "1lya"),
    ("Ilya", "|lya"),
    ("Ian", "ian"),
    ("Ian", "lan"),
    ("WILL", "vvill"),
    ("Paypal", "Раураӏ"),
    ("scope", "ѕсоре"),
    ("Νίκος", "νίκος"),
    ("ΝΙΚΟΣ", "Νικος"),
    ("Straße", "STRASSE"),
    ("Zoë", "Zoe"),
    ("İpek", "ipek"),
    ("ﬁona", "fiona"),
    ("Ⅷ", "VIII"),
    ("민지", "민 지"),
    ("민지", unicodedata.normalize("NFD", "민지")),
    ("이수", "O|수".replace("O|", "이")),
    ("ㅋㅋ", "ᄏᄏ"),
    ("王二", "王ニ"),  # a number and a kana
]
APART = [
    ("Ada", "Ida"),
    ("Ada", "Adam"),
    ("Ann", "Avv"),
    ("uno", "vno"),
    ("may", "mau"),
    ("민지", "민서"),
    ("나비", "너비"),
    ("창녕", "창녀"),
    ("Anna", "Hanna"),
    ("Max", "Mex"),
    ("Bo", "8o"),
    ("Seven", "5even"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_looks_the_same_cannot_both_be_had(one: str, other: str) -> None:
    assert lookalikes.keys(one) & lookalikes.keys(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_looks_different_can_both_be_had(one: str, other: str) -> None:
    assert not lookalikes.keys(one) & lookalikes.keys(other)


def test_plain_letters_fall_together_only_where_eyes_do() -> None:
    groups: dict[str, set[str]] = {}
    for one in string.ascii_letters + string.digits:
        groups.setdefault(lookalikes.skeleton(one), set()).add(one.lower())
    assert sorted("".join(sorted(group)) for group in groups.values() if len(group) > 1) == ["0o", "1il"]


@given(st.text(min_size=1, max_size=24))
def test_case_width_and_composition_never_make_another_name(name: str) -> None:
    for other in (name.upper(), name.lower(), name.swapcase(), unicodedata.normalize("NFD", name)):
        assert lookalikes.keys(name) & lookalikes.keys(other), other


# What NFKD writes otherwise is a variant of another letter, and looks like that one first.
LETTERS = sorted(one for one in lookalikes._table() if unicodedata.is_normalized("NFKD", one))


@given(st.text(max_size=24), st.sampled_from(LETTERS), st.text(max_size=24))
def test_a_letter_changed_for_its_look_alike_is_the_same_name(before: str, letter: str, after: str) -> None:
    other = before + lookalikes._table()[letter] + after
    assert lookalikes.skeleton(before + letter + after) == lookalikes.skeleton(other)


@given(st.text(max_size=30))
def test_every_name_that_is_kept_has_keys_that_the_table_holds(name: str) -> None:
    try:
        kept = names.clean(name)
    except ServiceError:
        return
    assert all(0 < len(key) <= lookalikes.LONGEST for key in lookalikes.keys(kept))
