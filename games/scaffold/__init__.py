"""What `startgame` begins a game from: a small whole game of each kind, with its board and its test.

They are games like any other, held to the laws by the tests; `startgame` copies them under the new name. Nothing of the
server imports them.
"""
