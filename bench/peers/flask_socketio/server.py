"""Connect Four on Flask-SocketIO, after the usual tutorial: an `input` becomes a new state, emitted as
`game_state_update`; with a room for each match. The state is in memory; a full column begins a new board.

`python server.py PORT threading|gevent`
"""

from __future__ import annotations

import secrets
import sys
from typing import Any

if sys.argv[2] == "gevent":
    from gevent import monkey

    monkey.patch_all()

from flask import Flask
from flask_socketio import SocketIO, emit, join_room

ROWS, COLUMNS = 6, 7

app = Flask(__name__)
app.config["SECRET_KEY"] = secrets.token_urlsafe(48)
socketio = SocketIO(app, async_mode=sys.argv[2])
matches: dict[str, dict[str, Any]] = {}


def board() -> dict[str, Any]:
    return {"columns": [""] * COLUMNS, "moves": 0}


@socketio.on("join")
def on_join(told: dict[str, Any]) -> None:
    join_room(told["match"])
    matches.setdefault(told["match"], board())
    emit("joined", {})


@socketio.on("input")
def on_input(told: dict[str, Any]) -> None:
    match, column = told["match"], told["m"]
    if column not in range(COLUMNS):
        emit("refused", {"why": "There is no such column."})
        return
    state = matches[match]
    if len(state["columns"][column]) == ROWS:
        state = matches[match] = board()
    state["columns"][column] += str(state["moves"] % 2)
    state["moves"] += 1
    emit("game_state_update", state, to=match)


if __name__ == "__main__":
    # The tutorial's own way to run it; with threads that is Werkzeug's server, which wants to be told that it may.
    extra = {"allow_unsafe_werkzeug": True} if sys.argv[2] == "threading" else {}
    socketio.run(app, host="127.0.0.1", port=int(sys.argv[1]), **extra)
