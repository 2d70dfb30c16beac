"""Ratings: the mathematics, the rules of what counts, and the rows in which players' ratings are kept.

`glicko2`, `crowd`, `counting` and `book` are pure: the same matches in the same order give the same numbers anywhere.
`selectors` read ratings, `services` write them. Which matches there are is known to `games/rating/`, which calls here
with plain values; nothing here knows of matches' rows.
"""
