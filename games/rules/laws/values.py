"""Values as bytes, and a walk over actual values: a type that says `int` does not stop a float at run time.

Called by the laws and by golden records. Bytes keep the order of a map's members, as the host's snapshots do.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from hashlib import blake2b
from typing import Any

import msgspec

from games.rules.laws.play import Refuted

# 2⁵³-1: a browser reads numbers as doubles, and beyond this they lose digits.
_BROWSER_LIMIT = (1 << 53) - 1
_DIGEST_BYTES = 16
_WHOLE = (int, str, bytes, bool, type(None))

encoded = msgspec.json.Encoder().encode


def digest(value: Any) -> str:
    """A state as 32 hexadecimal digits over its bytes."""
    return blake2b(encoded(value), digest_size=_DIGEST_BYTES).hexdigest()


def plain(value: Any) -> Any:
    """What a client reads after `value` went over the wire."""
    return msgspec.json.decode(encoded(value))


def whole(value: Any, what: str) -> None:
    """Raises Refuted where `value` (a state, a move, a result) holds anything but whole, unchangeable things."""
    for path, found in _leaves(value, what):
        if not isinstance(found, Enum) and type(found) not in _WHOLE:
            raise Refuted(f"{path} holds the {type(found).__name__} {found!r}{_hint(found)}")


def shown(value: Any, what: str) -> None:
    """Raises Refuted where `value` (a view, a patch, a move) cannot be read exactly by a browser."""
    for path, found in _leaves(value, what, lists=True):
        if not isinstance(found, Enum) and type(found) not in _WHOLE:
            raise Refuted(f"{path} holds the {type(found).__name__} {found!r}{_hint(found)}")
        if isinstance(found, int) and abs(found) > _BROWSER_LIMIT:
            raise Refuted(f"{path} holds {found}: a browser reads whole numbers up to 2⁵³-1 only")


def _leaves(value: Any, path: str, *, lists: bool = False) -> Iterator[tuple[str, Any]]:
    """What stands at the ends of tuples, maps and frozen structs, each with its path."""
    match value:
        case msgspec.Struct():
            if not value.__struct_config__.frozen:
                yield path, value
            for name in value.__struct_fields__:
                yield from _leaves(getattr(value, name), f"{path}.{name}", lists=lists)
        case tuple():
            for index, one in enumerate(value):
                yield from _leaves(one, f"{path}[{index}]", lists=lists)
        case list() if lists:
            yield from _leaves(tuple(value), path, lists=True)
        case dict():
            for key, one in value.items():
                yield f"{path}'s key", key
                yield from _leaves(one, f"{path}[{key!r}]", lists=lists)
        case _:
            yield path, value


def _hint(found: Any) -> str:
    match found:
        case float():
            return "; use integers (thousandths, say)"
        case set() | frozenset():
            return "; a set has no order, use a sorted tuple"
        case list():
            return "; a list can be changed, use a tuple"
        case _:
            return ""
