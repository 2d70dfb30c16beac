"""What a game declares, before a single match is played: its facts, and a walk over the types it names.

A float or a set would fold to other bytes on another Python, a mutable value could change behind the host's back, an
unbounded option would let a player ask for a board of a billion cells: all are refused here by their type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from games.rules.base import Rules
from games.rules.laws.play import Broken

# `Match.game` is a column of 40 characters.
_NAME = re.compile(r"(?=.{1,40}\Z)[a-z0-9]+(-[a-z0-9]+)*")
# What waits for spectators is kept in memory: a few versions a minute, but at ticks every one, with its state.
_MOST_DELAY_S, _MOST_DELAY_AT_TICKS_S = 3600, 30
_WRITTEN = ("setup", "turns", "step", "result", "view")
_CHAT = ("open", "quick", "none")
_OFFERS = frozenset({"draw", "takeback"})
_TEXT_KEYS = (inspect.StrType, inspect.LiteralType, inspect.EnumType)
_WHOLE = (
    inspect.IntType,
    inspect.StrType,
    inspect.BytesType,
    inspect.BoolType,
    inspect.NoneType,
    inspect.LiteralType,
    inspect.UnionType,
    inspect.TupleType,
    inspect.VarTupleType,
    inspect.Metadata,
)


def declared(rules: Rules[Any, Any]) -> None:
    """Raises Broken with all that is wrong with the facts and types of `rules`, a line for each."""
    faults = [*_facts(rules), *_functions(rules), *_types(rules)]
    if faults:
        raise Broken("declared", None, None, "\n".join(faults))


def _facts(rules: Rules[Any, Any]) -> Iterator[str]:
    if not _NAME.fullmatch(_text(rules, "name")):
        yield "name: a slug of lower-case letters, digits and hyphens is wanted, 40 characters at most"
    if not _text(rules, "title"):
        yield "title: what people read is missing"
    if type(rules.edition) is not int or rules.edition < 1:
        yield f"edition: a whole number from 1 is wanted, not {rules.edition!r}"
    seats = getattr(rules, "seats", None)
    if not isinstance(seats, range) or not seats or min(seats) < 1:
        yield f"seats: a range of 1 or more is wanted, such as range(2, 3) for two seats, not {seats!r}"
    if type(rules.hz) is not int or rules.hz < 0:
        yield f"hz: steps a second are wanted, 0 for none, not {rules.hz!r}"
    yield from _delay(rules)
    if rules.chat not in _CHAT:
        yield f"chat: one of {', '.join(_CHAT)} is wanted, not {rules.chat!r}"
    if not rules.offers <= _OFFERS:
        yield f"offers: the host knows {', '.join(sorted(_OFFERS))}, not {', '.join(sorted(rules.offers - _OFFERS))}"


def _delay(rules: Rules[Any, Any]) -> Iterator[str]:
    delay_s, most_s = rules.spectator_delay_s, _MOST_DELAY_AT_TICKS_S if rules.hz else _MOST_DELAY_S
    if type(delay_s) is not int or not 0 <= delay_s <= most_s:
        yield f"spectator_delay_s: whole seconds from 0 to {most_s} are wanted, not {delay_s!r}"
    if not delay_s and type(rules).delayed_view is not Rules.delayed_view:
        yield "delayed_view(): nobody sees it, because spectator_delay_s is 0"


def _text(rules: Rules[Any, Any], fact: str) -> str:
    value = getattr(rules, fact, "")
    return value if isinstance(value, str) else ""


def _functions(rules: Rules[Any, Any]) -> Iterator[str]:
    wanted = (*_WRITTEN, "unknown") if rules.secret else _WRITTEN
    for name in wanted:
        if getattr(type(rules), name) is getattr(Rules, name):
            yield f"{name}(): must be written" + (", because secret is True" if name == "unknown" else "")


def _types(rules: Rules[Any, Any]) -> Iterator[str]:
    """Walks state, move and options, each where it is declared at all."""
    for fact in ("state", "move", "options"):
        kind = getattr(rules, fact, None)
        if kind is None:
            yield f"{fact}: is not declared"
            continue
        try:
            shape = inspect.type_info(kind)
        except Exception as fault:  # noqa: BLE001 - msgspec, typing and the annotations themselves may all refuse
            yield f"{fact}: its types cannot be read ({fault})"
            continue
        if fact != "move" and not isinstance(shape, inspect.StructType):
            yield f"{fact}: a frozen msgspec.Struct is wanted"
        yield from _walk(shape, fact, from_outside=fact != "state", seen=set())
        if fact == "options":
            yield from _bounds(shape, fact)


def _walk(shape: inspect.Type, path: str, *, from_outside: bool, seen: set[type]) -> Iterator[str]:
    """What is wrong with `shape` at `path`. `from_outside`: players send it. `seen`: structs may hold themselves."""
    if isinstance(shape, inspect.StructType):
        if shape.cls in seen:
            return
        seen.add(shape.cls)
    yield from (f"{path}: {fault}" for fault in _faults(shape, from_outside=from_outside))
    for inner_path, inner in _inner(shape, path):
        yield from _walk(inner, inner_path, from_outside=from_outside, seen=seen)


def _inner(shape: inspect.Type, path: str) -> Iterator[tuple[str, inspect.Type]]:
    """The types that `shape` is made of, each with its path."""
    match shape:
        case inspect.StructType(fields=fields):
            yield from ((f"{path}.{field.name}", field.type) for field in fields)
        case inspect.Metadata(type=inner):
            yield path, inner
        case inspect.UnionType(types=types):
            yield from ((path, one) for one in types)
        case inspect.TupleType(item_types=items):
            yield from ((f"{path}[{index}]", item) for index, item in enumerate(items))
        case inspect.VarTupleType(item_type=inner) | inspect.DictType(value_type=inner):
            yield f"{path}[…]", inner


def _faults(shape: inspect.Type, *, from_outside: bool) -> Iterator[str]:
    """What is wrong with `shape` itself, whatever is inside it."""
    match shape:
        case inspect.StructType(cls=kind):
            if not kind.__struct_config__.frozen:
                yield f"{kind.__name__} can be changed; write class {kind.__name__}(msgspec.Struct, frozen=True)"
            if from_outside and not kind.__struct_config__.forbid_unknown_fields:
                yield f"{kind.__name__} comes from players; it needs forbid_unknown_fields=True"
        case inspect.DictType(key_type=key):
            # What players send enters the log with its members sorted, and integers have no place in that order.
            if not isinstance(key, _TEXT_KEYS if from_outside else (*_TEXT_KEYS, inspect.IntType)):
                yield "a map's keys are strings" + ("" if from_outside else " or integers")
        case inspect.EnumType(cls=members):
            if any(type(one.value) not in (int, str) for one in members):
                yield "an enum's values are integers or strings"
        case _ if not isinstance(shape, _WHOLE):
            yield _refusal(shape)


def _refusal(shape: inspect.Type) -> str:
    match shape:
        case inspect.FloatType():
            return "a float folds to other bytes on another Python; use integers (thousandths, say)"
        case inspect.SetType() | inspect.FrozenSetType():
            return "a set has no order; use a sorted tuple"
        case inspect.ListType():
            return "a list can be changed; use a tuple"
        case inspect.AnyType() | inspect.RawType():
            return "the type is left open; say what it holds"
        case _:
            kind = type(shape).__name__.removesuffix("Type").lower()
            return f"a {kind} is not allowed; use integers, strings, bytes, booleans, tuples, frozen structs and maps"


def _bounds(shape: inspect.Type, path: str) -> Iterator[str]:
    """Options are chosen by players: each needs a default, and bounds for whatever could be huge."""
    for field in shape.fields if isinstance(shape, inspect.StructType) else ():
        if field.required:
            yield f"{path}.{field.name}: needs a default"
        yield from _unbounded(field.type, f"{path}.{field.name}")


def _unbounded(shape: inspect.Type, path: str) -> Iterator[str]:
    match shape:
        case inspect.Metadata(type=inner):
            yield from _unbounded(inner, path)
        case inspect.IntType(ge=low, le=high) if low is None or high is None:
            yield f"{path}: needs bounds: Annotated[int, msgspec.Meta(ge=…, le=…)]"
        case inspect.StrType(max_length=None) | inspect.BytesType(max_length=None):
            yield f"{path}: needs a bound: a Literal, or Annotated[…, msgspec.Meta(max_length=…)]"
        case (
            inspect.VarTupleType(item_type=inner, max_length=longest)
            | inspect.DictType(value_type=inner, max_length=longest)
        ):
            if longest is None:
                yield f"{path}: needs a bound: Annotated[…, msgspec.Meta(max_length=…)]"
            yield from _unbounded(inner, f"{path}[…]")
        case inspect.UnionType(types=types):
            for one in types:
                yield from _unbounded(one, path)
        case inspect.StructType():
            yield from _bounds(shape, path)
