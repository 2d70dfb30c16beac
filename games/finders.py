"""Finds the boards that packages of games bring, so that they are collected and served as Madang's own are.

Named in STATICFILES_FINDERS. A package may bring `static/boards/<its game>.js`, `.css`, and whatever it likes below
`static/boards/<its game>/`; everything else in it is passed over, so that no package can put a file in another's place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from games.rules import catalog, installed


class BoardsFinder(BaseFinder):
    """Files of the games in the catalogue only: a game that is refused shows nothing."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every file as (path, storage)."""
        patterns = list(ignore_patterns or ())
        for storage, names in _places():
            for name in names:
                for path in _files(storage, name):
                    if not matches_patterns(path, patterns):
                        yield path, storage

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """The file at `path` on disk; [] where there is none, as Django's own finders say it."""
        # By the list, so that no way of writing a path leads to more than what is listed.
        found = [storage.path(path) for listed, storage in self.list(None) if listed == path]
        return found if find_all or not found else found[0]


def _places() -> Iterator[tuple[FileSystemStorage, list[str]]]:
    """Each package's `static`, with the names of its games."""
    folders = installed.folders("static")
    for package in sorted({one.package for one in catalog.brought()}):
        names = sorted({one.rules.name for one in catalog.brought() if one.package == package})
        for folder in folders.get(package, ()):
            yield FileSystemStorage(location=folder), names


def _files(storage: FileSystemStorage, name: str) -> Iterator[str]:
    home = f"boards/{name}"
    yield from (path for path in (f"{home}.js", f"{home}.css") if storage.exists(path))
    if storage.exists(home):
        yield from _below(storage, home)


def _below(storage: FileSystemStorage, folder: str) -> Iterator[str]:
    folders, files = storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from _below(storage, f"{folder}/{name}")
