"""Who plays: accounts and guests, and what is kept about them. This app never imports `games`.

Services write these rows, selectors read them; there is no behaviour here.
"""

from players.models.ban import Ban
from players.models.company import Block, Friendship, Mute, Silence
from players.models.player import Player, TakenName
from players.models.proofs import Counter, Key, Revocation, Ticket
from players.models.rating import Pool, Rating, RatingChange, RatingReset

__all__ = [
    "Ban",
    "Block",
    "Counter",
    "Friendship",
    "Key",
    "Mute",
    "Player",
    "Pool",
    "Rating",
    "RatingChange",
    "RatingReset",
    "Revocation",
    "Silence",
    "TakenName",
    "Ticket",
]
