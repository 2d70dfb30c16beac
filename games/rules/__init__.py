"""The rules of the games: pure functions over immutable states.

Nothing here imports Django, sockets, the clock or `random`; a game needs only this package and msgspec.
"""
