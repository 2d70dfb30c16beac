"""Who plays: accounts and guests, and what is kept about them. This app never imports `games`.

Services write these rows, selectors read them; there is no behaviour here.
"""

from players.models.player import Player, TakenName
from players.models.proofs import Key, Revocation, Ticket

__all__ = ["Key", "Player", "Revocation", "TakenName", "Ticket"]
