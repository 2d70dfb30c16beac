"""What no client should send, each with the exact answer; `docs/protocol.md` shows every row.

`FRAMES` are refused whatever the match; `INPUTS` are well-formed, and a match refuses them. Data only: it is run
through the codec, on the host alone, and through a real server.
"""

from dataclasses import dataclass, field

from games.protocol.codes import Close, Code

LIMIT_BYTES = 16 * 1024


@dataclass(frozen=True)
class Frame:
    """One frame, sent after a hello to a match of Connect Four.

    `answer`: a `Code` in an `error`, or in a `reject` where `c` is set, or what the socket is closed with. Bytes are a
    binary frame, unless `as_text`: then they are the payload of a text frame, whatever they hold.
    """

    name: str
    frame: str | bytes
    answer: Code | Close
    c: int | None = None
    as_text: bool = False


@dataclass(frozen=True)
class Input:
    """One input to a match of tic-tac-toe between two people.

    `before`: what is sent first and accepted, by seat. Then `seat` (None: a spectator) sends `frame` and is answered
    `reject` with `code`, the frame's `c` and `last`; where `code` is None, with the ack of the input that it repeats.
    In frames `<v>` stands for the version that the match has then. `waiting`: only seat 0 is taken.
    """

    name: str
    seat: int | None
    frame: str
    code: Code | None
    last: int = 0
    before: tuple[tuple[int, str], ...] = field(default=())
    waiting: bool = False


def _move(m: str, c: str = "1") -> str:
    return f'{{"type":"move","c":{c},"on":0,"m":{m}}}'


_FILL = "x" * LIMIT_BYTES

