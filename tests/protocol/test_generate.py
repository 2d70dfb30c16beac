"""What is generated is fresh, and says the same as the code it is generated from."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from games.protocol import generate, messages
from games.protocol.codec import Refused, decoder_for, encode
from games.protocol.codes import CLOSE_WHY, RETRY, WHY, Close, Code
from tests.protocol.bad_input import FRAMES, INPUTS, Frame, Input

TEXTS = generate.generated(generate.ROOT)
CLIENT = Draft202012Validator(json.loads(TEXTS[generate.CLIENT]))
SERVER = Draft202012Validator(json.loads(TEXTS[generate.SERVER]))
ASYNCAPI = json.loads(TEXTS[generate.ASYNCAPI])
PAGE = TEXTS[generate.PAGE]

GOOD = [
    '{"type":"hello"}',
    '{"type":"hello","token":"abc","e":1,"v":0,"k":null}',
    '{"type":"move","c":1,"on":0,"m":3}',
    '{"type":"move","c":1,"m":{"from":[1,2],"to":"e4"}}',
    '{"type":"resign","c":9007199254740991}',
    '{"type":"abort","c":0}',
    '{"type":"offer","c":1,"what":"rematch"}',
    '{"type":"answer","c":1,"what":"draw","yes":false}',
    '{"type":"chat","text":"마당"}',
    '{"type":"moves?"}',
    '{"type":"ping","at":12}',
]
FIELDS = {"c": [0, 1, -1, "1", None], "m": [3, None], "on": [0, None, "x"], "what": ["draw", "x"], "yes": [True, 1]}
FIELDS |= {"text": ["a", "", "x" * 501], "at": [0, -1], "token": ["t", None, "a b"], "e": [0, None], "z": [0]}

# A schema sees no member twice and takes 1.0 for an integer; Python reads no number so long or so large.
UNSEEN = {"two types", "a c with a fraction", "a c of 5,000 digits", "1e999 outside a move"}


def examples_on_the_page() -> list[tuple[str, str]]:
    """`("→" or "←", JSON)` of each line of the example exchange."""
    return re.findall(r"^([→←]) (\{.*\})$", PAGE, re.MULTILINE)


def rows_on_the_page() -> dict[str, str]:
    """`{what is sent: answer}` of the tables of bad input."""
    tables = PAGE.partition("## Bad input")[2]
    return dict(re.findall(r"^\| (?!What |---)(.+?) \| (.+?) \|$", tables, re.MULTILINE))


def answer_of(row: Frame | Input) -> str:
    if isinstance(row, Input):
        return f"`reject` `{row.code}`" if row.code else "the same `ack` again"
    if isinstance(row.answer, Close):
        return f"close {int(row.answer)}"
    return f"`{'error' if row.c is None else 'reject'}` `{row.answer}`"


def test_every_generated_file_is_fresh() -> None:
    assert generate.stale(generate.ROOT) == [], "run: python -m games.protocol.generate"


def test_a_stale_or_missing_file_is_found_and_written_anew(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / generate.PAGE).write_text(PAGE.replace("| `illegal` |", "| `forbidden` |"), encoding="utf-8")
    assert set(generate.stale(tmp_path)) == set(TEXTS)
    generate.write(tmp_path)
    assert generate.stale(tmp_path) == []
    assert (tmp_path / generate.PAGE).read_text(encoding="utf-8") == PAGE
    (tmp_path / generate.TYPES).write_text("", encoding="utf-8")
    assert generate.stale(tmp_path) == [generate.TYPES]


def test_a_page_without_its_markers_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / generate.PAGE).write_text("# The protocol\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="needs the lines"):
        generate.generated(tmp_path)


def test_the_command_agrees_that_all_is_fresh() -> None:
    command = [sys.executable, "-m", "games.protocol.generate", "--check"]
    assert subprocess.run(command, cwd=generate.ROOT, check=False).returncode == 0


def test_the_schemas_are_schemas() -> None:
    CLIENT.check_schema(CLIENT.schema)
    SERVER.check_schema(SERVER.schema)
    for schema in ASYNCAPI["components"]["schemas"].values():
        Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("frame", GOOD)
def test_what_the_codec_accepts_is_valid_by_the_schema(frame: str) -> None:
    assert decoder_for(Any).decode(frame) is not None
    CLIENT.validate(json.loads(frame))


@pytest.mark.parametrize(
    "row",
    [row for row in FRAMES if row.answer == Code.BAD_MESSAGE and row.name not in UNSEEN],
    ids=lambda row: row.name,
)
def test_what_has_no_shape_to_the_codec_is_invalid_by_the_schema(row: Frame) -> None:
    assert not CLIENT.is_valid(json.loads(row.frame))


@given(
    st.sampled_from(["hello", "move", "resign", "abort", "offer", "answer", "chat", "moves?", "ping", "x"]),
    st.dictionaries(st.sampled_from(sorted(FIELDS)), st.integers(0, 4), max_size=4),
)
def test_the_schema_and_the_codec_agree(kind: str, chosen: dict[str, int]) -> None:
    message = {"type": kind} | {field: FIELDS[field][which % len(FIELDS[field])] for field, which in chosen.items()}
    try:
        decoder_for(Any).decode(json.dumps(message))
        accepted = True
    except Refused:
        accepted = False
    assert CLIENT.is_valid(message) == accepted


def test_the_example_is_what_client_and_server_would_say() -> None:
    lines = examples_on_the_page()
    assert {arrow for arrow, _ in lines} == {"→", "←"}
    for arrow, line in lines:
        if arrow == "→":
            assert json.loads(encode(decoder_for(int | str).decode(line))).items() >= json.loads(line).items()
        elif line.startswith("["):
            v, patch, *by = json.loads(line)  # a tick in its short form
            assert isinstance(v, int)
            assert isinstance(patch, dict)
            assert len(by) <= 1
        else:
            said = msgspec.json.decode(line, type=messages.ServerMessage)
            assert json.loads(encode(said)) == json.loads(line)
            SERVER.validate(json.loads(line))


def test_asyncapi_names_every_message_once_and_refers_only_to_what_is_there() -> None:
    channels = ASYNCAPI["channels"]
    for channel in channels:
        said = [
            reference["$ref"].rpartition("/")[2]
            for one in ASYNCAPI["operations"].values()
            for reference in one["messages"]
            if one["channel"]["$ref"] == f"#/channels/{channel}"
        ]
        assert sorted(said) == sorted(channels[channel]["messages"])
    assert set(ASYNCAPI["components"]["messages"]) == {name for one in channels.values() for name in one["messages"]}
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', TEXTS[generate.ASYNCAPI]):
        place = ASYNCAPI
        for step in reference.split("/"):
            place = place[step]


def test_every_code_says_why_and_every_close_whether_to_come_back() -> None:
    assert set(WHY) == set(Code)
    assert set(RETRY) == set(CLOSE_WHY) == set(Close)


def test_the_sdk_stays_away_after_exactly_the_codes_that_say_so() -> None:
    line = (generate.ROOT / "static/sdk/line.js").read_text(encoding="utf-8")
    final = re.search(r"export const FINAL = new Set\(\[([\d, ]+)\]\)", line)
    assert final is not None
    assert {int(code) for code in final[1].split(",")} == {int(code) for code in Close if not RETRY[code]}


def test_the_page_shows_every_row_of_bad_input_and_no_other() -> None:
    assert rows_on_the_page() == {row.name: answer_of(row) for row in (*FRAMES, *INPUTS)}
