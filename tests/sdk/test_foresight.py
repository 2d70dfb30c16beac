"""What boards of games with ticks show before the server says so, held to the rules: own riders and cells, ticks ahead.

The rules play random matches; node reads them with the boards' own modules and compares.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec

from games.protocol import codec
from games.rules.arena import Arena, Steer
from games.rules.arena import Options as ArenaOptions
from games.rules.base import Env
from games.rules.light_cycles import WAYS, LightCycles, Options
from games.rules.rng import Rng
from tests.sdk.test_sdk import _node

# A quarter of a second at 30 ticks: as far ahead as the SDK ever shows.
HORIZON_TICKS = 8
# Views tell whole units, and a pace is rounded at every tick.
UNITS = 2.5
PLAYED_TICKS = 300


def told(view: Any) -> Any:
    return msgspec.json.decode(codec.encode(view))


def cycles(seed: int) -> dict[str, Any]:
    """A match in which riders turn now and then, two taps within a cell among them."""
    game, rng = LightCycles(), Rng(bytes(32), seed)
    options = Options(size=48, speed=rng.choice((10, 15, 30)), hz=rng.choice((30, 60)))
    state = game.setup(options, 3, Env(seed=bytes(32), n=0, ms=0))
    ticks, inputs, stride = [], [], options.size + 2
    for n in range(PLAYED_TICKS):
        if n:
            moves = {seat: rng.choice(WAYS) for seat in game.turns(state) if not rng.below(5)}
            inputs += [{"move": moves[0], "at": n}] if 0 in moves else []
            state = game.step(state, moves, Env(seed=bytes(32), n=n, ms=0))
        heads = [(head % stride - 1, head // stride - 1) for head in state.heads]
        ticks.append({"view": told(game.view(state, None, None)), "heads": heads})
    return {"seat": 0, "ticks": ticks, "inputs": inputs}


def arena(seed: int) -> dict[str, Any]:
    game, rng = Arena(), Rng(bytes(32), seed)
    env = Env(seed=bytes([seed] * 32), n=0, ms=0)
    state: Any = game.setup(ArenaOptions(minutes=1), 2, env)
    for seat in (0, 1):
        state = game.enter(state, seat, env)
    ticks, inputs = [], []
    for n in range(PLAYED_TICKS):
        if n:
            moves = {0: Steer(rng.below(64), boost=not rng.below(3))} if not rng.below(6) else {}
            inputs += [{"move": {"to": moves[0].to, "boost": moves[0].boost}, "at": n}] if moves else []
            state = game.step(state, moves, Env(seed=bytes(32), n=n, ms=0))
        ticks.append({"view": told(game.view(state, 0, game.shared(None, state)))})
    return {"seat": 0, "ticks": ticks, "inputs": inputs}


def test_what_is_shown_ahead_is_what_the_rules_then_do() -> None:
    matches = {
        "cycles": [cycles(seed) for seed in range(8)],
        "arena": [arena(seed) for seed in range(3)],
        "horizon": HORIZON_TICKS,
        "units": UNITS,
    }
    ran = subprocess.run(
        [_node(), str(Path(__file__).parent / "foresight.mjs")],
        input=json.dumps(matches),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = json.loads(ran.stdout)
    assert found["wrong"] == []
    assert found["checked"] > 10_000