FRAMES = (
    # ── the frame ───────────────────────────────────────────────────────────────────────────────────────
    Frame("larger than 16 KiB", f'{{"type":"chat","text":"{_FILL}"}}', Close.TOO_LARGE),
    Frame("larger than 16 KiB in UTF-8 only", f'{{"type":"chat","text":"{"마" * 6000}"}}', Close.TOO_LARGE),
    Frame("a binary frame", b'{"type":"ping","at":1}', Code.NOT_TEXT),
    Frame("an empty binary frame", b"", Code.NOT_TEXT),
    # ── its characters ──────────────────────────────────────────────────────────────────────────────────
    Frame("text that is not UTF-8", b'{"type":"chat","text":"\xff"}', Close.BAD_UTF8, as_text=True),
    Frame("a surrogate encoded in UTF-8", b'{"type":"chat","text":"\xed\xa0\x80"}', Close.BAD_UTF8, as_text=True),
    Frame("a lone high surrogate as an escape", r'{"type":"chat","text":"\ud800"}', Code.BAD_UTF8),
    Frame("a lone low surrogate as an escape", r'{"type":"chat","text":"\udc00"}', Code.BAD_UTF8),
    Frame("surrogates in the wrong order", r'{"type":"chat","text":"\ude00\ud83d"}', Code.BAD_UTF8),
    Frame("surrogates with an escape between", r'{"type":"chat","text":"\ud83d\n\ude00"}', Code.BAD_UTF8),
    Frame("a lone surrogate within a move", _move(r'"\ud800"'), Code.BAD_UTF8),
    Frame("a lone surrogate in the name of a field", r'{"type":"ping","at":1,"\ud800":1}', Code.BAD_UTF8),
    Frame("NUL", '{"type":"chat","text":"a\x00b"}', Code.BAD_UTF8),
    Frame("NUL as an escape", r'{"type":"chat","text":"a\u0000b"}', Code.BAD_UTF8),
    Frame("NUL within a move", _move(r'"\u0000"'), Code.BAD_UTF8),
    # ── its JSON ────────────────────────────────────────────────────────────────────────────────────────
    Frame("an empty text", "", Code.BAD_JSON),
    Frame("not JSON", "hello", Code.BAD_JSON),
    Frame("JSON that ends too early", '{"type":"ping","at":1', Code.BAD_JSON),
    Frame("JSON with something after it", '{"type":"ping","at":1} x', Code.BAD_JSON),
    Frame("a trailing comma", '{"type":"ping","at":1,}', Code.BAD_JSON),
    Frame("a byte order mark", '\ufeff{"type":"ping","at":1}', Code.BAD_JSON),
    Frame("a control character in a string", '{"type":"chat","text":"\x07"}', Code.BAD_JSON),
    Frame("NaN", _move("NaN"), Code.BAD_JSON),
    Frame("Infinity", _move("Infinity"), Code.BAD_JSON),
    Frame("-Infinity", _move("-Infinity"), Code.BAD_JSON),
    Frame("a number with a leading zero", _move("03"), Code.BAD_JSON),
    Frame("100,000-deep nesting", "[" * 100_000, Close.TOO_LARGE),
    Frame("16,000-deep nesting", "[" * 16_000, Code.BAD_JSON),
    Frame("8,000-deep nesting that closes", "[" * 8_000 + "]" * 8_000, Code.BAD_JSON),
    Frame("2,500-deep nesting within a move", _move('{"a":' * 2_500 + "1" + "}" * 2_500), Code.BAD_JSON),
    Frame("65-deep nesting within a move", _move("[" * 64 + "]" * 64), Code.BAD_JSON),
    # ── its shape ───────────────────────────────────────────────────────────────────────────────────────
    Frame("an array", '[{"type":"ping","at":1}]', Code.BAD_MESSAGE),
    Frame("a number", "17", Code.BAD_MESSAGE),
    Frame("null", "null", Code.BAD_MESSAGE),
    Frame("an empty object", "{}", Code.BAD_MESSAGE),
    Frame("an unknown type", '{"type":"cheat","c":1}', Code.BAD_MESSAGE),
    Frame("a type of the server", '{"type":"ack","c":1,"v":1}', Code.BAD_MESSAGE),
    Frame("a type that is no string", '{"type":1}', Code.BAD_MESSAGE),
    Frame("two types", '{"type":"resign","type":"abort","c":1}', Code.BAD_MESSAGE),
    Frame("an unknown field", '{"type":"ping","at":1,"seat":0}', Code.BAD_MESSAGE),
    Frame("another's seat in a move", '{"type":"move","c":1,"on":0,"m":3,"seat":1}', Code.BAD_MESSAGE),
    Frame("a missing field", '{"type":"move","c":1}', Code.BAD_MESSAGE),
    Frame("a field of another type", '{"type":"ping","at":"1"}', Code.BAD_MESSAGE),
    Frame("an unknown offer", '{"type":"offer","c":1,"what":"money"}', Code.BAD_MESSAGE),
    Frame("a second hello", '{"type":"hello"}', Code.HELLO_TWICE),
    Frame("an empty line of chat", '{"type":"chat","text":""}', Code.BAD_MESSAGE),
    Frame("a line of chat above 500 characters", f'{{"type":"chat","text":"{"x" * 501}"}}', Code.BAD_MESSAGE),
    # ── its numbers ─────────────────────────────────────────────────────────────────────────────────────
    Frame("a negative c", _move("3", c="-1"), Code.BAD_MESSAGE),
    Frame("a c with a fraction", _move("3", c="1.0"), Code.BAD_MESSAGE),
    Frame("a c that is a boolean", _move("3", c="true"), Code.BAD_MESSAGE),
    Frame("a c beyond 2^53-1", _move("3", c="9007199254740992"), Code.BAD_MESSAGE),
    Frame("a c of 5,000 digits", _move("3", c="9" * 5_000), Code.BAD_MESSAGE),
    Frame("1e999 outside a move", '{"type":"ping","at":1e999}', Code.BAD_MESSAGE),
    # ── its move ────────────────────────────────────────────────────────────────────────────────────────
    Frame("a move of another type", _move('"three"', c="7"), Code.ILLEGAL, c=7),
    Frame("a move of another shape", _move('{"column":3}'), Code.ILLEGAL, c=1),
    Frame("a move that is null", _move("null"), Code.ILLEGAL, c=1),
    Frame("a move that is a boolean", _move("true"), Code.ILLEGAL, c=1),
    Frame("a move with a fraction", _move("3.0"), Code.ILLEGAL, c=1),
    Frame("a move with an exponent", _move("3e0"), Code.ILLEGAL, c=1),
    Frame("1e999 as a move", _move("1e999"), Code.ILLEGAL, c=1),
    Frame("a move beyond 2^53-1", _move("9007199254740992"), Code.ILLEGAL, c=1),
    Frame("a move beyond -(2^53-1)", _move("-9007199254740992"), Code.ILLEGAL, c=1),
    Frame("a move of 20 digits", _move("9" * 20), Code.ILLEGAL, c=1),
    Frame("a move of 5,000 digits", _move("9" * 5_000), Code.ILLEGAL, c=1),
)


