"""TypeScript declarations of the wire's JSON Schemas, for `tsc --checkJs` over the SDK and the pages.

`generate.py` alone calls it. It knows as much of JSON Schema as msgspec writes, and stops at anything else.
"""

from __future__ import annotations

import json
from typing import Any

Schema = dict[str, Any]

_PRIMITIVES = {"integer": "number", "string": "string", "boolean": "boolean", "null": "null"}


def declarations(schemas: dict[str, Schema], unions: dict[str, list[str]]) -> str:
    """One exported interface for each schema, then one type for each union of names or literals."""
    parts = [_interface(name, schema) for name, schema in schemas.items()]
    parts += [f"export type {name} =\n  | " + "\n  | ".join(members) + ";\n" for name, members in unions.items()]
    return "\n".join(parts)


def type_of(schema: Schema) -> str:
    """The TypeScript type of a value of this schema. What is the game's own is `any`: boards know it."""
    match schema:
        case {"$ref": str(reference)}:
            return reference.rpartition("/")[2]
        case {"anyOf": list(choices)}:
            return " | ".join(map(type_of, choices))
        case {"enum": list(literals)}:
            return " | ".join(json.dumps(one) for one in literals)
        case {"type": "array", "prefixItems": list(items)}:
            return f"[{', '.join(map(type_of, items))}]"
        case {"type": "array"}:
            item = type_of(schema.get("items", {}))
            return f"({item})[]" if " " in item else f"{item}[]"
        case {"type": "object"}:
            return f"Record<string, {type_of(schema.get('additionalProperties', {}))}>"
        case {"type": str(primitive)}:
            return _PRIMITIVES[primitive]
        case _ if not set(schema) - {"default"}:
            return "any"
    raise ValueError(f"No TypeScript is known for the schema {schema}.")


def fields_of(schema: Schema) -> list[str]:
    """The fields as `name: type`, with `?` where they may be absent."""
    required = schema.get("required", ())
    return [
        f"{name}{'' if name in required else '?'}: {type_of(field)}" for name, field in schema["properties"].items()
    ]


def _interface(name: str, schema: Schema) -> str:
    comment = "\n".join(f" * {line}".rstrip() for line in schema["description"].splitlines())
    fields = "".join(f"  {field};\n" for field in fields_of(schema))
    return f"/**\n{comment}\n */\nexport interface {name} {{\n{fields}}}\n"
