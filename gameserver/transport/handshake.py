"""The opening handshake (RFC 6455, 4.2): what a request asks for, and the bytes of the answer. Pure.

Called by `protocol.py` with a request that uvicorn's HTTP parser has taken apart and put together again, so that its
lines are well-formed. It never decides whether an application wants the socket.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha1
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

Headers = Iterable[tuple[bytes, bytes]]

# Beyond these a request is no handshake: browsers send some 20 lines, and cookies of at most 4 KiB each.
MOST_BYTES: Final = 65_536
MOST_HEADERS: Final = 128

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES: Final = 16
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What would end a line early, or what no header may hold.
_FORBIDDEN: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Refused(Exception):
    """Not a handshake that can be answered by a socket; what is answered instead."""

    def __init__(self, status: HTTPStatus, why: str, headers: Headers = ()) -> None:
        super().__init__(why)
        self.answer = answer(status, [*headers, _PLAIN], f"Failed to open a WebSocket connection: {why}.\n".encode())


class Request(NamedTuple):
    """A handshake in good order."""

    path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    accept: bytes
    """The value that proves that this server has read the key."""
    subprotocols: list[str]


_PLAIN: Final = (b"content-type", b"text/plain; charset=utf-8")


def read(request: bytes) -> Request:
    """The request; raises `Refused` with the answer."""
    first, *lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")
    if len(request) > MOST_BYTES or len(lines) > MOST_HEADERS:
        raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the request is too long")
    method, target = first.split(b" ")[:2]
    if method != b"GET":
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "the method must be GET", [(b"allow", b"GET")])
    if not target.isascii():
        raise Refused(HTTPStatus.BAD_REQUEST, "the address must be ASCII")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    _check_upgrade(headers)
    path, _, query = target.partition(b"?")
    offered = [name.decode("latin-1") for name in _listed(headers, b"sec-websocket-protocol")]
    return Request(path, query, headers, _accept(_only(headers, b"sec-websocket-key")), offered)


def scope(request: Request, root_path: str) -> dict[str, Any]:
    """What ASGI's scope has of a request."""
    return {
        "type": "websocket",
        "http_version": "1.1",
        "root_path": root_path,
        "path": root_path + unquote(request.path.decode("ascii")),
        "raw_path": root_path.encode("ascii") + request.path,
        "query_string": request.query,
        "headers": request.headers,
        "subprotocols": request.subprotocols,
    }


def accepted(accept: bytes, headers: Headers) -> bytes:
    """The answer that begins a socket. Raises RuntimeError for headers that an application must not send."""
    own = [(b"upgrade", b"websocket"), (b"connection", b"Upgrade"), (b"sec-websocket-accept", accept)]
    return _head(HTTPStatus.SWITCHING_PROTOCOLS, [*own, *headers])


def answer(status: int, headers: Headers, body: bytes) -> bytes:
    """Any other answer, after which the connection ends. Raises as `accepted`."""
    headers = [(name.lower(), value) for name, value in headers]
    named = {name for name, _ in headers}
    own = [(b"content-length", b"%d" % len(body)), (b"connection", b"close"), _PLAIN]
    return _head(status, [*headers, *(header for header in own if header[0] not in named)]) + body


def _head(status: int, headers: Headers) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase.encode()
    except ValueError:
        phrase = b""
    lines = [b"HTTP/1.1 %d %b\r\n" % (status, phrase)]
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or _FORBIDDEN.search(value):
            raise RuntimeError(f"Invalid header in the answer to a handshake: {name!r}.")
        lines.append(b"%b: %b\r\n" % (name, value))
    return b"".join([*lines, b"\r\n"])


def _check_upgrade(headers: Headers) -> None:
    upgrade = [(b"upgrade", b"websocket"), (b"connection", b"Upgrade")]
    if b"upgrade" not in (option.lower() for option in _listed(headers, b"connection")):
        raise Refused(HTTPStatus.UPGRADE_REQUIRED, "the header Connection must ask for an upgrade", upgrade)
    if [protocol.lower() for protocol in _listed(headers, b"upgrade")] != [b"websocket"]:
        raise Refused(HTTPStatus.UPGRADE_REQUIRED, "the header Upgrade must be websocket", upgrade)
    if _only(headers, b"sec-websocket-version") != b"13":
        spoken = [(b"sec-websocket-version", b"13")]
        raise Refused(HTTPStatus.UPGRADE_REQUIRED, "the header Sec-WebSocket-Version must be 13", spoken)


def _accept(key: bytes) -> bytes:
    try:
        sized = len(b64decode(key, validate=True)) == _KEY_BYTES
    except binascii.Error:
        sized = False
    if not sized:
        raise Refused(HTTPStatus.BAD_REQUEST, "the header Sec-WebSocket-Key must be 16 bytes in base64")
    return b64encode(sha1(key + _MAGIC, usedforsecurity=False).digest())


def _listed(headers: Headers, name: bytes) -> list[bytes]:
    return [one.strip() for key, value in headers if key == name for one in value.split(b",") if one.strip()]


def _only(headers: Headers, name: bytes) -> bytes:
    values = [value for key, value in headers if key == name]
    if len(values) != 1:
        raise Refused(HTTPStatus.BAD_REQUEST, f"there must be one header {name.decode('ascii')}")
    return values[0]
