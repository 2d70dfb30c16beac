"""How a request's body is read: strictly, by the decoder that also reads the wire."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja.parser import Parser


class StrictParser(Parser):
    """Refuses what Python's own JSON reader lets in: NaN, Infinity, lone surrogates, invalid UTF-8; deep nesting ends
    in an error and not in a crash."""

    def parse_body(self, request: HttpRequest) -> Any:
        return msgspec.json.decode(request.body)
