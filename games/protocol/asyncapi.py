"""The AsyncAPI 3 document of the wire, made of the messages' schemas.

`generate.py` alone calls it. It is told from the server's side: it receives what clients send.
"""

from __future__ import annotations

from typing import Any, Final

from games.protocol.codec import MAX_FRAME_BYTES

Schema = dict[str, Any]

SUBPROTOCOL: Final = "madang.v1"
CHANNELS: Final[dict[str, Schema]] = {
    "match": {
        "address": "/ws/match/{match}",
        "parameters": {"match": {"description": "The public id of the match."}},
    },
    "lobby": {"address": "/ws/lobby"},
}


def names_in(union: Schema) -> dict[str, str]:
    """The name of each message of a union, by its `type`."""
    mapping: dict[str, str] = union["discriminator"]["mapping"]
    return {tag: reference.rpartition("/")[2] for tag, reference in mapping.items()}


def described(spoken: dict[str, tuple[Schema, Schema]], parts: dict[str, Schema]) -> Schema:
    """The document. `spoken`: for each of `CHANNELS` what clients send there, and what the server sends."""
    tags = {name: tag for unions in spoken.values() for union in unions for tag, name in names_in(union).items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Madang",
            "version": SUBPROTOCOL.rpartition(".v")[2] + ".0.0",
            "description": f"One WebSocket a match and one for the lobby, subprotocol {SUBPROTOCOL}, JSON in text "
            f"frames of at most {MAX_FRAME_BYTES} bytes from a client. `docs/protocol.md` tells the order of messages.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {channel: _channel(channel, *unions) for channel, unions in spoken.items()},
        "operations": {
            name: operation
            for channel, unions in spoken.items()
            for name, operation in _operations(channel, *unions).items()
        },
        "components": {
            "messages": {
                name: {"name": tag, "title": name, "payload": {"$ref": f"#/components/schemas/{name}"}}
                for name, tag in tags.items()
            },
            "schemas": _as_draft_7(parts),
        },
    }


def _channel(channel: str, client: Schema, server: Schema) -> Schema:
    names = [*names_in(client).values(), *names_in(server).values()]
    return {
        **CHANNELS[channel],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
    }


def _operations(channel: str, client: Schema, server: Schema) -> dict[str, Schema]:
    where = "" if channel == "match" else f" in the {channel}"
    suffix = "" if channel == "match" else channel.capitalize()
    hear = _operation(channel, "receive", f"What a client may send{where}; hello comes first.", client)
    return {
        f"hear{suffix}": hear,
        f"tell{suffix}": _operation(channel, "send", f"What the server sends{where}.", server),
    }


def _operation(channel: str, action: str, summary: str, union: Schema) -> Schema:
    messages = [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names_in(union).values()]
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": messages,
    }


def _as_draft_7(value: Any) -> Any:
    """The same schemas in the older dialect that AsyncAPI is made of: tuples and references are written otherwise."""
    if isinstance(value, list):
        return [_as_draft_7(one) for one in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _as_draft_7(one) for key, one in value.items()}
    if "prefixItems" in changed:
        changed["additionalItems"] = changed.pop("items")
        changed["items"] = changed.pop("prefixItems")
    if "$ref" in changed:
        changed["$ref"] = changed["$ref"].replace("#/$defs/", "#/components/schemas/")
    return changed
