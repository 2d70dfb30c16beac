"""Options drawn at random within the bounds that a game declares, so that laws hold for all of them.

Called by `play`; it never raises for a game whose declaration is sound, and falls back on a field's default.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import inspect

from games.rules.rng import Rng

# Fields that exclude each other are refused by the game itself; after this many such draws the defaults are played.
_ATTEMPTS = 20
# The defaults are what most matches are played with, so half of all draws are those.
_SHARE_OF_DEFAULTS = 2


def options_drawn(kind: type[Any], rng: Rng) -> Any:
    """An instance of the options: the defaults half of the time, else each field drawn within its bounds."""
    if not kind.__struct_fields__ or not rng.below(_SHARE_OF_DEFAULTS):
        return kind()
    for _ in range(_ATTEMPTS):
        try:
            return msgspec.convert(_fields_drawn(kind, rng), kind)
        except msgspec.ValidationError:
            continue
    return kind()


def _fields_drawn(kind: type[Any], rng: Rng) -> dict[str, Any]:
    """The fields that can be drawn; the others are left to their defaults."""
    shape = cast("inspect.StructType", inspect.type_info(kind))
    fields = ((field.encode_name, _choices(field.type)) for field in shape.fields)
    return {name: rng.choice(choices) for name, choices in fields if choices}


def _choices(shape: inspect.Type) -> range | tuple[Any, ...]:
    """The values of a bounded type; nothing where they cannot be listed."""
    match shape:
        case inspect.Metadata(type=inner):
            return _choices(inner)
        case inspect.IntType(ge=int(low), le=int(high)):
            return range(low, high + 1)
        case inspect.BoolType():
            return (False, True)
        case inspect.LiteralType(values=values):
            return tuple(values)
        case inspect.EnumType(cls=members):
            return tuple(one.value for one in members)
        case inspect.UnionType(types=types):
            return tuple(value for one in types for value in _choices(one))
        case inspect.NoneType():
            return (None,)
        case _:
            return ()
