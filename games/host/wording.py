"""A line of chat as it is shown: nothing invisible, nothing that turns the writing around, no towers of marks. Pure.

`talk.py` calls it for every line. What people write in any language passes as it is, emoji included; links stay plain
text, for pages make no links of what strangers say.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby

# Cc, Cf: control and invisible characters, also those that turn the direction of writing; Cs, Co, Cn: surrogates,
# private and unassigned ones; Zl, Zp: line breaks. A space in their place keeps words apart.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Cf that people need: joiners, in Persian words and in emoji of several signs.
_JOINERS = frozenset("\u200c\u200d")
# Letters and symbols by category that show nothing; a line of them alone would be an empty one.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
# As the wire and the column have it; composing may make a text longer, of a few letters.
LONGEST = 500
# Marks in a row over one letter. Hebrew needs two, some Indic scripts three; more climb over other lines.
_STACKED = 3


def cleaned(text: str) -> str:
    """`text` composed, with single spaces and without what cannot be read; "" where nothing is left."""
    kept = "".join(" " if _dropped(one) else one for one in unicodedata.normalize("NFC", text))
    words = " ".join(_flat(kept).split())[:LONGEST]
    return words if any(one not in _JOINERS and one != " " for one in words) else ""


def _dropped(one: str) -> bool:
    return one in _BLANK or (unicodedata.category(one) in _DROPPED and one not in _JOINERS)


def _flat(text: str) -> str:
    """No more marks in a row than any writing needs."""
    parts = []
    for is_mark, run in groupby(text, lambda one: unicodedata.category(one)[0] == "M"):
        signs = "".join(run)
        parts.append(signs[:_STACKED] if is_mark else signs)
    return "".join(parts)
