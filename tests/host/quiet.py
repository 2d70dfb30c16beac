"""Fair games of secrets that forbid words among seats while they are played."""

from __future__ import annotations

from tests.rules.fair import Bids


class SilentBids(Bids):
    name = "silent-bids"
    chat = "none"


class CurtBids(Bids):
    name = "curt-bids"
    chat = "quick"


QUIET = (SilentBids(), CurtBids())
