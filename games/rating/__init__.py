"""Ratings out of finished matches: in the order in which they ended, once each, however many processes rate.

`horizon` says up to where that order is known, `records` reads what was played, `applier` rates it, `recompute` does
all of it anew. The mathematics, the rules of what counts and the rows of ratings are in `players/ratings/`.
"""
