"""The only JSON in or out: a text frame becomes a typed message or a `Refused` with its exact code; messages, bytes.

Consumers decode with the decoder of their match's game, the host encodes what it answers. Nothing here knows what a
message does, and nothing but `Refused` ever leaves `decode`, whatever a client sends.

A valid frame is parsed once, by a decoder typed with the game's move. Only what that refuses, or what it is known to
let pass too easily, is looked at again to find out what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from typing import Any

import msgspec

from games.protocol.codes import WHY, Code
from games.protocol.messages import (
    MAX_INTEGER,
    Abort,
    Answer,
    AskMoves,
    Chat,
    Claim,
    ClientMessage,
    Hello,
    Move,
    Offer,
    Pause,
    Ping,
    Resign,
)

# A move is some 40 bytes and a resume token at most 1 KiB; the rest is room for games whose moves are whole plans.
MAX_FRAME_BYTES = 16 * 1024

# Deeper than any sensible move, and far from where parsers give up, which differs between versions of Python.
MAX_NESTING = 64
_SHORT = 2 * MAX_NESTING

# What the typed decoder accepts though it must not: numbers of 16 digits and more (2⁵³-1 has 16), floats where a move's
# type is loose, and NUL characters written as escapes. A hit proves nothing; it only sends the frame the slow way. The
# one set of first characters is what makes the search quick: as three alternatives it takes twice the time.
_suspect = re.compile(r"[0-9\\](?:[0-9]{15}|[.eEu])").search
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_LEVELS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NOT_BRACKETS = bytes(set(range(256)) - _LEVELS.keys())

_grammar = msgspec.json.Decoder(msgspec.Raw)
_anything = msgspec.json.Decoder()


class Refused(Exception):
    """A frame was not accepted. `c` is set when it was a well-formed input with an impossible move: answer `reject`."""

    def __init__(self, code: Code, c: int | None = None) -> None:
        super().__init__(WHY[code])
        self.code = code
        self.c = c


class Decoder:
    """Reads what clients of one game send. Shared by all matches of the game; holds no state."""

    __slots__ = ("_outer", "_typed")

    def __init__(self, move_type: Any) -> None:
        self._typed = msgspec.json.Decoder(_messages_with(move_type))
        self._outer = msgspec.json.Decoder(_messages_with(msgspec.Raw))

    def decode(self, frame: str | bytes) -> ClientMessage:
        """The message in a text frame, `Move.m` typed with the game's move. Raises `Refused` and nothing else.

        A `str` is a text frame; `bytes` are a binary frame, which this protocol does not have.
        """
        if not isinstance(frame, str):
            raise Refused(Code.NOT_TEXT)
        # Nesting needs two characters a level, and text outside ASCII more bytes than characters.
        if len(frame) > _SHORT or _suspect(frame):
            # Our server closes on larger ones by itself; others hand over any size, and none of it shall be parsed.
            if len(frame) > MAX_FRAME_BYTES:
                raise Refused(Code.TOO_LARGE)
            return self._examine(frame)
        try:
            message: ClientMessage = self._typed.decode(frame)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return self._examine(frame)
        return message

    def _examine(self, frame: str) -> ClientMessage:
        """The slow way: judge the characters, then the JSON, then the message, then the move."""
        _check_text(frame)
        _check_json(frame)
        try:
            message: ClientMessage = self._outer.decode(frame)
        except msgspec.ValidationError:
            raise Refused(Code.BAD_MESSAGE) from None
        if not isinstance(message, Move):
            return message
        try:
            move = self._typed.decode(frame).m
            loose = _anything.decode(message.m)
        except msgspec.ValidationError:
            raise Refused(Code.ILLEGAL, message.c) from None
        # Both forms: the typed one may have left members out, the loose one holds the keys of maps as strings.
        if not (_is_plain(loose) and _is_plain(msgspec.to_builtins(move))):
            raise Refused(Code.ILLEGAL, message.c)
        return Move(message.c, move, message.on, message.lag)


class HelloDecoder:
    """Reads the first frame of a connection, before its match and so the type of its moves are known."""

    __slots__ = ("_any_game",)

    def __init__(self) -> None:
        self._any_game = Decoder(Any)

    def decode(self, frame: str | bytes) -> Hello:
        """The hello in a text frame. Raises `Refused`; any other message of the protocol is `HELLO_FIRST`."""
        try:
            message = self._any_game.decode(frame)
        except Refused as refused:
            raise Refused(Code.HELLO_FIRST if refused.c is not None else refused.code) from None
        if not isinstance(message, Hello):
            raise Refused(Code.HELLO_FIRST)
        return message


class LobbyDecoder:
    """Reads what clients of the lobby send after their hello."""

    __slots__ = ("_any_game",)

    def __init__(self) -> None:
        self._any_game = Decoder(Any)

    def decode(self, frame: str | bytes) -> Ping:
        """The one message that a lobby takes. Raises `Refused`; what belongs to a match is no message here."""
        try:
            message = self._any_game.decode(frame)
        except Refused as refused:
            raise Refused(Code.BAD_MESSAGE if refused.c is not None else refused.code) from None
        if isinstance(message, Hello):
            raise Refused(Code.HELLO_TWICE)
        if not isinstance(message, Ping):
            raise Refused(Code.BAD_MESSAGE)
        return message


@cache
def decoder_for(move_type: Any) -> Decoder:
    """The decoder of all games whose moves are of this type. As many are kept as the catalogue has types of moves."""
    return Decoder(move_type)


encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode
"""The one JSON text of a server message or a part of one; rules' views may be frozen structs, tuples and maps."""


def _messages_with(move_type: Any) -> Any:
    """`ClientMessage` for a game with such moves. Not a type that mypy can know."""
    move = Move.__class_getitem__(move_type)  # type: ignore[attr-defined]
    return Hello | move | Resign | Abort | Offer | Answer | Claim | Pause | Chat | AskMoves | Ping


def _check_text(frame: str) -> None:
    """Every character can be written in UTF-8 and none is NUL, plain or as an escape; and all fit in the limit."""
    try:
        if len(frame.encode()) > MAX_FRAME_BYTES:
            raise Refused(Code.TOO_LARGE)
        # UTF-16 joins what escapes write in halves; a half that stays alone cannot be read back.
        spoken = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else " ", frame)
        spoken.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        raise Refused(Code.BAD_UTF8) from None
    if "\0" in spoken:
        raise Refused(Code.BAD_UTF8)


def _check_json(frame: str) -> None:
    """JSON by its grammar, nested no deeper than the limit. Nesting is first: no parser shall run out of stack."""
    if frame.count("[") + frame.count("{") > MAX_NESTING and _is_too_deep(frame):
        raise Refused(Code.BAD_JSON)
    try:
        _grammar.decode(frame)
    except msgspec.DecodeError:
        raise Refused(Code.BAD_JSON) from None


def _is_too_deep(frame: str) -> bool:
    """Whether brackets outside strings open more levels than allowed, whatever else the frame holds."""
    brackets = _STRING.sub("", frame).encode().translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_LEVELS.__getitem__, brackets)), default=0) > MAX_NESTING


def _is_plain(value: Any) -> bool:
    """No float, and no integer beyond what browsers hold exactly."""
    if isinstance(value, int):
        return abs(value) <= MAX_INTEGER
    if isinstance(value, dict):
        return all(_is_plain(key) and _is_plain(one) for key, one in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return not isinstance(value, float)


hello_decoder = HelloDecoder()
lobby_decoder = LobbyDecoder()
