"""The catalogues of words: gathers every text that people read, and keeps the translations in `locale/` in step.

Run by `make messages` (rewrites the .po files) and, with `--check`, by a test. Pure Python with Babel, so that no
gettext tools are needed; `make run` and the wheel compile the .mo files. Nothing on the server imports this.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("en", "ko")
WORDS: dict[str, tuple[int, ...] | tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
PYTHON = ("games", "players", "tournaments", "moderation", "gameserver")
# Django writes "X" for everything in a template that is no text for people; indentation would then confuse Python.
_INDENT = re.compile(rb"^[ \t]+", re.MULTILINE)
# Dates would make every run differ; the history is git's.
_DATES = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team): .*\n', re.MULTILINE
)

Found = tuple[str, str | tuple[str, ...], str | None]
"""Where a text was found, itself (or singular and plural), and its context."""


def pages() -> Iterator[Found]:
    """Texts that the server renders: Python, templates, and what the pure packages name without gettext."""
    for folder in PYTHON:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from _extracted(path, "python", path.read_bytes())
    for folder in ("templates", "games/templates"):
        for path in sorted(one for kind in ("*.html", "*.txt") for one in (ROOT / folder).rglob(kind)):
            yield from _extracted(path, "python", _as_python(path))
    yield from _titles()
    yield from _from_pure()


def scripts() -> Iterator[Found]:
    """Texts that the pages' scripts say, and the refusals that they show."""
    for path in sorted((ROOT / "static").rglob("*.js")):
        yield from _extracted(path, "javascript", path.read_bytes())
    yield from _from_pure()


def _extracted(path: Path, method: str, source: bytes) -> Iterator[Found]:
    place = path.relative_to(ROOT).as_posix()
    for _line, text, _comments, context in extract(method, BytesIO(source), keywords=WORDS):
        yield place, text, context


def _as_python(path: Path) -> bytes:
    # Imported here: only templates need Django, and it needs no settings for this.
    from django.utils.translation.template import templatize

    return _INDENT.sub(b"", templatize(path.read_text(encoding="utf-8")).encode())


def _titles() -> Iterator[Found]:
    """What games are called, and their options: a game's file is pure and knows no gettext."""
    from games.forms import option_words
    from games.rules.catalog import GAMES

    for rules in GAMES:
        yield from (("games/rules/catalog.py", text, None) for text in (rules.title, *option_words(rules)))


def _from_pure() -> Iterator[Found]:
    """Refusals, quick phrases, and names that the house gives: the pure packages know no gettext, and rows keep one
    language."""
    from games.host.bots import NUMBERED_NAME, PRACTICE_NAME
    from games.protocol.codes import WHY
    from games.protocol.phrases import PHRASES
    from players import gone

    yield from (("games/host/bots.py", name, None) for name in (PRACTICE_NAME, NUMBERED_NAME))
    yield "players/gone.py", gone.NAME, None
    yield from (("games/protocol/codes.py", why, None) for why in WHY.values())
    yield from (("games/protocol/phrases.py", words, None) for words in PHRASES.values())


DOMAINS = {"django": pages, "djangojs": scripts}


def gathered(domain: str) -> Catalog:
    """All texts of a domain, untranslated."""
    catalog = Catalog(project="Madang", charset="utf-8")
    for place, text, context in DOMAINS[domain]():
        catalog.add(text, locations=[(place, None)], context=context)  # type: ignore[list-item]
    return catalog


def renewed(domain: str, language: str, template: Catalog) -> str:
    """The .po file as it should be: today's texts, with the translations that there are."""
    path = path_of(domain, language)
    catalog = Catalog(locale=language, project="Madang")
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.header_comment = f"# Madang: {domain}, {language}. Written by `make messages`; translate the empty msgstr."
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    out = BytesIO()
    write_po(out, catalog, width=110, sort_output=True, include_lineno=False, omit_header=False)
    return _DATES.sub("", out.getvalue().decode())


def path_of(domain: str, language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def stale() -> list[Path]:
    """The catalogues that `make messages` would change."""
    return [path for path, text in _all() if not path.exists() or path.read_text(encoding="utf-8") != text]


def _all() -> Iterator[tuple[Path, str]]:
    for domain in DOMAINS:
        template = gathered(domain)
        for language in LANGUAGES:
            yield path_of(domain, language), renewed(domain, language, template)


def main(arguments: list[str]) -> int:
    """`--check`: exit code 1 and a sentence where a catalogue is stale; else write them all."""
    # The words of options are asked of the form that shows them, and forms need Django set up.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
    django.setup()
    if arguments == ["--check"]:
        paths = stale()
        for path in paths:
            print(f"{path.relative_to(ROOT)} is stale: run `make messages`, translate what is new, and commit it.")
        return 1 if paths else 0
    for path, text in _all():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
