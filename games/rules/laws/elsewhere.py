"""Plays one match in a process of its own: `python -m games.rules.laws.elsewhere <module> <class> <seed>`.

Prints a JSON array: of each position the moves and the state as JSON text. Started by the law `same_elsewhere` only.
"""

from __future__ import annotations

import sys
from importlib import import_module

from games.rules.laws.play import Play
from games.rules.laws.values import encoded


def main(module: str, name: str, seed: str) -> None:
    """Writes the match that `seed` gives to standard output."""
    rules = getattr(import_module(module), name)()
    positions = [encoded((one.moves, one.state)).decode() for one in Play(rules, bytes.fromhex(seed)).walk()]
    sys.stdout.buffer.write(encoded(positions))


if __name__ == "__main__":
    main(*sys.argv[1:])
