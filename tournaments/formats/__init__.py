"""The formats of tournaments: entries, their fold, who is paired with whom, who stands where. Pure.

A tournament is a fold over its stored entries, as a match is. Nothing here knows Django, the clock or chance: times
come with the entries, and what is drawn is drawn from the seed in the first one.
"""
