"""The lobby: open seats, matches under way, who is here; told to everybody who looks, at most twice a second each.

`state.py` is the picture and its changes (pure), `reading.py` and `tv.py` read it, `hub.py` tells it to this process's
connections, `presence.py` writes down who is here. Nothing here is truth: all of it can be read again.
"""
