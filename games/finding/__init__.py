"""Finding a match: quick match, ready check, challenges, parties.

`pairing.py` decides who plays whom and is pure; `services` write, `selectors` read; `finder.py` runs beside the
connections of every process. Pages and the API call services and selectors, never each other.
"""
