"""What a new game is called, in each place where it has a name. Called by `writing.py`; knows no files."""

from __future__ import annotations

import keyword
import re

import msgspec

# As records file games: `Match.game` is a column of 40 characters. A module cannot begin with a digit.
_SLUG = re.compile(r"(?=.{1,40}\Z)[a-z][a-z0-9]*(-[a-z0-9]+)*")


class BadName(ValueError):
    """No game can have this name; the text says what to do."""


class Names(msgspec.Struct, frozen=True):
    """`light-cycles`, `light_cycles`, `LightCycles` and `Light cycles`."""

    slug: str
    module: str
    kind: str
    title: str

    def filled(self, text: str) -> str:
        """`text` of the scaffold under the new name; in one pass, so that no name is renamed twice."""
        new = {"new-game": self.slug, "new_game": self.module, "NewGame": self.kind, "New game": self.title}
        return re.sub("|".join(new), lambda found: new[found[0]], text)


def names_of(slug: str, taken: set[str]) -> Names:
    """All names of a game; raises BadName. `taken`: what the class must not be called."""
    if not _SLUG.fullmatch(slug):
        raise BadName(
            f"{slug!r} is no name for a game: use lower-case letters, digits and hyphens, beginning with a letter,"
            " 40 characters at most, such as light-cycles."
        )
    words = slug.split("-")
    kind = "".join(word.capitalize() for word in words)
    if keyword.iskeyword("_".join(words)) or kind in taken or keyword.iskeyword(kind):
        raise BadName(f"{slug!r} means something in Python, or in every game's file, already; choose another name.")
    return Names(slug, "_".join(words), kind, " ".join(words).capitalize())
