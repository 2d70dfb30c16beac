"""Every bad frame is refused with its exact code, and nothing that is sent ever raises anything else."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from games.protocol.codec import MAX_FRAME_BYTES, MAX_NESTING, Decoder, Refused, decoder_for, hello_decoder
from games.protocol.codes import Close, Code
from games.protocol.messages import MAX_INTEGER, Chat, Hello, Move, Ping
from tests.protocol.bad_input import FRAMES, INPUTS, Frame

connect_four = decoder_for(int)
# Moves that may be anything at all: only the codec's own limits hold.
anything_goes = decoder_for(Any)
# What the server or the host says, not the codec: by what the codec itself would say.
AT_THE_CODEC = {Close.TOO_LARGE: Code.TOO_LARGE, Close.BAD_UTF8: Code.BAD_UTF8}


def refusal(decoder: Decoder, frame: str | bytes) -> tuple[Code, int | None] | None:
    try:
        decoder.decode(frame)
    except Refused as refused:
        return refused.code, refused.c
    return None


def as_the_server_hands_it_over(row: Frame) -> str | bytes:
    """Servers close on broken UTF-8 themselves; one that does not would hand over lone surrogates."""
    if row.as_text:
        assert isinstance(row.frame, bytes)
        return row.frame.decode("utf-8", "surrogateescape")
    return row.frame


@pytest.mark.parametrize("row", [row for row in FRAMES if row.answer != Code.HELLO_TWICE], ids=lambda row: row.name)
def test_a_bad_frame_is_refused_with_its_code(row: Frame) -> None:
    code = AT_THE_CODEC.get(row.answer, row.answer)
    assert refusal(connect_four, as_the_server_hands_it_over(row)) == (code, row.c)


def test_a_second_hello_is_a_message_like_any_other_to_the_codec() -> None:
    assert connect_four.decode('{"type":"hello"}') == Hello()


@pytest.mark.parametrize("row", INPUTS, ids=lambda row: row.name)
def test_what_a_match_refuses_is_well_formed(row: Any) -> None:
    for _, frame in (*row.before, (row.seat, row.frame)):
        assert refusal(connect_four, frame.replace("<v>", "0")) is None


def test_names_of_rows_are_unique() -> None:
    names = [row.name for row in (*FRAMES, *INPUTS)]
    assert len(set(names)) == len(names)


# ── the edges of the limits: the last that passes beside the first that does not ────────────────────────


@pytest.mark.parametrize("move", [MAX_INTEGER, -MAX_INTEGER])
def test_the_largest_integers_pass(move: int) -> None:
    assert anything_goes.decode(f'{{"type":"move","c":{MAX_INTEGER},"on":0,"m":{move}}}') == Move(MAX_INTEGER, move, 0)


@pytest.mark.parametrize("m", ["9007199254740992", "[1,-9007199254740992]", '{"a":[9007199254740992]}', "1.5", "[1e3]"])
def test_numbers_are_judged_anywhere_in_a_move_of_any_type(m: str) -> None:
    assert refusal(anything_goes, f'{{"type":"move","c":4,"m":{m}}}') == (Code.ILLEGAL, 4)


def test_numbers_are_judged_in_the_names_of_a_map_of_integers() -> None:
    frame = '{"type":"move","c":4,"m":{"%s":1}}'
    assert refusal(decoder_for(dict[int, int]), frame % MAX_INTEGER) is None
    assert refusal(decoder_for(dict[int, int]), frame % (MAX_INTEGER + 1)) == (Code.ILLEGAL, 4)


@pytest.mark.parametrize("number", ["1e999", "1.5", "9007199254740992"])
def test_numbers_are_judged_where_a_moves_type_has_no_such_field(number: str) -> None:
    class Drop(msgspec.Struct, frozen=True):
        column: int

    frame = f'{{"type":"move","c":4,"m":{{"column":1,"x":{number}}}}}'
    assert refusal(decoder_for(Drop), frame) == (Code.ILLEGAL, 4)


def test_nesting_passes_up_to_its_limit() -> None:
    levels = MAX_NESTING - 1  # the message itself is one
    deep, deeper = ("[" * one + "]" * one for one in (levels, levels + 1))
    assert refusal(anything_goes, f'{{"type":"move","c":1,"m":{deep}}}') is None
    assert refusal(anything_goes, f'{{"type":"move","c":1,"m":{deeper}}}') == (Code.BAD_JSON, None)


def test_brackets_in_strings_are_no_nesting() -> None:
    assert connect_four.decode(json.dumps({"type": "chat", "text": '["' * 200})) == Chat('["' * 200)


def test_a_frame_of_exactly_the_limit_passes() -> None:
    frame = '{"type":"ping","at":1}'
    assert connect_four.decode(frame.ljust(MAX_FRAME_BYTES)) == Ping(1)
    assert refusal(connect_four, frame.ljust(MAX_FRAME_BYTES + 1)) == (Code.TOO_LARGE, None)


def test_of_duplicate_keys_the_last_wins() -> None:
    assert connect_four.decode('{"type":"move","c":1,"c":2,"on":0,"m":3,"m":4}') == Move(2, 4, 0)


def test_paired_surrogates_are_one_character() -> None:
    assert connect_four.decode(r'{"type":"chat","text":"\ud83d\ude00"}') == Chat("\U0001f600")


def test_an_escaped_backslash_before_u_is_no_escape() -> None:
    assert connect_four.decode(r'{"type":"chat","text":"\\ud800 \\u0000"}') == Chat(r"\ud800 \u0000")


# ── the first frame ─────────────────────────────────────────────────────────────────────────────────────


def test_hello_is_read_before_the_game_is_known() -> None:
    assert hello_decoder.decode('{"type":"hello","token":"abc","e":1,"v":2,"k":3}') == Hello("abc", 1, 2, 3)


@pytest.mark.parametrize("frame", ['{"type":"ping","at":1}', '{"type":"move","c":1,"on":0,"m":1.5}'])
def test_anything_before_hello_is_told_so(frame: str) -> None:
    with pytest.raises(Refused) as caught:
        hello_decoder.decode(frame)
    assert (caught.value.code, caught.value.c) == (Code.HELLO_FIRST, None)


@pytest.mark.parametrize("token", ["a b", "a\u00e9", "x" * 1025])
def test_a_token_holds_only_what_tokens_are_made_of(token: str) -> None:
    with pytest.raises(Refused) as caught:
        hello_decoder.decode(json.dumps({"type": "hello", "token": token}))
    assert caught.value.code == Code.BAD_MESSAGE


def test_the_codes_of_bad_frames_hold_for_the_first_frame_too() -> None:
    rows = [row for row in FRAMES if row.answer in {Code.NOT_TEXT, Code.BAD_UTF8, Code.BAD_JSON, Code.BAD_MESSAGE}]
    for row in rows:
        with pytest.raises(Refused) as caught:
            hello_decoder.decode(row.frame)
        assert caught.value.code == row.answer, row.name


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = st.sampled_from(["type", "c", "m", "on", "what", "yes", "text", "at", "token", "e", "v"])
TYPES = st.sampled_from(["hello", "move", "resign", "abort", "offer", "answer", "chat", "moves?", "ping"])
NEAR_MESSAGES = st.builds(
    lambda kind, fields: {"type": kind, "c": 1, **fields}, TYPES, st.dictionaries(FIELDS, VALUES | TYPES, max_size=4)
)


def answers_or_refuses(frame: str | bytes) -> None:
    """`Refused` is the only way out, and what passes holds nothing that must not pass."""
    for decoder in (connect_four, anything_goes, hello_decoder):
        try:
            message = decoder.decode(frame)
        except Refused:
            continue
        assert isinstance(frame, str)
        plain = json.dumps(msgspec.to_builtins(message), ensure_ascii=False)
        assert "\x00" not in plain.encode().decode()
        assert r"\u0000" not in plain.replace(r"\\", "")
        assert all(abs(number) <= MAX_INTEGER for number in integers(msgspec.to_builtins(message)))


def integers(value: Any) -> list[int]:
    assert not isinstance(value, float)
    if isinstance(value, int):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [number for item in items for number in integers(item)]


@given(st.text() | st.text(st.characters()) | st.binary())
@example("\ud800")
def test_no_frame_raises_anything_but_a_refusal(frame: str | bytes) -> None:
    answers_or_refuses(frame)


@given(VALUES | NEAR_MESSAGES, st.booleans())
def test_no_json_raises_anything_but_a_refusal(value: Any, escaped: bool) -> None:
    answers_or_refuses(json.dumps(value, ensure_ascii=escaped))


@given(NEAR_MESSAGES, st.data())
def test_no_damaged_message_raises_anything_but_a_refusal(value: Any, data: st.DataObject) -> None:
    text = json.dumps(value)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    answers_or_refuses(text[:start] + data.draw(st.text(max_size=8)) + text[end:])


@given(NEAR_MESSAGES)
def test_the_quick_way_and_the_slow_way_agree(value: Any) -> None:
    # Spaces behind the message send it the slow way and mean nothing.
    frame = json.dumps(value)
    slow = frame + " " * 2 * MAX_NESTING
    assert refusal(anything_goes, frame) == refusal(anything_goes, slow)
    assert refusal(connect_four, frame) == refusal(connect_four, slow)


@given(st.text(min_size=1, max_size=500), st.integers(0, MAX_INTEGER), st.integers(-MAX_INTEGER, MAX_INTEGER))
def test_what_is_well_formed_passes_unchanged(text: str, c: int, move: int) -> None:
    said = text.replace("\0", " ")
    for escaped in (True, False):
        assert connect_four.decode(json.dumps({"type": "chat", "text": said}, ensure_ascii=escaped)) == Chat(said)
    assert connect_four.decode(json.dumps({"type": "move", "c": c, "on": 0, "m": move})) == Move(c, move, 0)
