"""A match as text: what a seat sees, what it may do, a typed line as a move. Called for `playgame`; plays nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from games.protocol import codec, messages
from games.rules.rng import Rng

# More than a screen of choices is no choice: then a move is typed as JSON.
MOST_LISTED = 40
_INDENT = "  "
# Fits most terminals, with what stands before the first choices.
_LINE = 80


def written(value: Any, indent: str = _INDENT) -> str:
    """A view as people read it: members by name, lists on a line where they are short, objects below their name."""
    return "\n".join(_lines(value, indent))


def _lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        width = max((len(str(key)) for key in value), default=0)
        for key, member in value.items():
            if _is_flat(member):
                yield f"{indent}{key!s:{width}}  {_flat(member)}"
            else:
                yield f"{indent}{key}"
                yield from _lines(member, indent + _INDENT)
    elif isinstance(value, list) and not _is_flat(value):
        for member in value:
            if _is_flat(member):
                yield f"{indent}{_flat(member)}"
            else:
                yield f"{indent}-"
                yield from _lines(member, indent + _INDENT)
    else:
        yield f"{indent}{_flat(value)}"


def _is_flat(value: Any) -> bool:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not (isinstance(value, dict) and value) and not any(isinstance(one, dict | list) for one in members)


def _flat(value: Any) -> str:
    match value:
        case None:
            return "–"
        case []:
            return "(none)"
        case {}:
            return "(nothing)"
        case list():
            return "  ".join(map(_flat, value))
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def told(move: Any) -> str:
    """A move in a few signs."""
    return move if isinstance(move, str) else msgspec.json.encode(move).decode()


def _in_lines(choices: list[str]) -> str:
    """Side by side, as far as a line goes."""
    lines = [""]
    for choice in choices:
        if lines[-1] and len(lines[-1]) + len(choice) > _LINE:
            lines.append("")
        lines[-1] += ("   " if lines[-1] else "") + choice
    return ("\n" + _INDENT).join(lines)


class Choices:
    """The legal moves of a seat, as they are offered: by number, or as JSON where they are too many."""

    def __init__(self, moves: Any) -> None:
        self._moves = moves
        listed = list(moves) if hasattr(moves, "__iter__") else None
        self.listed = listed if listed is not None and len(listed) <= MOST_LISTED else None

    @property
    def _by_key(self) -> dict[str, Any]:
        """What is typed for each move: whole numbers stand for themselves, everything else is counted from 1."""
        moves = self.listed or []
        if all(type(move) is int for move in moves):
            return {str(move): move for move in moves}
        return {str(number): move for number, move in enumerate(moves, start=1)}

    def __str__(self) -> str:
        if self.listed is not None:
            pairs = [(key, told(move)) for key, move in self._by_key.items()]
            return _in_lines([key if key == move else f"{key} {move}" for key, move in pairs])
        count = len(self._moves) if hasattr(self._moves, "__len__") else self._moves.count()
        many = "too many moves to list" if count is None else f"{count:,} moves"
        return f"{many}; type one as JSON, such as {told(self.drawn(0))}"

    def drawn(self, number: int) -> Any:
        """A legal move drawn at random; the same for the same number."""
        rng = Rng(bytes(32), number)
        return rng.choice(self._moves) if isinstance(self._moves, list) else self._moves.sample(rng)

    def read(self, line: str, kind: Any) -> Any:
        """The move that was typed; raises ValueError with a sentence. It need not be legal: the host says so."""
        by_key = self._by_key
        if line in by_key:
            return by_key[line]
        for text in (line, msgspec.json.encode(line).decode()):
            message = f'{{"type":"move","c":1,"m":{text}}}'
            try:
                found = codec.decoder_for(kind).decode(message)
            except codec.Refused:
                continue
            assert isinstance(found, messages.Move)
            return found.m
        raise ValueError(f"{line!r} is no move of this game.")
