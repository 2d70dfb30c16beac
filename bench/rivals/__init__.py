"""The servers that Madang is measured beside, started as their documentation says. `contest.py` calls these.

One whose packages cannot be had here is left out, and said so.
"""

from bench.rivals.boardgame import boardgame_io
from bench.rivals.channels import (
    channels_daphne_core,
    channels_daphne_pubsub,
    channels_uvicorn_core,
    channels_uvicorn_pubsub,
)
from bench.rivals.colyseus import colyseus_messages, colyseus_patches
from bench.rivals.cycles import colyseus_cycles, picows_ticks
from bench.rivals.flask import flask_gevent, flask_threading
from bench.rivals.picows import bare_picows

__all__ = (
    "bare_picows",
    "boardgame_io",
    "channels_daphne_core",
    "channels_daphne_pubsub",
    "channels_uvicorn_core",
    "channels_uvicorn_pubsub",
    "colyseus_cycles",
    "colyseus_messages",
    "colyseus_patches",
    "flask_gevent",
    "flask_threading",
    "picows_ticks",
)
