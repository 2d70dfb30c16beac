"""What can be said at a match by one click, in everybody's own language: an id on the wire, words on each screen.

Pages translate the English words; a program may show them as they are. An id, once released, keeps its meaning. Phrases
name no square, no card and no plan: so games that forbid free words while they last can let them through.
"""

from __future__ import annotations

from typing import Literal, get_args

Phrase = Literal[
    "hello",
    "good_luck",
    "nice_move",
    "oops",
    "your_turn",
    "one_moment",
    "sorry",
    "thanks",
    "well_played",
    "rematch",
    "bye",
]

PHRASES: dict[Phrase, str] = {
    "hello": "Hello!",
    "good_luck": "Good luck!",
    "nice_move": "Nice move!",
    "oops": "Oops!",
    "your_turn": "It is your turn.",
    "one_moment": "One moment, please.",
    "sorry": "Sorry!",
    "thanks": "Thank you!",
    "well_played": "Well played!",
    "rematch": "Shall we play again?",
    "bye": "Goodbye!",
}

assert tuple(PHRASES) == get_args(Phrase)
