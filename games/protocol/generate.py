"""Writes all that is derived from `messages.py` and `codes.py`: JSON Schemas, AsyncAPI, the SDK's types, tables.

Run as `python -m games.protocol.generate`; with `--check` it writes nothing and fails where a file is stale. Nobody
imports it but its test, and it must not describe anything by hand that the messages say themselves.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from games.protocol.asyncapi import SUBPROTOCOL, described, names_in
from games.protocol.codes import CLOSE_WHY, RETRY, WHY, Close, Code
from games.protocol.messages import ClientMessage, LobbyClientMessage, LobbyServerMessage, ServerMessage
from games.protocol.phrases import PHRASES
from games.protocol.rights import RIGHTS, Standing
from games.protocol.typescript import declarations, fields_of

ROOT = Path(__file__).parents[2]
CLIENT = Path("docs/protocol/client.schema.json")
SERVER = Path("docs/protocol/server.schema.json")
LOBBY = Path("docs/protocol/lobby.schema.json")
ASYNCAPI = Path("docs/protocol/asyncapi.json")
TYPES = Path("static/sdk/protocol.d.ts")
PAGE = Path("docs/protocol.md")

_COMMAND = "python -m games.protocol.generate"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def generated(root: Path) -> dict[Path, str]:
    """The text that every generated file should have, by its path below `root`."""
    client, client_parts = _schema_of(ClientMessage)
    server, server_parts = _schema_of(ServerMessage)
    asking, asking_parts = _schema_of(LobbyClientMessage)
    lobby, lobby_parts = _schema_of(LobbyServerMessage)
    parts = client_parts | server_parts | asking_parts | lobby_parts
    page = (root / PAGE).read_text(encoding="utf-8")
    return {
        CLIENT: _json(_document("What a client may send", client, client_parts)),
        SERVER: _json(_document("What the server sends", server, server_parts)),
        LOBBY: _json(_document("What the server sends in the lobby", lobby, lobby_parts)),
        ASYNCAPI: _json(described({"match": (client, server), "lobby": (asking, lobby)}, parts)),
        TYPES: _types({"": (client, server), "Lobby": (asking, lobby)}, parts),
        PAGE: _page(
            page,
            {
                "client messages": _messages(client, client_parts),
                "server messages": _messages(server, server_parts),
                # What it shares with a match is told there.
                "lobby messages": _messages(lobby, lobby_parts, told=server_parts),
                "phrases": _phrases(),
                "rights": _rights(),
                "codes": _codes(),
                "closes": _closes(),
            },
        ),
    }


# ── schemas ─────────────────────────────────────────────────────────────────────────────────────────────


def _schema_of(union: Any) -> tuple[Schema, dict[str, Schema]]:
    """The schema of a union of messages, and those of its parts by name."""
    (whole,), parts = msgspec.json.schema_components([union], ref_template="#/$defs/{name}")
    # A move's type belongs to its game; here it stands for all of them.
    text = json.dumps([whole, parts]).replace("Move_Any_", "Move").replace("Move[Any]", "Move")
    whole, parts = json.loads(text)
    for part in parts.values():
        # Written for readers of Python; on the wire None is null.
        part["description"] = inspect.cleandoc(part["description"]).replace("None", "null")
    return whole, parts


def _document(title: str, whole: Schema, parts: dict[str, Schema]) -> Schema:
    return {"$schema": _DIALECT, "title": f"{title} ({SUBPROTOCOL})", **whole, "$defs": parts}


# ── the SDK's types ─────────────────────────────────────────────────────────────────────────────────────


def _types(spoken: dict[str, tuple[Schema, Schema]], parts: dict[str, Schema]) -> str:
    unions = {
        f"{name}{side}Message": list(names_in(union).values())
        for name, unions in spoken.items()
        for side, union in zip(("Client", "Server"), unions, strict=True)
    }
    unions |= {
        "Code": [json.dumps(code) for code in Code],
        "CloseCode": [str(int(code)) for code in Close],
    }
    return f"// Generated from games/protocol/ by `{_COMMAND}`; edit those.\n\n" + declarations(parts, unions)


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────


def _page(page: str, sections: dict[str, str]) -> str:
    """`page` with each section's text between its two markers."""
    for name, text in sections.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise SystemExit(f"{PAGE} needs the lines '{begin}' and '{end}' once each.")
        head, _, rest = page.partition(begin)
        page = f"{head}{begin}\n{text}\n{end}{rest.partition(end)[2]}"
    return page


def _messages(union: Schema, parts: dict[str, Schema], told: Collection[str] = ()) -> str:
    """A heading, the fields and the contract of each message, and then of the parts that they share; without those that
    are `told` elsewhere."""
    named = names_in(union)
    shared = [name for name in parts if name not in named.values() and name not in told]
    headed = [(f"`{tag}`", parts[name]) for tag, name in named.items() if name not in told]
    headed += [(f"Part: {name}", parts[name]) for name in shared]
    return "\n".join(_message(heading, part) for heading, part in headed)


def _message(heading: str, part: Schema) -> str:
    fields = "".join(f"{field}\n" for field in fields_of(part) if not field.startswith("type:"))
    shown = f"```ts\n{fields}```\n\n" if fields else ""
    return f"#### {heading}\n\n{shown}{part['description']}\n"


def _rights() -> str:
    head = ["| Message |" + "".join(f" {one.capitalize()} |" for one in Standing), "| --- |" + " --- |" * len(Standing)]
    return "\n".join([*head, *(_right(message, row) for message, row in RIGHTS.items())])


def _right(message: type[msgspec.Struct], row: dict[Standing, Code]) -> str:
    cells = (f"`{row[one]}`" if one in row else "taken" for one in Standing)
    return f"| `{message.__struct_config__.tag}` |" + "".join(f" {cell} |" for cell in cells)


def _phrases() -> str:
    rows = [f"| `{phrase}` | {words} |" for phrase, words in PHRASES.items()]
    return "\n".join(["| `phrase` | In English |", "| --- | --- |", *rows])


def _codes() -> str:
    rows = [f"| `{code}` | {WHY[code]} |" for code in Code]
    return "\n".join(["| Code | Why, as the server says it |", "| --- | --- |", *rows])


def _closes() -> str:
    rows = [
        f"| {int(code)} | {code.name.lower()} | {'yes' if RETRY[code] else '**no**'} | {CLOSE_WHY[code]} |"
        for code in Close
    ]
    return "\n".join(["| Code | Name | Connect again? | Why |", "| --- | --- | --- | --- |", *rows])


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────


def _json(value: Schema) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def stale(root: Path) -> list[Path]:
    """The files below `root` that are not what they should be."""
    return [
        path
        for path, text in generated(root).items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]


def write(root: Path) -> None:
    """Bring every generated file below `root` up to date."""
    for path, text in generated(root).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=_COMMAND, description="Write what is derived from the protocol's messages.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    if not parser.parse_args().check:
        write(ROOT)
    elif old := stale(ROOT):
        sys.exit(f"Stale: {', '.join(map(str, old))}. Run `{_COMMAND}` and commit the result.")


if __name__ == "__main__":
    main()
