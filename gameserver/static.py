"""Static files: named by their content, so that browsers may keep them for ever, and served beside the pages.

Both classes are named by `settings.py`; `prepare.py` asks at each start whether the files were collected. Nothing here
touches a match or a table.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from asgiref.sync import markcoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Also rewrites `import` lines of ES modules: without it a page would mix modules of two releases."""

    support_js_module_import_aggregation = True
    # A pass for each link of the longest chain of imports: Django's five are soon used up by small modules.
    max_post_process_passes = 20

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._linking: set[str] = set()

    def url_converter(self, name: str, *args: Any) -> Callable[[re.Match[str]], str]:
        """As Django's, which is called for each link in the file `name`; and notes that there is one."""
        convert: Callable[[re.Match[str]], str] = super().url_converter(name, *args)

        def noting(found: re.Match[str]) -> str:
            self._linking.add(name)
            return convert(found)

        return noting

    def _post_process(self, paths: dict[str, Any], adjustable: list[str], hashed: dict[str, str]) -> Iterator[Any]:
        """One pass. After the first only files with links are read again: no other one's content can change, and
        large ones without any would take most of the time."""
        if all(self.hash_key(self.clean_name(path)) in hashed for path in paths):
            paths = {path: found for path, found in paths.items() if path in self._linking}
        yield from super()._post_process(paths, adjustable, hashed)

    def save_manifest(self) -> None:
        """Also keep what was collected: the manifest is the last thing that `collectstatic` writes."""
        super().save_manifest()
        _stamp().write_text(_fingerprint())


def is_collected() -> bool:
    """Whether the folder of static files holds exactly those of this release and its games."""
    stamp = _stamp()
    return stamp.exists() and stamp.read_text() == _fingerprint()


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def _fingerprint() -> str:
    """By content: times change when an image is copied. Two megabytes take about 10 ms."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list(None), key=lambda found: found[0]):
            content = Path(storage.path(path)).read_bytes()
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """whitenoise without its price: a synchronous middleware makes Django run every view behind it on its one shared
    thread, where an HTTP join that waits for its match would stall all pages."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        super().__init__(get_response)
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.static_prefix):
            found = await sync_to_async(self._file, thread_sensitive=False)(request)
            if found is not None:
                return found
        answer: HttpResponseBase = await self.get_response(request)
        return answer

    def _file(self, request: HttpRequest) -> HttpResponse | None:
        path = request.path_info
        file: Any = self.find_file(path) if self.autorefresh else self.files.get(path)
        if file is None:
            return None
        found = file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file:
                content = found.file.read()  # whole: they are small, and Django cannot stream a plain file under ASGI
        response = HttpResponse(content, status=int(found.status), headers=dict(found.headers))
        if "Content-Type" not in dict(found.headers):
            del response["Content-Type"]
        return response
