"""Countries that a player may name as theirs, in the languages of the pages. Pure; the table is read at first use."""

from __future__ import annotations

from functools import cache
from importlib import resources

LANGUAGES = ("en", "ko")


def codes() -> frozenset[str]:
    """Two capital letters each, as ISO 3166-1 has them."""
    return frozenset(_table())


def name_of(code: str, language: str) -> str:
    """What the country is called in `language` (English where the table has no other); "" for no country."""
    names = _table().get(code)
    return names[_column(language)] if names else ""


def choices(language: str) -> list[tuple[str, str]]:
    """Code and name of each, by name."""
    column = _column(language)
    return sorted(((code, names[column]) for code, names in _table().items()), key=lambda choice: choice[1])


def _column(language: str) -> int:
    short = language.partition("-")[0]
    return LANGUAGES.index(short) if short in LANGUAGES else 0


@cache
def _table() -> dict[str, tuple[str, ...]]:
    text = resources.files("players").joinpath("countries.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {code: tuple(names) for code, *names in rows}
