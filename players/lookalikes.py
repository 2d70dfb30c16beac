"""Which names look the same: the keys under which a name is taken. Two names that share a key cannot both be had.

Called by `names.py` and by whoever writes accounts. Pure. The table of look-alikes is Unicode's (UTS 39), from the
package confusable-homoglyphs; it is read at the first use.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

LONGEST: Final = 100
"""Characters of a key. A name has 24, and few letters fall apart into three; only ligatures of whole words make more,
and they are refused."""

# What Unicode's table leaves to the typeface, after casefolding: a small i beside l, and two letters that join.
_OUR_OWN: Final = (("i", "l"), ("vv", "w"))


def keys(name: str) -> frozenset[str]:
    """One to three keys. As it stands, small and large: some small letters look like other letters than their capitals
    do (Greek ν like v, but Ν like N), so one key could not hold both that case and that look-alikes do not matter."""
    return frozenset(skeleton(one) for one in (name, name.lower(), name.upper()))


def skeleton(name: str) -> str:
    """What remains of `name` when case, width, marks, spaces, signs and differences that nobody sees are gone."""
    letters = "".join(_table().get(one, one) for one in unicodedata.normalize("NFKD", name))
    # Once more after folding: a capital that has no look-alike may have a small letter that has one.
    folded = "".join(_table().get(one, one) for one in unicodedata.normalize("NFKD", letters.casefold()))
    plain = _plain(folded.casefold())
    for ours, stands_for in _OUR_OWN:
        plain = plain.replace(ours, stands_for)
    # Whole syllables again: what is looked for inside of a name must not begin in the middle of one.
    return unicodedata.normalize("NFC", plain)


@cache
def _table() -> dict[str, str]:
    """Each character with a look-alike, and what stands for both. One letter may stand for two: m for rn."""
    text = resources.files("confusable_homoglyphs").joinpath("confusables.json").read_text(encoding="utf-8")
    # Beside letters that are written from the right, the table has marks of direction.
    alike = {
        one.strip("\u200e"): {other["c"].strip("\u200e") for other in others}
        for one, others in json.loads(text).items()
    }
    return {one: other for one, (other, *more) in alike.items() if not more and _stands_for(other, one, alike)}


def _stands_for(other: str, one: str, alike: dict[str, set[str]]) -> bool:
    """The table tells pairs from both ends. What many look like stands for them; of two alone, the lesser does."""
    if len(one) != 1:
        return False
    if _plain(one) and not _plain(other):
        return False  # a letter that looks like a sign counts, and signs do not
    return len(alike[other]) > 1 or len(other) > 1 or other < one


def _plain(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one)[0] in "LN")