def _play(c: int, cell: int, on: str = "<v>") -> str:
    return f'{{"type":"move","c":{c},"on":{on},"m":{cell}}}'


_TAKE_0 = ((0, _play(1, 0)),)
_TAKE_TWO = (*_TAKE_0, (1, _play(1, 3)))
_WON_BY_0 = (*_TAKE_TWO, (0, _play(2, 1)), (1, _play(2, 4)), (0, _play(3, 2)))

INPUTS = (
    Input("a move before the match has begun", 0, _play(1, 0), Code.NOT_STARTED, waiting=True),
    Input("a move out of turn", 1, _play(1, 0), Code.NOT_YOUR_TURN),
    Input("a second move before the other's", 0, _play(2, 1), Code.NOT_YOUR_TURN, last=1, before=_TAKE_0),
    Input("an illegal move", 1, _play(1, 0), Code.ILLEGAL, before=_TAKE_0),
    Input("a move off the board", 0, _play(1, 9), Code.ILLEGAL),
    Input("a move without on", 0, '{"type":"move","c":1,"m":0}', Code.BAD_MESSAGE),
    Input("a move that answers an older turn", 0, _play(2, 8, on="0"), Code.STALE, last=1, before=_TAKE_TWO),
    Input("a move that answers a turn to come", 0, _play(1, 0, on="9000"), Code.STALE),
    Input("a move by a spectator", None, _play(1, 0), Code.NOT_SEATED),
    Input("a resignation by a spectator", None, '{"type":"resign","c":1}', Code.NOT_SEATED),
    Input("a move after the end", 1, _play(3, 8), Code.OVER, last=2, before=_WON_BY_0),
    Input("a resignation after the end", 1, '{"type":"resign","c":3}', Code.OVER, last=2, before=_WON_BY_0),
    Input("a used c with the same content", 0, _play(1, 0), None, last=1, before=_TAKE_TWO),
    Input("a used c with other content", 0, _play(1, 8), Code.C_TAKEN, last=1, before=_TAKE_TWO),
    Input("a used c with another type", 0, '{"type":"resign","c":1}', Code.C_TAKEN, last=1, before=_TAKE_TWO),
    Input("a c of zero", 0, _play(0, 0), Code.C_TAKEN),
    Input("a skipped c", 0, _play(2, 0), Code.C_GAP),
    Input("an answer without an offer", 0, '{"type":"answer","c":1,"what":"draw","yes":true}', Code.NOT_OFFERED),
    Input("an offer that the game does not know", 0, '{"type":"offer","c":1,"what":"takeback"}', Code.NO_OFFER),
    Input("a rematch before the end", 0, '{"type":"offer","c":1,"what":"rematch"}', Code.NO_OFFER),
    Input(
        "an offer that already stands",
        0,
        '{"type":"offer","c":2,"what":"draw"}',
        Code.NO_OFFER,
        last=1,
        before=((0, '{"type":"offer","c":1,"what":"draw"}'),),
    ),
    Input("calling off after both have moved", 0, '{"type":"abort","c":2}', Code.TOO_LATE, last=1, before=_TAKE_TWO),
)
