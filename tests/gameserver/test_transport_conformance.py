"""The cases of the Autobahn test suite (categories 1 to 7, 9 at small sizes, 10) against a real server, by raw frames.

Each row: what is sent, the frames that come back, what is sent then, and the code that the server closes with. Cases
in which the suite allows several answers have the one that this server gives. It echoes, by calls and by plain ASGI.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.gameserver.raw import (
    OP_BINARY,
    OP_CLOSE,
    OP_CONT,
    OP_PING,
    OP_PONG,
    OP_TEXT,
    REQUEST,
    Peer,
    close,
    echo,
    frame,
    serving,
)

TEXT, BINARY, PONG, CLOSE = 0x81, 0x82, 0x8A, 0x88
GREEK = "Hello-µ@ßöäüàá-UTF-8!! κόσμε".encode()


class Case(NamedTuple):
    number: str
    sent: bytes
    told: tuple[tuple[int, bytes], ...] = ()
    then: bytes = b""
    code: int | None = 1000
    """What the server closes with; None: with nothing in its close frame."""
    chop: int | None = None


def text(payload: bytes, **bits: object) -> bytes:
    return frame(OP_TEXT, payload, **bits)  # type: ignore[arg-type]


def cont(payload: bytes, **bits: object) -> bytes:
    return frame(OP_CONT, payload, **bits)  # type: ignore[arg-type]


def begin(payload: bytes, opcode: int = OP_TEXT) -> bytes:
    return frame(opcode, payload, fin=False)


def more(payload: bytes) -> bytes:
    return frame(OP_CONT, payload, fin=False)


def ping(payload: bytes = b"") -> bytes:
    return frame(OP_PING, payload)


def pieces(payload: bytes, size: int, opcode: int = OP_TEXT) -> bytes:
    """One message in frames of `size` bytes, the last of which is empty."""
    cut = [payload[at : at + size] for at in range(0, len(payload), size)]
    return b"".join([begin(cut[0], opcode), *map(more, cut[1:]), cont(b"")])


def well(number: str, sent: bytes, *told: tuple[int, bytes], chop: int | None = None) -> Case:
    """It is answered, and the line then closes in good order."""
    return Case(number, sent, told, close(), 1000, chop)


def wrong(number: str, sent: bytes, *told: tuple[int, bytes], then: bytes = b"", code: int = 1002) -> Case:
    return Case(number, sent, told, then, code)


def sizes(group: str, opcode: int, letter: bytes) -> Iterator[Case]:
    for number, size in enumerate((0, 125, 126, 127, 128, 65_535, 65_536), start=1):
        yield well(f"{group}.{number}", frame(opcode, letter * size), (0x80 | opcode, letter * size))
    yield well(f"{group}.8", frame(opcode, letter * 65_536), (0x80 | opcode, letter * 65_536), chop=997)


def pings() -> Iterator[Case]:
    bodies = [b"", b"Hello, world!", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", b"\xfe" * 125]
    for number, body in enumerate(bodies, start=1):
        yield well(f"2.{number}", ping(body), (PONG, body))
    yield wrong("2.5", ping(b"\xfe" * 126))
    yield well("2.6", ping(b"\xfe" * 125), (PONG, b"\xfe" * 125), chop=1)
    yield well("2.7", frame(OP_PONG, b""))
    yield well("2.8", frame(OP_PONG, b"unsolicited"))
    yield well("2.9", frame(OP_PONG, b"unsolicited") + ping(b"p"), (PONG, b"p"))
    for number, chop in (("2.10", None), ("2.11", 1)):
        ten = [b"payload-%d" % one for one in range(10)]
        yield well(number, b"".join(map(ping, ten)), *((PONG, one) for one in ten), chop=chop)


def reserved() -> Iterator[Case]:
    before, heard = text(b"Hello"), (TEXT, b"Hello")
    for number, bits in enumerate((0x40, 0x20, 0x30, 0x10, 0x50, 0x60, 0x70), start=1):
        kinds = {
            5: frame(OP_BINARY, b"\xff", rsv=bits),
            6: frame(OP_PING, b"x", rsv=bits),
            7: frame(OP_CLOSE, b"", rsv=bits),
        }
        yield wrong(f"3.{number}", before, heard, then=kinds.get(number, text(b"x", rsv=bits)) + ping())
    for group, opcodes in (("4.1", range(3, 8)), ("4.2", range(0xB, 0x10))):
        for number, opcode in enumerate(opcodes, start=1):
            yield wrong(f"{group}.{number}", before, heard, then=frame(opcode, b"x") + ping())
            yield wrong(f"{group}.{number}, empty", frame(opcode, b"") + ping())


def fragments() -> Iterator[Case]:
    whole = (TEXT, b"fragment1fragment2")
    yield wrong("5.1", frame(OP_PING, b"f", fin=False) + cont(b"g"))
    yield wrong("5.2", frame(OP_PONG, b"f", fin=False) + cont(b"g"))
    for number, chop in (("5.3", None), ("5.5", 1)):
        yield well(number, begin(b"fragment1") + cont(b"fragment2"), whole, chop=chop)
    for number, chop in (("5.6", None), ("5.8", 1)):
        yield well(number, begin(b"fragment1") + ping(b"p") + cont(b"fragment2"), (PONG, b"p"), whole, chop=chop)
    yield wrong("5.9", cont(b"nothing") + text(b"Hello"))
    yield wrong("5.12", more(b"nothing") + text(b"Hello"))
    yield wrong("5.15", begin(b"a") + cont(b"b"), (TEXT, b"ab"), then=more(b"c") + text(b"d"))
    yield wrong("5.18", begin(b"fragment1") + text(b"fragment2"))
    five = begin(b"1") + more(b"2") + ping(b"p") + more(b"3") + more(b"4") + ping(b"q") + cont(b"5")
    yield well("5.19", five, (PONG, b"p"), (PONG, b"q"), (TEXT, b"12345"))
    yield well("5.20", five, (PONG, b"p"), (PONG, b"q"), (TEXT, b"12345"), chop=1)
    yield wrong("5, binary within text", begin(b"a") + frame(OP_BINARY, b"b"))


def utf8() -> Iterator[Case]:
    yield well("6.1.1", text(b""), (TEXT, b""))
    yield well("6.1.2", begin(b"") + more(b"") + cont(b""), (TEXT, b""))
    yield well("6.1.3", begin(b"") + more(b"middle") + cont(b""), (TEXT, b"middle"))
    yield well("6.2.1", text(GREEK), (TEXT, GREEK))
    yield well("6.2.2", begin(GREEK[:14]) + cont(GREEK[14:]), (TEXT, GREEK))
    yield well("6.2.3", pieces(GREEK, 1), (TEXT, GREEK))
    yield well("6.2.4", pieces("κόσμε".encode(), 1), (TEXT, "κόσμε".encode()))
    for number, good in enumerate(GOOD, start=1):
        yield well(f"6, valid {number}", text(good), (TEXT, good))
        yield well(f"6, valid {number}, in pieces", pieces(good, 1), (TEXT, good))
    for number, bad in enumerate(BAD, start=1):
        yield wrong(f"6, invalid {number}", text(bad), code=1007)
        yield wrong(f"6, invalid {number}, in pieces", pieces(bad, 1), code=1007)
    yield well("6, invalid as text is valid as binary", frame(OP_BINARY, BAD[0]), (BINARY, BAD[0]))


# 6.5 to 6.23: the first and last of each length, around surrogates, non-characters, planes.
GOOD = [
    chr(point).encode()
    for point in (0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1FFFE, 0x10FFFF)
]
# 6.3 to 6.23: beyond the last plane, five and six bytes, bare continuations, cut sequences, overlong ones, surrogates.
BAD = [
    bytes.fromhex(sequence)
    for sequence in (
        "cebae1bdb9cf83cebcceb5eda080656469746564", "cebaf4908080cf83", "f4908080", "f888808080", "fc8480808080", "80",
        "bf", "8080bf80bf", "c020", "e080", "f08080", "f8808080", "df", "efbf", "f7bfbf", "fe", "ff", "fefeffff",
        "c0af", "e080af", "f08080af", "f8808080af", "c1bf", "e09fbf", "f08fbfbf", "eda080", "edadbf", "edae80",
        "edbfbf", "eda080edb080", "edafbfedbfbf", "ce", "cebae1bdb9cf83cebcceb5f4",
    )
]  # fmt: skip


def closing() -> Iterator[Case]:
    yield well("7.1.1", text(b"Hello"), (TEXT, b"Hello"))
    yield Case("7.1.2", close() + close())
    yield Case("7.1.3", close() + ping())
    yield Case("7.1.4", close() + text(b"late"))
    yield Case("7.1.5", begin(b"a") + close() + cont(b"b"))
    long = b"x" * 262_144
    yield Case("7.1.6", text(long) + text(b"Hello"), ((TEXT, long), (TEXT, b"Hello")), close() + ping())
    yield Case("7.3.1", close(None), code=None)
    yield wrong("7.3.2", frame(OP_CLOSE, b"a"))
    yield Case("7.3.3", close(1000))
    yield Case("7.3.4", close(1000, b"Hello World!"))
    yield Case("7.3.5", close(1000, b"*" * 123))
    yield wrong("7.3.6", frame(OP_CLOSE, b"\x03\xe8" + b"*" * 124))
    yield wrong("7.5.1", close(1000, BAD[0]), code=1007)
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        yield Case(f"7.7, {code}", close(code), code=code)
    for code in (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535):
        yield wrong(f"7.9 and 7.13, {code}", close(code))


def much() -> Iterator[Case]:
    body = b"*" * 262_144
    for opcode, first in ((OP_TEXT, TEXT), (OP_BINARY, BINARY)):
        yield well(f"9, one frame of 256 KiB, {opcode}", frame(opcode, body), (first, body))
        for size in (64, 1024, 65_536):
            yield well(f"9, 256 KiB in fragments of {size}, {opcode}", pieces(body, size, opcode), (first, body))
        for chop in (64, 2048):
            yield well(f"9, 256 KiB in pieces of {chop}, {opcode}", frame(opcode, body), (first, body), chop=chop)
    yield well("9.7", text(b"x" * 16) * 1000, *[(TEXT, b"x" * 16)] * 1000)
    yield well("10.1.1", pieces(b"*" * 65_536, 1300), (TEXT, b"*" * 65_536))
    yield wrong("beyond the bound", text(b"x" * ((1 << 20) + 1)), code=1009)
    yield wrong("beyond the bound, in fragments", pieces(b"x" * ((1 << 20) + 1), 65_536), code=1009)
    yield wrong("not masked", text(b"Hello", masked=False))
    yield wrong("a length with its first bit", b"\x82\xff" + b"\xff" * 8)


CASES = [
    *sizes("1.1", OP_TEXT, b"*"), *sizes("1.2", OP_BINARY, b"\xfe"), *pings(), *reserved(), *fragments(), *utf8(),
    *closing(), *much(),
]  # fmt: skip


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(echo) as (port, _):
        yield port


@pytest.mark.parametrize("path", [b"/called", b"/plain"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_autobahn(case: Case, path: bytes, port: int) -> None:
    with Peer(port, REQUEST.replace(b"/ws/match/x", path)) as peer:
        peer.send(case.sent, case.chop)
        told = tuple(peer.next() for _ in case.told)
        peer.send(case.then)
        *late, last = peer.rest()
    assert told == case.told
    assert late == []
    assert last[0] == CLOSE
    assert (int.from_bytes(last[1][:2]) if last[1] else None) == case.code
