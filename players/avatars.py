"""A picture for each player, drawn from the public id: a patchwork in the five colours of dancheong.

Called by the template tag, the view at `/avatar/` and whoever shows people. Pure: the same id gives the same picture
for ever, on every machine, so nothing is stored or uploaded, and caches may keep it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Final

# Blue-green, red, yellow, white, black: the colours of wood under old roofs.
COLOURS: Final = ("#1f6f6b", "#c8432b", "#d9a521", "#faf7f0", "#1d1b18")

# The picture is 48 wide: four quarters, each of four cells, each quarter turned once more about the middle.
SIZE: Final = 48
_CELL: Final = 12

# A commands' letter with its numbers; arcs are `A radius radius 0 0 sweep x y`.
_Path = tuple[tuple[str, tuple[int, ...]], ...]

_PETAL: Final[_Path] = (("M", (0, 0)), ("A", (12, 1, 12, 12)), ("A", (12, 1, 0, 0)), ("Z", ()))
_FAN: Final[_Path] = (("M", (0, 0)), ("L", (12, 0)), ("A", (12, 1, 0, 12)), ("Z", ()))
_HALF: Final[_Path] = (("M", (0, 0)), ("L", (12, 0)), ("L", (0, 12)), ("Z", ()))
_ROOF: Final[_Path] = (("M", (0, 12)), ("L", (6, 0)), ("L", (12, 12)), ("Z", ()))
_BEAM: Final[_Path] = (("M", (0, 4)), ("L", (12, 4)), ("L", (12, 8)), ("L", (0, 8)), ("Z", ()))
_DOT: Final[_Path] = (("M", (2, 6)), ("A", (4, 1, 10, 6)), ("A", (4, 1, 2, 6)), ("Z", ()))
_DIAMOND: Final[_Path] = (("M", (6, 1)), ("L", (11, 6)), ("L", (6, 11)), ("L", (1, 6)), ("Z", ()))
_WAVE: Final[_Path] = (("M", (0, 0)), ("A", (6, 1, 0, 12)), ("Z", ()), ("M", (12, 0)), ("A", (6, 0, 12, 12)), ("Z", ()))
_MOTIFS: Final = (_PETAL, _FAN, _HALF, _ROOF, _BEAM, _DOT, _DIAMOND, _WAVE)


@lru_cache(maxsize=2048)  # a picture is some 1.5 kB: 3 MB at most, for the people of a busy evening
def picture(public_id: str) -> str:
    """The inside of an `<svg viewBox="0 0 48 48">`: one rectangle and a path for each other colour."""
    drawn = list(blake2b(public_id.encode(), digest_size=16, person=b"madang.avatar").digest())
    ground, *others = _turned(COLOURS, drawn.pop())
    paths: dict[str, list[str]] = {}
    for cell in range(4):
        patch, motif = _two(others, ground, drawn.pop())
        shape, turn = _MOTIFS[drawn[-1] % 8], drawn.pop() // 8 % 4
        left, top = cell % 2 * _CELL, cell // 2 * _CELL
        for quarter in range(4):
            if patch != ground:
                paths.setdefault(patch, []).append(_data(_SQUARE, 0, left, top, quarter))
            paths.setdefault(f"{motif} ", []).append(_data(shape, turn, left, top, quarter))
    # Patches first, what is sewn on them after: the order in which they were met would hide some.
    layers = sorted(paths.items(), key=lambda path: path[0].endswith(" "))
    whole = f'<path fill="{ground}" d="M0 0H{SIZE}V{SIZE}H0Z"/>'
    return whole + "".join(f'<path fill="{fill.strip()}" d="{"".join(data)}"/>' for fill, data in layers)


_SQUARE: Final[_Path] = (("M", (0, 0)), ("L", (12, 0)), ("L", (12, 12)), ("L", (0, 12)), ("Z", ()))


def _turned(colours: tuple[str, ...], by: int) -> tuple[str, ...]:
    start = by % len(colours)
    return colours[start:] + colours[:start]


def _two(others: list[str], ground: str, drawn: int) -> tuple[str, str]:
    """The colours of a patch and of what is sewn on it: never the same, and often the ground itself."""
    patch = (ground, *others)[drawn % 5]
    rest = [colour for colour in (*others, ground) if colour != patch]
    return patch, rest[drawn // 5 % 4]


def _data(shape: _Path, turn: int, left: int, top: int, quarter: int) -> str:
    return "".join(letter + " ".join(map(str, _numbers(n, turn, left, top, quarter))) for letter, n in shape)


def _numbers(numbers: tuple[int, ...], turn: int, left: int, top: int, quarter: int) -> Iterator[int]:
    *arc, x, y = numbers or (0, 0)
    if not numbers:
        return
    if arc:
        radius, sweep = arc
        yield from (radius, radius, 0, 0, sweep)
    for _ in range(turn):  # about the middle of the cell
        x, y = _CELL - y, x
    x, y = x + left, y + top
    for _ in range(quarter):  # about the middle of the picture
        x, y = SIZE - y, x
    yield from (x, y)
